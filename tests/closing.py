"""What an administrator takes away while somebody is at work."""

from accounts.models import User


def closed(user: User) -> None:
    """An administrator closes the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def without_roles(user: User) -> None:
    """An administrator takes every role away."""
    User.objects.get(pk=user.pk).groups.clear()
