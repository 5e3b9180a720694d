"""What the application's role may do with the tables of accounts, sign-in and Django itself."""

from collections.abc import Mapping

_READ = "SELECT"
_APPEND = "SELECT, INSERT"
_FULL = "SELECT, INSERT, UPDATE, DELETE"

GRANTS: Mapping[str, str] = {
    "accounts_user": "SELECT, INSERT, UPDATE",
    "accounts_user_groups": "SELECT, INSERT, DELETE",
    "accounts_user_user_permissions": _READ,
    "accounts_accesslog": _APPEND,
    "auth_group": _READ,
    "auth_group_permissions": _READ,
    "auth_permission": _READ,
    "django_content_type": _READ,
    "django_migrations": _READ,
    "django_session": _FULL,
    "django_admin_log": _APPEND,
    "account_emailaddress": _FULL,
    "account_emailconfirmation": _FULL,
    "mfa_authenticator": _FULL,
}
