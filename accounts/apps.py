from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may come in: users, roles, sign-in, and the log of who read what."""

    name = "accounts"
