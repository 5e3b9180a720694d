"""The one door for writing an access log and for bringing the roles into agreement."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group, Permission

from accounts.models import AccessLog, User
from accounts.roles import PERMISSIONS, Role


def log_read(user: User, subject_id: UUID, purpose: str) -> None:
    """Record that the user read the record of this patient."""
    AccessLog.objects.create(user=user, subject_id=subject_id, purpose=purpose)


def log_reads(user: User, subject_ids: Iterable[UUID], purpose: str) -> None:
    """Record that the user read a list with these patients on it. One query."""
    AccessLog.objects.bulk_create(
        AccessLog(user=user, subject_id=subject_id, purpose=purpose)
        for subject_id in dict.fromkeys(subject_ids)
    )


def grant_role(user: User, role: Role) -> None:
    """Put the user into the role's group. Raises Group.DoesNotExist if setup never ran."""
    user.groups.add(Group.objects.get(name=role.value))
    user.__dict__.pop("_role_names", None)


def synchronize_roles(using: str) -> None:
    """Make the groups and their permissions equal to `accounts.roles`; run by setup_database.

    Raises LookupError when a listed permission does not exist.
    """
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role, names in PERMISSIONS.items():
        missing = set(names) - set(known)
        if missing:
            raise LookupError(f"{role}: no such permission: {', '.join(sorted(missing))}")
        group, _ = Group.objects.using(using).get_or_create(name=role.value)
        group.permissions.set([known[name] for name in names])
