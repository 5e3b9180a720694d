"""Print who can sign in to the demonstration, by role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from orders.management.demo.cast import MEMBERS, PASSWORD, STAFF


class Command(BaseCommand):
    """`demo_logins`: addresses by role, and the one password."""

    help = "Print the demonstration's logins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside a demonstration."""
        if not settings.DEMONSTRATION:
            raise CommandError("This is not a demonstration: there are no such logins.")
        self.stdout.write(f"Everybody's password: {PASSWORD}\n")
        for person in STAFF:
            self._line(person.role.value, person.email, person.name)
        for member in MEMBERS:
            whose = member.person.name
            who = f"{member.guardian.name}, for {whose}" if member.guardian else whose
            self._line("patient", member.acting.email, f"{who}: {member.stands}")

    def _line(self, role: str, email: str, words: str) -> None:
        self.stdout.write(f"  {role:<15} {email:<24} {words}")
