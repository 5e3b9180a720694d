"""Category, form, enrolment, survey and supplies, at random and not always in order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from rems import core
from rems.checklists import quiet_answers
from rems.services import enrolling, supplies, surveying
from tests import builders as b
from tests.proof.memory import months_passed
from tests.proof.notes import Form, Patient, Supply, local_day, newest
from tests.proof.safety_rules import PICK, SafetyRules

CATEGORIES = ("FRP_ADULT", "FNRP_ADULT", "MALE_ADULT", "FRP_CHILD", "FNRP_CHILD", "MALE_CHILD")
ADULT_PROOFS = ("hysterectomy", "menopause", "tubal_ligation")


class EvidenceRules(SafetyRules):
    """Category, form, survey, supplies."""

    @rule(pick=PICK, category=st.sampled_from(CATEGORIES), proof=st.sampled_from(ADULT_PROOFS))
    def the_category_changes(self, pick: int, category: str, proof: str) -> None:
        """The prescriber puts the patient into another category: enrolment and forms are over."""
        patient, at = self.patient(pick), self.tick()

        def ask() -> Any:
            return enrolling.assign_category(
                patient_id=patient.row.pk,
                category=category,
                reason="Examined again.",
                **self.by_prescriber(patient),
            )

        if category == patient.category:
            self.cannot(ask)
            return
        ask()
        self._end_enrolment(patient, "replaced")
        for form in patient.forms:
            form.is_outdated = True
        patient.categories.append((at, category))
        if category.startswith("FNRP"):
            self.prove(patient, "prepubertal" if patient.is_child else proof)

    def prove(self, patient: Patient, kind: str) -> None:
        """Say why the patient cannot become pregnant."""
        at, since = self.tick(), date(2020, 5, 5)
        enrolling.record_reproductive_status(
            patient_id=patient.row.pk,
            proof_type=kind,
            since_on=since,
            actor=patient.row.prescriber.user,
        )
        patient.proofs.append((at, kind, since))

    def _end_enrolment(self, patient: Patient, cause: str) -> None:
        form = patient.active_form
        if form is not None:
            form.is_active = False
            patient.ends.append((self.now, cause, form))

    @rule(pick=PICK)
    def a_form_is_started(self, pick: int) -> None:
        """One at a time for a category."""
        self.start_form(self.patient(pick))

    def start_form(self, patient: Patient) -> None:
        """Start a form, unless one waits."""
        at = self.tick()

        def ask() -> Any:
            return enrolling.start_agreement_form(
                patient_id=patient.row.pk,
                program_code=b.PROGRAM,
                actor=patient.row.prescriber.user,
            )

        if patient.waiting_form() is not None:
            self.cannot(ask)
        else:
            patient.forms.append(Form(ask().pk, at, category=patient.category))

    @rule(pick=PICK, role=st.sampled_from(["prescriber", "patient", "guardian"]))
    def a_form_is_signed(self, pick: int, role: str) -> None:
        """By one of those whom the category wants."""
        self.sign_form(self.patient(pick), role)

    def sign_form(self, patient: Patient, role: str) -> None:
        """Sign the form that waits; with the last signature enrolment begins."""
        form, at = patient.waiting_form(), self.tick()
        if form is None or role in form.signed:
            return
        second = "guardian" if patient.is_child else "patient"
        user = patient.row.prescriber.user if role == "prescriber" else patient.user
        acts = patient.guardian if second == "guardian" else patient.self_user

        def ask() -> Any:
            return enrolling.sign_agreement_form(
                form_id=form.key, role=role, actor=user, signature=b.sign(user, role)
            )

        if role != "prescriber" and (role != second or acts is None):
            self.cannot(ask)
            return
        ask()
        form.signed[role] = at
        if {"prescriber", second} <= set(form.signed):
            self._end_enrolment(patient, "replaced")
            form.is_used = form.is_active = True

    @rule(pick=PICK, starts_again=st.booleans())
    def treatment_stops_or_starts(self, pick: int, starts_again: bool) -> None:
        """Stopped by the prescriber; begun again under the same form, within twelve months."""
        patient, at = self.patient(pick), self.tick()
        user = patient.row.prescriber.user
        if starts_again:
            self._restart(patient)
            return

        def ask() -> Any:
            return enrolling.discontinue_treatment(
                patient_id=patient.row.pk, reason="Side effects.", actor=user, stopped_at=at
            )

        if patient.active_form is None:
            self.cannot(ask)
        else:
            ask()
            self._end_enrolment(patient, "discontinued")

    def _restart(self, patient: Patient) -> None:
        def ask() -> Any:
            return enrolling.restart_treatment(
                patient_id=patient.row.pk, actor=patient.row.prescriber.user
            )

        stopped_at, cause, form = newest(patient.ends) if patient.ends else (None, "", None)
        if (
            patient.active_form is None
            and cause == "discontinued"
            and not months_passed(stopped_at, 12, self.now)
            and not form.is_outdated
        ):
            ask()
            form.is_active = True
        else:
            self.cannot(ask)

    @rule(pick=PICK, days=st.sampled_from([0, 0, 2, 30]))
    def a_survey_is_completed(self, pick: int, days: int) -> None:
        """Today, or told of today."""
        self.survey(self.patient(pick), days)

    def survey(self, patient: Patient, days: int = 0) -> None:
        """The patient, or for a child the guardian, answers; nobody else."""
        at = self.tick() - timedelta(days=days)
        role = "guardian" if patient.is_child else "patient"

        def ask() -> Any:
            return surveying.record_survey(
                patient_id=patient.row.pk,
                answers=quiet_answers(core.RiskCategory(patient.category)),
                completed_at=at,
                **self.by(patient.user, role),
            )

        if (patient.guardian if patient.is_child else patient.self_user) is None:
            self.cannot(ask)
        else:
            ask()
            patient.surveys.append(at)

    @rule(pick=PICK, days=st.sampled_from([7, 14, 28]), ago=st.sampled_from([0, 3, 25]))
    def capsules_came_from_elsewhere(self, pick: int, days: int, ago: int) -> None:
        """A pharmacist learns of a supply from another pharmacy; its first dose may be known."""
        if pick > 2:
            return
        patient, at = self.patient(pick), self.tick() - timedelta(days=ago)
        started_on = local_day(at) if ago else None
        row = supplies.record_outside_supply(
            patient_id=patient.row.pk,
            program_code=b.PROGRAM,
            days_supply=days,
            quantity=days,
            dispensed_at=at,
            started_on=started_on,
            **self.by_pat(),
        )
        patient.supplies.append(Supply(row.pk, at, days=days, first_dose=started_on))

    @rule(pick=PICK, which=PICK, cause=st.sampled_from(["lost", "returned"]))
    def an_outside_supply_ends(self, pick: int, which: int, cause: str) -> None:
        """Signed evidence that it is gone; once."""
        patient = self.patient(pick)
        found = [supply for supply in patient.supplies if supply.order is None]
        if not found:
            return
        supply = found[which % len(found)]
        self.tick()

        def ask() -> Any:
            return supplies.end_outside_supply(
                supply_id=supply.key, cause=cause, note="Burst pipe.", **self.by_pat()
            )

        if supply.end is not None:
            self.cannot(ask)
        else:
            ask()
            supply.end = cause

    @rule(pick=PICK, which=PICK)
    def a_first_dose_is_told(self, pick: int, which: int) -> None:
        """The first day on which capsules of a supply were taken; once."""
        patient = self.patient(pick)
        if not patient.supplies:
            return
        supply = patient.supplies[which % len(patient.supplies)]
        today = local_day(self.tick())

        def ask() -> Any:
            return supplies.record_first_dose(
                supply_id=supply.key, started_on=today, actor=patient.user
            )

        if supply.first_dose is not None:
            self.cannot(ask)
        else:
            ask()
            supply.first_dose = today
