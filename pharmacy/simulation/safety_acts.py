"""What the pharmacy is told: tests, holds, exposure reports, allergies, corrections, preferences."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from accounts.roles import Role
from pharmacy.simulation.ground import Ground
from pharmacy.simulation.notes import Hold, Note, Patient, Test, standing
from rems.models import ExposureReport, Hypersensitivity, PregnancyTest
from rems.models import Hold as HoldRow
from rems.services import changes, corrections, exposure, preferences, testing

HOLD_OF = {
    "missed_period": "missed_period",
    "abnormal_bleeding": "abnormal_bleeding",
    "contraception_stopped": "contraception_stopped",
    "pregnancy_suspected": "pregnancy_suspected",
    "bleeding_after_menopause": "category_review",
    "first_period": "category_review",
    "pregnancy": "pregnancy_suspected",
}
REPORTED = ("pregnancy", "partner_pregnancy", "suspected_exposure")


class SafetyActs(Ground):
    """Tests, holds, exposure reports, allergies, and what is taken back."""

    def record_test(
        self,
        patient: Patient,
        result: str = "neg",
        limit: int = 25,
        is_verified: bool = True,
        hours: int = 0,
    ) -> None:
        """Tell the pharmacy of a test taken so many hours ago, signed by the prescriber or typed."""
        at = self.tick() - timedelta(hours=hours)
        who = self.by_prescriber(patient) if is_verified else {"actor": self.pat.user}
        row = self.do(
            lambda: testing.record_pregnancy_test(
                patient_id=patient.row.pk,
                result=result,
                detection_limit=limit,
                collected_at=at,
                laboratory="Hudson Laboratory",
                **who,
            )
        )
        patient.tests.append(Test(row.pk, at, False, result, limit, is_verified))
        if result != "neg":
            by = who["actor"].pk
            opened_by = patient.tests[-1]
            patient.holds.append(Hold(None, at, kind="positive_test", by=by, opened_by=opened_by))
            self._find_key_of(patient.holds[-1], patient)
        waits = any(kind == "pregnancy" and not filed for _, kind, filed in patient.reports)
        if result == "pos" and patient.supplies and not waits:
            self._note_report(patient, "pregnancy")

    def _find_key_of(self, hold: Hold, patient: Patient) -> None:
        """The key of a hold that a test opened, so that it can be cleared later."""
        known = {h.key for h in patient.holds}
        rows = HoldRow.objects.filter(patient=patient.row, retracts=False).order_by("-pk")
        hold.key = next(row.pk for row in rows if row.pk not in known)

    def _note_report(self, patient: Patient, kind: str) -> None:
        rows = ExposureReport.objects.filter(patient=patient.row).order_by("-pk")
        patient.reports.append((Note(rows[0].pk, self.now), kind, False))

    def verify_tests(self, patient: Patient, stranger: Any = None) -> None:
        """The treating prescriber signs the results that wait; a stranger cannot."""
        for test in [x for x in standing(patient.tests) if not x.verified]:
            self.tick()
            if stranger is not None:
                who = self.by(stranger, Role.PRESCRIBER)
                self.cannot(partial(testing.verify_pregnancy_test, test_id=test.key, **who))
            else:
                who = self.by_prescriber(patient)
                self.do(partial(testing.verify_pregnancy_test, test_id=test.key, **who))
                test.verified = True

    def take_back(self, patient: Patient, kind: str, which: int) -> None:
        """The prescriber says that a test, a hold or an allergy was entered in error."""
        model, notes = self._evidence(patient, kind)
        if not notes:
            return
        note = notes[which % len(notes)]
        self.tick()
        row = model.objects.get(pk=note.key)

        def ask() -> Any:
            return corrections.correct_evidence(
                row=row,
                replacement=None,
                reason="Of somebody else.",
                **self.by_prescriber(patient),
            )

        if isinstance(note, Hold) and note.rests_on_a_test:
            self.cannot(ask)
        else:
            self.do(ask)
            note.taken_back = True

    def _evidence(self, patient: Patient, kind: str) -> tuple[Any, list[Any]]:
        return {
            "test": (PregnancyTest, standing(patient.tests)),
            "hold": (HoldRow, standing(patient.holds)),
            "allergy": (Hypersensitivity, standing(patient.allergies)),
        }[kind]

    def report_change(self, patient: Patient, change: str, hours: int = 0, times: int = 1) -> None:
        """Something changed so many hours ago; sent twice by a double click it is one report."""
        for _ in range(times):
            at = self.tick() - timedelta(hours=hours)
            hold, report = self.do(
                partial(
                    changes.report_change,
                    patient_id=patient.row.pk,
                    change=change,
                    actor=patient.user,
                    reported_at=at,
                )
            )
            if change in HOLD_OF and not self._is_same(patient, HOLD_OF[change], at):
                assert hold is not None
                by = patient.user.pk
                patient.holds.append(Hold(hold.pk, at, kind=HOLD_OF[change], by=by))
            if change in REPORTED:
                assert report is not None
                if report.pk not in [note.key for note, _, _ in patient.reports]:
                    patient.reports.append((Note(report.pk, at), change, False))

    def _is_same(self, patient: Patient, kind: str, at: datetime) -> bool:
        return any(
            hold.kind == kind and hold.by == patient.user.pk and _is_a_minute(hold.at, at)
            for hold in patient.open_holds()
        )

    def clear(self, patient: Patient, hold: Hold, by_pat: bool = False) -> None:
        """Ask for the clearance: the prescriber alone gets it, after a later negative test."""
        at = self.tick()

        def ask() -> Any:
            who = self.by_pat() if by_pat else self.by_prescriber(patient)
            return changes.clear_hold(hold_id=hold.key, reason="Examined.", **who)

        may = hold.kind == "category_review" or any(
            x.result == "neg" and x.at > hold.at and x.limit <= 50 and x.verified
            for x in standing(patient.tests)
        )
        if by_pat or not may:
            self.cannot(ask)
        else:
            self.do(ask)
            hold.cleared_at = at

    def file_exposures(self, patient: Patient) -> None:
        """A pharmacist reports to the program and to MedWatch."""
        for place, (note, kind, filed) in enumerate(patient.reports):
            if filed:
                continue
            self.tick()
            number = self.number("CASE")
            self.do(
                partial(
                    exposure.file_exposure_report,
                    report_id=note.key,
                    case_number=number,
                    medwatch_reference="MW-1",
                    actor=self.pat.user,
                )
            )
            patient.reports[place] = (note, kind, True)

    def tell_allergy(self, patient: Patient) -> None:
        """A severe reaction."""
        at = self.tick()
        row = self.do(
            lambda: exposure.record_hypersensitivity(
                patient_id=patient.row.pk, description="Angioedema.", actor=self.pat.user
            )
        )
        patient.allergies.append(Note(row.pk, at))

    def choose_how_to_be_told(self, patient: Patient, dice: Random) -> None:
        """By mail, which is usual; or by SMS, or both, elsewhere, with other quiet hours."""
        self.tick()
        if dice.random() < 0.6:
            return
        email_on, sms_on = dice.choice(((True, False), (False, True), (True, True)))
        quiet = dice.choice(((21, 8), (22, 7), (7, 19), (9, 21), (12, 12), (0, 10)))
        chosen: dict[str, Any] = {
            "email_on": email_on,
            "sms_on": sms_on,
            "phone": f"+1212555{1000 + len(self.notes.patients)}" if sms_on else "",
            "language": dice.choice(("en", "es")),
            "time_zone": dice.choice(("", "America/Chicago", "Pacific/Honolulu")),
            "quiet_from": time(quiet[0]),
            "quiet_until": time(quiet[1]),
            "advisory_on": dice.random() < 0.7,
        }
        self.do(lambda: preferences.save_preferences(actor=patient.user, **chosen))


def _is_a_minute(earlier: datetime, at: datetime) -> bool:
    return timedelta(0) <= at - earlier <= timedelta(minutes=1)
