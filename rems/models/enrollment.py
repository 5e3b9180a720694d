"""Risk category, agreement form and enrolment (rules R03, R04, R06 to R09)."""

from django.db import models
from django.db.models import Q

from .base import PatientEvidence, always_signed, one_of, signed_unless_taken_back

CATEGORIES = [
    "FRP_ADULT",
    "FNRP_ADULT",
    "MALE_ADULT",
    "FRP_CHILD",
    "FNRP_CHILD",
    "MALE_CHILD",
]
PROOF_TYPES = [
    "menopause",
    "hysterectomy",
    "bilateral_oophorectomy",
    "prepubertal",
    "tubal_ligation",
    "unilateral_oophorectomy",
    "chemo_amenorrhoea",
    "other",
]


class CategoryAssignment(PatientEvidence):
    """The prescriber puts the patient into a risk category; the newest one holds."""

    prescriber = models.ForeignKey("rems.Prescriber", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("category", CATEGORIES, "rems_categoryassignment_category_known"),
            always_signed("rems_categoryassignment_signed"),
        ]


class ReproductiveStatusProof(PatientEvidence):
    """Why a patient is not of reproductive potential (R08). `since_on` is the event's date."""

    proof_type = models.CharField(max_length=30)
    since_on = models.DateField(help_text="last period, or day of surgery or examination")

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("proof_type", PROOF_TYPES, "rems_reproductivestatusproof_type_known"),
            always_signed("rems_reproductivestatusproof_signed"),
        ]


class AgreementForm(PatientEvidence):
    """The Patient-Physician Agreement Form for one category. Its signatures are rows of their own."""

    prescriber = models.ForeignKey("rems.Prescriber", on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=12)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("category", CATEGORIES, "rems_agreementform_category_known"),
        ]


class AgreementSignature(PatientEvidence):
    """A signature under an agreement form by the prescriber, the patient or the guardian."""

    form = models.ForeignKey(AgreementForm, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=10)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            one_of("role", ["patient", "guardian", "prescriber"], "rems_agreementsignature_role"),
            models.UniqueConstraint(
                fields=["form", "role"],
                condition=Q(supersedes__isnull=True),
                name="rems_agreementsignature_once",
            ),
            signed_unless_taken_back("rems_agreementsignature_signed"),
        ]


class Enrollment(PatientEvidence):
    """The patient's enrolment in the program under an agreement form.

    `number` counts the patient's enrolments; a new one needs the one before to be ended, so that
    there is one active enrolment per patient and program (invariant 7).
    """

    program = models.ForeignKey("rems.Program", on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(AgreementForm, on_delete=models.PROTECT, related_name="enrollments")
    number = models.PositiveIntegerField()

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["patient", "program", "number"], name="rems_enrollment_number_unique"
            ),
        ]


class EnrollmentEnd(PatientEvidence):
    """The enrolment ended: treatment stopped, or a new form took its place."""

    class Cause(models.TextChoices):
        """Why it ended."""

        DISCONTINUED = "discontinued"
        REPLACED = "replaced"

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="ends")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    reason = models.CharField(max_length=500, blank=True)

    class Meta(PatientEvidence.Meta):
        constraints = [
            *PatientEvidence.Meta.constraints,
            models.UniqueConstraint(
                fields=["enrollment"],
                condition=Q(supersedes__isnull=True),
                name="rems_enrollmentend_once",
            ),
            one_of("cause", ["discontinued", "replaced"], "rems_enrollmentend_cause_known"),
        ]
