"""A published case as rows of the database, as a superuser with the triggers off writes them:
services would refuse many of them. Then the ordinary way: the loader, the facts, the decision."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from uuid6 import uuid7

from rems import core
from rems.loaders import Fill, LoadedFacts, load_facts
from rems.locks import Parties
from rems.models import (
    CLINICAL_FACTORS,
    AgreementForm,
    AgreementSignature,
    Authorization,
    CategoryAssignment,
    ClinicalFactor,
    Confirmation,
    CounselingRecord,
    Enrollment,
    EnrollmentEnd,
    ExposureReport,
    FirstDose,
    Hold,
    HoldClearance,
    Hypersensitivity,
    Patient,
    PharmacistTraining,
    Pharmacy,
    PharmacyCertification,
    PregnancyTest,
    PrescriberCertification,
    Prescription,
    ReproductiveStatusProof,
    StateLicence,
    Supply,
    Survey,
)
from tests.guards.raw import Connection, columns_of, insert
from tests.store import PROGRAM

LONG_AGO = "2000-01-01T00:00:00Z"
# Received by the end of time: a case may speak of what happens later than its `now`.
RECEIVED = "2100-01-01T00:00:00Z"


class CaseRows:
    """The rows of one case, about a patient, a pharmacy and people of its own."""

    def __init__(self, intruder: Connection, case: dict[str, Any]) -> None:
        self._intruder, self._facts = intruder, case["facts"]
        self.at = datetime.fromisoformat(case["now"])
        self.patient, self.pharmacy, self.prescriber, self.pharmacist = (uuid7() for _ in range(4))
        self.prescription: UUID = self._everything()

    def load(self) -> LoadedFacts:
        """What the loader makes of the rows."""
        facts = self._facts
        parties = Parties(PROGRAM, self.pharmacy, self.prescriber, self.patient, self.pharmacist)
        fill = Fill(
            state="NY",
            mode=core.ReleaseMode(facts["mode"]),
            approved_at=_time(facts["approved_at"]),
            authorization_used=facts["rx"]["auth_used"],
            unit=core.Unit(**facts["product"]),
        )
        return load_facts(parties, self.prescription, fill, self.at)

    def _everything(self) -> UUID:
        self._people()
        self._enrolment()
        self._monitoring()
        self._supplies()
        return self._prescription()

    def _row(self, model: type[models.Model], **values: Any) -> Any:
        return insert(self._intruder, model._meta.db_table, columns_of(model(), **values))

    def _evidence(self, model: type[models.Model], at: Any, **values: Any) -> Any:
        """A row about the patient; `attestation_id` stands for a signature that nobody looks up."""
        given = {
            "patient_id": self.patient,
            "occurred_at": at,
            "recorded_at": RECEIVED,
            "transaction_id": 1,
            "recorded_by_id": uuid7(),
            "attestation_id": uuid7(),
        }
        row = {name: value for name, value in given.items() if _has(model, name)}
        return self._row(model, **(row | values))

    def _people(self) -> None:
        facts = self._facts
        self._row(
            Pharmacy, id=self.pharmacy, time_zone=facts["tz"], name="A", phone="1", state="NY"
        )
        self._row(
            Patient,
            id=self.patient,
            number=self.patient.hex[-12:],
            born_on=facts["dob"],
            prescriber_id=self.prescriber,
            state="NY",
        )
        held: tuple[tuple[str, type[models.Model], dict[str, Any]], ...] = (
            ("prescriber", PrescriberCertification, {"prescriber_id": self.prescriber}),
            ("pharmacy", PharmacyCertification, {"pharmacy_id": self.pharmacy}),
            ("pharmacist", PharmacistTraining, {"pharmacist_id": self.pharmacist}),
            ("state", StateLicence, {"pharmacy_id": self.pharmacy, "state": "NY"}),
        )
        words = {"pharmacist": "trained", "state": "licensed"}
        for who, model, keys in held:
            if facts[f"{who}_{words.get(who, 'certified')}"]:
                program = {"program_id": PROGRAM} if _has(model, "program_id") else {}
                self._evidence(model, LONG_AGO, valid_from=LONG_AGO, **keys, **program)

    def _enrolment(self) -> None:
        facts, form = self._facts, self._facts["ppaf"]
        by = {"prescriber_id": self.prescriber}
        self._evidence(CategoryAssignment, LONG_AGO, category=facts["cat"], **by)
        if facts["fnrp"] is not None:
            proof = {"proof_type": facts["fnrp"]["type"], "since_on": facts["fnrp"]["on"]}
            self._evidence(ReproductiveStatusProof, LONG_AGO, **proof)
        if facts["discontinued_at"]:
            ended = {"enrollment_id": uuid7(), "cause": "discontinued"}
            self._evidence(EnrollmentEnd, facts["discontinued_at"], **ended)
        if form is None:
            return
        signed_at, program = form["signed_at"], {"program_id": PROGRAM}
        key = self._evidence(AgreementForm, signed_at, category=form["cat"], **by, **program)
        for role in ("prescriber", "patient", "guardian"):
            if form[f"{role}_sig"]:
                self._evidence(AgreementSignature, signed_at, form_id=key, role=role)
        if form["status"] == "active":
            self._evidence(Enrollment, signed_at, form_id=key, number=1, **program)

    def _monitoring(self) -> None:
        facts = self._facts
        for test in facts["tests"]:
            signature = {} if test["verified"] else {"attestation_id": None}
            values = {"result": test["res"], "detection_limit": test["sens"]}
            self._evidence(PregnancyTest, test["at"], **values, **signature)
        for hold in facts["holds"]:
            key = self._evidence(Hold, hold["at"], hold_type=hold["type"])
            if hold["cleared_at"]:
                by = {"hold_id": key, "prescriber_id": self.prescriber}
                self._evidence(HoldClearance, hold["cleared_at"], **by)
        for at in facts["surveys"]:
            self._evidence(Survey, at, category=facts["cat"])
        if facts["exposure_report_open"]:
            self._evidence(ExposureReport, LONG_AGO, kind="pregnancy", due_at=LONG_AGO)
        if facts["allergy"]:
            self._evidence(Hypersensitivity, LONG_AGO)
        for factor in CLINICAL_FACTORS:
            if facts.get(factor):
                self._evidence(ClinicalFactor, LONG_AGO, factor=factor, is_present=True)

    def _supplies(self) -> None:
        before = self._facts["prev"]
        if before is None:
            return
        values = {"days_supply": before["days"], "quantity": 21, "source": "elsewhere"}
        key = self._evidence(Supply, before["dispensed_at"], program_id=PROGRAM, **values)
        self._evidence(FirstDose, LONG_AGO, supply_id=key, started_on=before["start"])

    def _prescription(self) -> UUID:
        facts, rx = self._facts, self._facts["rx"]
        key: UUID = self._evidence(
            Prescription,
            rx["written_at"],
            prescriber_id=self.prescriber,
            program_id=PROGRAM,
            product_id=uuid7(),
            category=rx["cat"],
            channel=rx["channel"],
            transcription_checked_by_id=uuid7(),
            days_supply=rx["days"],
            quantity=rx["qty"],
            refills_authorized=rx["refills"],
        )
        of = {"prescription_id": key}
        if rx["auth_no"] and rx["auth_issued_at"]:
            number = f"A-{key.hex}".upper()
            self._evidence(Authorization, rx["auth_issued_at"], number=number, **of)
        if facts["conf"] and facts["conf"]["no"] and facts["conf"]["at"]:
            number = f"C-{key.hex}".upper()
            self._evidence(Confirmation, facts["conf"]["at"], number=number, source="portal", **of)
        if facts["counselled_at"] or facts["medguide"]:
            self._evidence(
                CounselingRecord,
                facts["counselled_at"] or LONG_AGO,
                checklist_complete=facts["checklist"],
                medication_guide_id=uuid7() if facts["medguide"] else None,
                **of,
            )
        return key


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
