from django.apps import AppConfig


class RemsConfig(AppConfig):
    """The program: participants, evidence, decisions, seals, reminders."""

    name = "rems"
    verbose_name = "REMS"
