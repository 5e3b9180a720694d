"""The tables of the program: participants, evidence, numbers, supplies, decisions, seals, reminders."""

from .attestation import Attestation
from .base import Anchor, CurrentTransaction, Evidence, PatientEvidence, Stamped
from .calendar import CalendarFeed
from .certification import (
    Credential,
    PharmacistTraining,
    PharmacyCertification,
    PrescriberCertification,
    StateLicence,
)
from .clinical import CLINICAL_FACTORS, BloodCount, ClinicalFactor
from .contact import ContactPreference
from .decision import DecisionRecord, Seal
from .enrollment import (
    AgreementForm,
    AgreementSignature,
    CategoryAssignment,
    Enrollment,
    EnrollmentEnd,
    ReproductiveStatusProof,
)
from .monitoring import (
    ExposureReport,
    ExposureReportFiling,
    Hold,
    HoldClearance,
    Hypersensitivity,
    PregnancyTest,
    Survey,
    TestVerification,
)
from .participants import (
    LimitSignOff,
    Patient,
    PatientAccess,
    Pharmacist,
    Pharmacy,
    Prescriber,
    PrescriberDelegate,
    Program,
    ProgramVersion,
)
from .prescription import Authorization, Confirmation, Prescription
from .reminder import Reminder
from .supply import CounselingRecord, FirstDose, Supply, SupplyDelivery, SupplyEnd

__all__ = [
    "CLINICAL_FACTORS",
    "AgreementForm",
    "AgreementSignature",
    "Anchor",
    "Attestation",
    "Authorization",
    "BloodCount",
    "CalendarFeed",
    "CategoryAssignment",
    "ClinicalFactor",
    "Confirmation",
    "ContactPreference",
    "CounselingRecord",
    "Credential",
    "CurrentTransaction",
    "DecisionRecord",
    "Enrollment",
    "EnrollmentEnd",
    "Evidence",
    "ExposureReport",
    "ExposureReportFiling",
    "FirstDose",
    "Hold",
    "HoldClearance",
    "Hypersensitivity",
    "LimitSignOff",
    "Patient",
    "PatientAccess",
    "PatientEvidence",
    "Pharmacist",
    "PharmacistTraining",
    "Pharmacy",
    "PharmacyCertification",
    "PregnancyTest",
    "Prescriber",
    "PrescriberCertification",
    "PrescriberDelegate",
    "Prescription",
    "Program",
    "ProgramVersion",
    "Reminder",
    "ReproductiveStatusProof",
    "Seal",
    "Stamped",
    "StateLicence",
    "Supply",
    "SupplyDelivery",
    "SupplyEnd",
    "Survey",
    "TestVerification",
]
