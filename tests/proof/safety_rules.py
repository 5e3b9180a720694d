"""What stops treatment, told at random: true, late, twice, or by the wrong one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.roles import Role
from rems.models import Hold as HoldRow
from rems.models import Hypersensitivity, PregnancyTest
from rems.services import changes, corrections, exposure, testing
from tests.proof.notes import Hold, Note, Patient, Test, standing
from tests.proof.setting import Setting

PICK = st.integers(0, 5)
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
HOURS_AGO = st.sampled_from([0, 0, 0, 1, 20, 24, 30, 24 * 6, 24 * 12, 24 * 40])


class SafetyRules(Setting):
    """Tests, holds, exposure reports, allergies, and what is taken back."""

    @rule(
        pick=PICK,
        result=st.sampled_from(["neg", "neg", "neg", "neg", "pos", "ind"]),
        limit=st.sampled_from([25, 25, 25, 50, 51]),
        is_verified=st.sampled_from([True, True, False]),
        hours=HOURS_AGO,
    )
    def a_test_arrives(
        self, pick: int, result: str, limit: int, is_verified: bool, hours: int
    ) -> None:
        """A result, often of days ago, signed by the prescriber or typed by the pharmacy."""
        self.record_test(self.patient(pick), result, limit, is_verified, hours)

    def record_test(
        self,
        patient: Patient,
        result: str = "neg",
        limit: int = 25,
        is_verified: bool = True,
        hours: int = 0,
    ) -> None:
        """Tell the pharmacy of a test."""
        at = self.tick() - timedelta(hours=hours)
        who = self.by_prescriber(patient) if is_verified else {"actor": self.pat.user}
        row = testing.record_pregnancy_test(
            patient_id=patient.row.pk,
            result=result,
            detection_limit=limit,
            collected_at=at,
            laboratory="Hudson Laboratory",
            **who,
        )
        patient.tests.append(Test(row.pk, at, False, result, limit, is_verified))
        if result != "neg":
            by = who["actor"].pk
            patient.holds.append(Hold(None, at, kind="positive_test", by=by))
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
        rows = exposure.ExposureReport.objects.filter(patient=patient.row).order_by("-pk")
        patient.reports.append((Note(rows[0].pk, self.now), kind, False))

    @rule(pick=PICK, by_other=st.sampled_from([False, False, False, True]))
    def tests_are_verified(self, pick: int, by_other: bool) -> None:
        """The treating prescriber, and nobody else, signs the results that wait."""
        patient = self.patient(pick)
        for test in [x for x in standing(patient.tests) if not x.verified]:
            self.tick()
            if by_other:
                who = self.by(self._stranger(patient), Role.PRESCRIBER)
                self.cannot(lambda t=test, w=who: testing.verify_pregnancy_test(test_id=t.key, **w))
            else:
                testing.verify_pregnancy_test(test_id=test.key, **self.by_prescriber(patient))
                test.verified = True

    def _stranger(self, patient: Patient) -> Any:
        others = {self.prescriber.pk: self.other, self.other.pk: self.prescriber}
        return others[patient.row.prescriber_id].user

    @rule(pick=PICK, which=PICK, kind=st.sampled_from(["test", "test", "hold", "allergy"]))
    def something_is_taken_back(self, pick: int, which: int, kind: str) -> None:
        """The prescriber says that it was entered in error."""
        patient = self.patient(pick)
        model, notes = {
            "test": (PregnancyTest, standing(patient.tests)),
            "hold": (HoldRow, standing(patient.holds)),
            "allergy": (Hypersensitivity, standing(patient.allergies)),
        }[kind]
        if not notes:
            return
        note = notes[which % len(notes)]
        self.tick()
        corrections.correct_evidence(
            row=model.objects.get(pk=note.key),
            replacement=None,
            reason="Of somebody else.",
            **self.by_prescriber(patient),
        )
        note.taken_back = True

    @rule(
        pick=PICK,
        change=st.sampled_from([*HOLD_OF, *REPORTED]),
        hours=st.sampled_from([0, 0, 2]),
        times=st.sampled_from([1, 2]),
    )
    def something_changed(self, pick: int, change: str, hours: int, times: int) -> None:
        """A report, sometimes sent twice by a double click, which is one."""
        patient = self.patient(pick)
        for _ in range(times):
            at = self.tick() - timedelta(hours=hours)
            hold, report = changes.report_change(
                patient_id=patient.row.pk, change=change, actor=patient.user, reported_at=at
            )
            if change in HOLD_OF and not self._is_same(patient, HOLD_OF[change], at):
                assert hold is not None
                by = patient.user.pk
                patient.holds.append(Hold(hold.pk, at, kind=HOLD_OF[change], by=by))
            if change in REPORTED:
                assert report is not None
                if report.pk not in [note.key for note, _, _ in patient.reports]:
                    patient.reports.append((Note(report.pk, at), change, False))

    def _is_same(self, patient: Patient, kind: str, at: Any) -> bool:
        return any(
            hold.kind == kind and hold.by == patient.user.pk and _is_a_minute(hold.at, at)
            for hold in patient.open_holds()
        )

    @rule(pick=PICK, which=PICK, by_pat=st.sampled_from([False, False, False, True]))
    def a_hold_is_cleared(self, pick: int, which: int, by_pat: bool) -> None:
        """By the prescriber alone, and only after a later negative test."""
        patient = self.patient(pick)
        holds = patient.open_holds()
        if holds:
            self.clear(patient, holds[which % len(holds)], by_pat)

    def clear(self, patient: Patient, hold: Hold, by_pat: bool = False) -> None:
        """Ask for the clearance."""
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
            ask()
            hold.cleared_at = at

    @rule(pick=PICK)
    def exposures_are_filed(self, pick: int) -> None:
        """A pharmacist reports to the program and to MedWatch."""
        patient = self.patient(pick)
        for place, (note, kind, filed) in enumerate(patient.reports):
            if not filed:
                self.tick()
                exposure.file_exposure_report(
                    report_id=note.key,
                    case_number=self.number("CASE"),
                    medwatch_reference="MW-1",
                    actor=self.pat.user,
                )
                patient.reports[place] = (note, kind, True)

    @rule(pick=PICK)
    def an_allergy_is_told(self, pick: int) -> None:
        """A severe reaction, in one patient of the six that may be picked."""
        if pick != 5:
            return
        patient, at = self.patient(pick), self.tick()
        row = exposure.record_hypersensitivity(
            patient_id=patient.row.pk, description="Angioedema.", actor=self.pat.user
        )
        patient.allergies.append(Note(row.pk, at))


def _is_a_minute(earlier: Any, at: Any) -> bool:
    return timedelta(0) <= at - earlier <= timedelta(minutes=1)
