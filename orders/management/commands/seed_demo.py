"""Bring the demonstration's cast into their documented states, through the services alone."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.clock import read_clock
from orders.management.demo.cast import EDDA, MEMBERS, OKAFOR, STAFF, Member
from orders.management.demo.enrolling import ensure_patient
from orders.management.demo.people import ensure_pharmacy, ensure_prescriber, user_of
from orders.management.demo.states import bring_back, findings_of, stands_as_documented
from rems.models import Prescriber


class Command(BaseCommand):
    """`seed_demo`: run it again whenever permits have run out or the tour is to begin anew."""

    help = "Bring the demonstration's cast into their documented states."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside a demonstration. Raises CommandError when somebody cannot be brought back."""
        if not settings.DEMONSTRATION:
            raise CommandError("This is not a demonstration: no demonstration data is made here.")
        for person in STAFF:
            user_of(person)
        call_command("seed_catalog", published_by=EDDA.email, stdout=self.stdout)
        ensure_pharmacy()
        prescribers = {
            person.key: ensure_prescriber(person, certified=person is OKAFOR)
            for person in STAFF
            if person.role == OKAFOR.role
        }
        for number, member in enumerate(MEMBERS, start=1):
            self._say(number, member, self._ensure(member, prescribers[member.prescriber_key]))

    def _ensure(self, member: Member, prescriber: Prescriber) -> str:
        patient = ensure_patient(member, prescriber, read_clock())
        if stands_as_documented(member, patient):
            return "as documented"
        bring_back(member, patient)
        if not stands_as_documented(member, patient):
            found = ", ".join(findings_of(patient)) or "nothing"
            raise CommandError(
                f"{member.person.name} should be: {member.stands}; refused by {found}."
            )
        return "brought back"

    def _say(self, number: int, member: Member, done: str) -> None:
        self.stdout.write(
            f"  {number:2}/{len(MEMBERS)} {member.person.name}: {member.stands} ({done})"
        )
