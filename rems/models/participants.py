"""The participants: programs, pharmacies, prescribers, pharmacists, patients, and who acts for whom.

All but the access rows are anchors: mutable, locked before a decision (design, section 3, locks).
"""

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from localflavor.us.models import USStateField, USZipCodeField
from phonenumber_field.modelfields import PhoneNumberField

from .base import Anchor, Identified, Stamped, one_of


class Program(models.Model):
    """A REMS program. Its limits are in its versions."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=120)
    revision = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return self.name


class ProgramVersion(Stamped):
    """The program's limits and the owner's decisions as they stand from `in_force_from`.

    `data` is in the form of `rems.core.ProgramVersion.to_data`. A version is never changed. Those
    that the software brings are installed by the schema's owner; any other is signed.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    in_force_from = models.DateTimeField()
    data = models.JSONField()
    change_reason = models.CharField(max_length=500, blank=True)
    attestation = models.ForeignKey(
        "rems.Attestation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(attestation__isnull=True) | ~Q(change_reason=""),
                name="rems_programversion_change_has_reason",
            ),
            models.UniqueConstraint(
                fields=["program", "number"], name="rems_programversion_number_unique"
            ),
            models.UniqueConstraint(
                fields=["program", "in_force_from"], name="rems_programversion_start_unique"
            ),
        ]
        permissions = [("verify_program", "Can sign off a program's limits")]

    def __str__(self) -> str:
        return f"{self.program_id} version {self.number}"

    @property
    def subject_id(self) -> UUID:
        """The version has a chain of seals of its own, which its sign-offs continue."""
        return self.pk


class LimitSignOff(Stamped):
    """A pharmacist compared one limit with a document and signed it off.

    `limit` is what was signed, as it stands in the version's data: key, value, unit, source and
    confidence. The signature's digest is bound to all of it.
    """

    program_version = models.ForeignKey(
        ProgramVersion, on_delete=models.PROTECT, related_name="sign_offs"
    )
    limit_key = models.CharField(max_length=60)
    limit = models.JSONField()
    seen_in = models.CharField(max_length=300, help_text="the document it was compared with")
    attestation = models.ForeignKey("rems.Attestation", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program_version", "limit_key"], name="rems_limitsignoff_once"
            ),
            models.CheckConstraint(
                condition=~Q(seen_in=""), name="rems_limitsignoff_names_document"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit_key}: {self.attestation.printed_name}"

    @property
    def subject_id(self) -> UUID:
        """The version's chain of seals."""
        return self.program_version_id


class Pharmacy(Anchor):
    """A dispensing pharmacy. `time_zone` is the IANA zone of its local day (decision D10)."""

    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    phone = PhoneNumberField()
    address = models.CharField(max_length=300)
    state = USStateField()

    class Meta:
        verbose_name_plural = "pharmacies"

    def __str__(self) -> str:
        return self.name


class Prescriber(Anchor):
    """A prescriber; `user` is how they sign in, if they do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="prescriber",
    )
    name = models.CharField(max_length=200)
    npi = models.CharField("NPI", max_length=10, unique=True)
    phone = PhoneNumberField()

    def __str__(self) -> str:
        return self.name


class PrescriberDelegate(Identified):
    """A person who may enter, but never sign, for a prescriber."""

    prescriber = models.ForeignKey(Prescriber, on_delete=models.PROTECT, related_name="delegates")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="delegations"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user} for {self.prescriber}"


class Pharmacist(Anchor):
    """A licensed pharmacist of this pharmacy."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pharmacist"
    )
    pharmacy = models.ForeignKey(Pharmacy, on_delete=models.PROTECT, related_name="pharmacists")
    name = models.CharField(max_length=200)
    license_number = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.name


class Patient(Anchor):
    """A patient: not a user. Name and birth date are not the application's to change."""

    number = models.CharField(max_length=12, unique=True, help_text="what people read out")
    name = models.CharField(max_length=200)
    born_on = models.DateField()
    phone = PhoneNumberField()
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    state = USStateField()
    zip_code = USZipCodeField()
    time_zone = models.CharField(max_length=64, default="America/New_York")
    language = models.CharField(max_length=8, default="en")
    prescriber = models.ForeignKey(
        Prescriber,
        on_delete=models.PROTECT,
        related_name="patients",
        help_text="who treats the patient now",
    )

    class Meta:
        permissions = [
            ("view_any_patient", "Can read every patient's record"),
            ("view_own_patients", "Can read the records of the prescriber's own patients"),
            ("enter_evidence", "Can enter evidence"),
            ("sign_evidence", "Can sign evidence as a prescriber"),
            ("report_change", "Can report that something changed"),
            ("complete_survey", "Can complete the patient survey"),
            ("record_certification", "Can record certifications and licences"),
            ("record_confirmation", "Can record confirmation numbers"),
            ("record_counseling", "Can record counseling"),
        ]

    def __str__(self) -> str:
        return self.name


class PatientAccess(Identified):
    """A user who may act for a patient: the patient, or a guardian until the 18th birthday."""

    class Relation(models.TextChoices):
        """In what capacity the user acts."""

        SELF = "self"
        GUARDIAN = "guardian"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patient_accesses"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accesses")
    relation = models.CharField(max_length=10, choices=Relation.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("relation", ["self", "guardian"], "rems_patientaccess_relation_known"),
            models.CheckConstraint(
                condition=Q(relation="self") | Q(ends_at__isnull=False),
                name="rems_patientaccess_guardian_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.relation})"
