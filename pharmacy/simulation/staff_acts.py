"""What the pharmacy's people do besides the fills: credentials, lots, reminders that failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple

from catalog.models import Lot as LotRow
from pharmacy.simulation.ground import PROGRAM, SECOND
from pharmacy.simulation.notes import Lot
from pharmacy.simulation.order_acts import OrderActs
from rems.models import (
    PharmacistTraining,
    PharmacyCertification,
    Prescriber,
    PrescriberCertification,
    Reminder,
    StateLicence,
)
from rems.services import credentials
from rems.services.reminder_desk import resolve_reminder, retry_reminder


class Credential(NamedTuple):
    """One that can be given and revoked: whose it is in the notebook, and in the tables."""

    subject: Any
    model: Any
    named: dict[str, Any]
    record: Callable[..., Any]


class StaffActs(OrderActs):
    """Certifications, trainings and licences come and go; so do lots."""

    prescribers: list[Prescriber]

    def credentials(self, states: tuple[str, ...]) -> list[Credential]:
        """Everything that R01, R02, R05 and R53 ask for."""
        program, pharmacy = {"program_code": PROGRAM}, {"pharmacy_id": self.store.pharmacy.pk}
        certify = credentials.record_prescriber_certification
        train = credentials.record_pharmacist_training
        return [
            *(
                Credential(
                    p.pk, PrescriberCertification, {"prescriber_id": p.pk, **program}, certify
                )
                for p in self.prescribers
            ),
            *(
                Credential(p.pk, PharmacistTraining, {"pharmacist_id": p.pk, **program}, train)
                for p in (self.pat, self.sam)
            ),
            Credential(
                "pharmacy",
                PharmacyCertification,
                {**pharmacy, **program},
                credentials.record_pharmacy_certification,
            ),
            *(
                Credential(
                    state,
                    StateLicence,
                    {**pharmacy, "state": state},
                    credentials.record_state_licence,
                )
                for state in states
            ),
        ]

    def change_credential(self, chosen: Credential) -> None:
        """Revoke it; or give it, where there is none now."""
        at = self.tick()
        subject, model, named, record = chosen
        intervals = self.notes.credentials.setdefault(subject, [])
        if self.notes.holds_credential(subject, at):
            columns = {name: value for name, value in named.items() if name != "program_code"}
            row = model.objects.filter(**columns, superseded_by=None).latest("pk")
            self.do(
                lambda: credentials.revoke_credential(
                    credential=row, reason="Lapsed.", **self.by_pat()
                )
            )
            intervals[-1][1] = at
        else:
            self.do(lambda: record(proof="A letter", valid_from=at, **named, **self.by_pat()))
            intervals.append([at, None])

    def add_lot(self, number: str, packages: int, expires_on: date) -> Lot:
        """A new lot on the shelf."""
        row = LotRow.objects.create(
            package=self.store.package,
            number=number,
            expires_on=expires_on,
            quantity_on_hand=packages,
        )
        self.notes.lots.append(Lot(row.pk, packages, expires_on))
        return self.notes.lots[-1]

    def mark_lot(self, lot: Lot, what: str) -> None:
        """Recalled or set aside as suspect; or that is taken back."""
        row = LotRow.objects.get(pk=lot.key)
        if what == "recall":
            row.is_recalled = lot.recalled = not lot.recalled
        else:
            row.is_suspect = lot.suspect = not lot.suspect
        row.save(update_fields=["is_recalled", "is_suspect"])

    def see_to_failures(self, dice: Random) -> Iterator[timedelta]:
        """What failed is tried again, or told in another way; or just its task is ticked off. One by
        one, with time between them: after an outage they are many, and beat does not wait for it."""
        failed = Reminder.objects.filter(status=Reminder.Status.FAILED)
        for row in list(failed.order_by("send_at", "pk")):
            yield SECOND
            if failed.filter(pk=row.pk).exists():
                self._see_to(row, dice.choice(("again", "again", "told", "ticked off")))

    def _see_to(self, row: Reminder, what: str) -> None:
        self.tick()
        about_it = Reminder.objects.filter(subject_id=row.pk, status=Reminder.Status.PLANNED)
        settled = about_it.first() if what == "ticked off" else row
        act = retry_reminder if what == "again" else resolve_reminder
        if settled is not None:
            self.do(partial(act, reminder_id=settled.pk, actor=self.tess))
