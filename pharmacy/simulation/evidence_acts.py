"""Category, agreement form, enrolment, survey and supplies, as people tell of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pharmacy.simulation.ground import PROGRAM, sign
from pharmacy.simulation.memory import form_serves, released, stop_without_supply_since
from pharmacy.simulation.notes import Form, Patient, Supply, local_day
from pharmacy.simulation.safety_acts import SafetyActs
from rems import core
from rems.checklists import quiet_answers
from rems.services import enrolling, supplies, surveying

# The orders whose capsules are no longer in the pharmacy.
LEFT = ("shipped", "handed_over", "delivered", "lost", "returned")
CATEGORIES = ("FRP_ADULT", "FNRP_ADULT", "MALE_ADULT", "FRP_CHILD", "FNRP_CHILD", "MALE_CHILD")


class EvidenceActs(SafetyActs):
    """Category, form, survey, supplies."""

    def change_category(self, patient: Patient, category: str, proof: str) -> None:
        """The prescriber puts the patient into another category: enrolment and forms are over."""
        at = self.tick()

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
        self.do(ask)
        self._end_enrolment(patient, "replaced")
        for form in patient.forms:
            form.is_outdated = True
        patient.categories.append((at, category))
        if category.startswith("FNRP"):
            self.prove(patient, "prepubertal" if patient.is_child else proof)

    def prove(self, patient: Patient, kind: str) -> None:
        """Say why the patient cannot become pregnant."""
        at, since = self.tick(), date(2020, 5, 5)
        self.do(
            lambda: enrolling.record_reproductive_status(
                patient_id=patient.row.pk,
                proof_type=kind,
                since_on=since,
                **self.by_prescriber(patient),
            )
        )
        patient.proofs.append((at, kind, since))

    def _end_enrolment(self, patient: Patient, cause: str) -> None:
        form = patient.active_form
        if form is not None:
            form.is_active = False
            patient.ends.append((self.now, cause, form))

    def start_form(self, patient: Patient) -> None:
        """Start a form, unless one waits: one at a time for a category."""
        at = self.tick()

        def ask() -> Any:
            return enrolling.start_agreement_form(
                patient_id=patient.row.pk,
                program_code=PROGRAM,
                actor=patient.row.prescriber.user,
            )

        if patient.waiting_form() is not None:
            self.cannot(ask)
        else:
            patient.forms.append(Form(self.do(ask).pk, at, category=patient.category))

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
                form_id=form.key, role=role, actor=user, signature=sign(user, role)
            )

        if role != "prescriber" and (role != second or acts is None):
            self.cannot(ask)
            return
        self.do(ask)
        form.signed[role] = at
        if {"prescriber", second} <= set(form.signed):
            self._end_enrolment(patient, "replaced")
            form.is_used = form.is_active = True

    def stop_treatment(self, patient: Patient) -> None:
        """The prescriber ends it; an end without a beginning is refused."""
        at = self.tick()

        def ask() -> Any:
            return enrolling.discontinue_treatment(
                patient_id=patient.row.pk,
                reason="Side effects.",
                actor=patient.row.prescriber.user,
                stopped_at=at,
            )

        if patient.active_form is None:
            self.cannot(ask)
        else:
            self.do(ask)
            self._end_enrolment(patient, "discontinued")

    def restart_treatment(self, patient: Patient) -> None:
        """Begun again under the same form, within twelve months."""
        self.tick()

        def ask() -> Any:
            return enrolling.restart_treatment(
                patient_id=patient.row.pk, actor=patient.row.prescriber.user
            )

        _, cause, form = patient.ends[-1] if patient.ends else (self.now, "", None)
        stopped_at = stop_without_supply_since(patient, released(patient), self.now)
        if (
            patient.active_form is None
            and form is not None
            and cause == "discontinued"
            and form_serves(form, stopped_at, self.now)
            and not form.is_outdated
        ):
            self.do(ask)
            form.is_active = True
        else:
            self.cannot(ask)

    def survey(self, patient: Patient, days: int = 0) -> None:
        """The patient, or for a child the guardian, answered so many days ago; nobody else."""
        at = self.tick() - timedelta(days=days)
        role = "guardian" if patient.is_child else "patient"

        def ask() -> Any:
            return surveying.record_survey(
                patient_id=patient.row.pk,
                answers=quiet_answers(core.RiskCategory(patient.category)),
                actor=patient.user,
                signature=sign(patient.user, role),
                completed_at=at,
            )

        if (patient.guardian if patient.is_child else patient.self_user) is None:
            self.cannot(ask)
        else:
            self.do(ask)
            patient.surveys.append(at)

    def learn_of_supply(self, patient: Patient, days: int, ago: int) -> None:
        """Another pharmacy gave capsules `ago` days ago; if that is past, they are being taken."""
        at = self.tick() - timedelta(days=ago)
        started_on = local_day(at) if ago else None
        row = self.do(
            lambda: supplies.record_outside_supply(
                patient_id=patient.row.pk,
                program_code=PROGRAM,
                days_supply=days,
                quantity=days,
                dispensed_at=at,
                started_on=started_on,
                **self.by_pat(),
            )
        )
        patient.supplies.append(Supply(row.pk, at, days=days, first_dose=started_on))

    def end_supply(self, patient: Patient, which: int, cause: str) -> None:
        """Signed evidence that a supply from elsewhere is gone; once."""
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
            self.do(ask)
            supply.end = cause

    def tell_first_dose(self, patient: Patient, which: int) -> None:
        """The first day on which capsules of a supply were taken is today; told once."""
        if not patient.supplies:
            return
        supply = patient.supplies[which % len(patient.supplies)]
        today = local_day(self.tick())

        def ask() -> Any:
            return supplies.record_first_dose(
                supply_id=supply.key, started_on=today, actor=patient.user
            )

        is_left = supply.order is None or supply.order.status in LEFT
        if supply.first_dose is not None or supply.end is not None or not is_left:
            self.cannot(ask)
        else:
            self.do(ask)
            supply.first_dose = today
