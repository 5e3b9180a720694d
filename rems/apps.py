from django.apps import AppConfig


class RemsConfig(AppConfig):
    """The program: participants, evidence, decisions, seals, reminders."""

    name = "rems"
    verbose_name = "REMS"

    def ready(self) -> None:
        """Tell the catalog for which programs there are rules; hear what became of mails."""
        import rems.views.hooks  # noqa: F401
        from catalog.programs import register_known_program
        from rems import core

        for code in core.known_program_codes():
            register_known_program(code)
