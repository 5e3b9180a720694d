"""What every piece of evidence has in common: append-only, stamped, sealed, corrected by superseding."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from uuid6 import uuid7

from accounts.clock import PharmacyClock


class CurrentTransaction(Func):
    """The number of the transaction that writes the row."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class Identified(models.Model):
    """A row with a UUIDv7 key, which is known before the row is written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Stamped(Identified):
    """A row that the database stamps with its own clock and transaction, whatever the client says."""

    recorded_at = models.DateTimeField(db_default=PharmacyClock(), editable=False)
    transaction_id = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)

    class Meta:
        abstract = True


class Anchor(Identified):
    """A mutable row that is locked, alone, while something about it is decided or written.

    `revision` counts changes; it also is the column whose UPDATE privilege lets the application
    take the row's lock.
    """

    revision = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class Evidence(Stamped):
    """One fact about a subject, as somebody recorded it.

    `occurred_at` is when it happened, `recorded_at` when the pharmacy received it. A correction is
    a new row that supersedes the old one and says why; a row that `retracts` says that the old one
    was entered in error and puts nothing in its place.
    """

    occurred_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    attestation = models.ForeignKey(
        "rems.Attestation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    retracts = models.BooleanField(default=False)
    correction_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")),
                name="%(app_label)s_%(class)s_not_in_future",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True, retracts=False, correction_reason="")
                | (Q(supersedes__isnull=False) & ~Q(correction_reason="")),
                name="%(app_label)s_%(class)s_correction_has_reason",
            ),
        ]

    @property
    def subject_id(self) -> Any:
        """The key of the subject whose chain of seals this row belongs to."""
        return getattr(self, self.subject_field() + "_id")

    @classmethod
    def subject_field(cls) -> str:
        """The name of the foreign key to the subject: patient, prescriber, pharmacist or pharmacy."""
        raise LookupError(f"{cls.__name__} names no subject")


class PatientEvidence(Evidence):
    """Evidence about a patient; written under the patient's lock."""

    patient = models.ForeignKey("rems.Patient", on_delete=models.PROTECT, related_name="+")

    class Meta(Evidence.Meta):
        abstract = True

    @classmethod
    def subject_field(cls) -> str:
        """The patient."""
        return "patient"


def one_of(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """A CHECK that the column holds one of the listed words."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def always_signed(name: str) -> models.CheckConstraint:
    """A CHECK that the row is signed, taken back or not."""
    return models.CheckConstraint(condition=Q(attestation__isnull=False), name=name)


def signed_unless_taken_back(name: str) -> models.CheckConstraint:
    """A CHECK that the row is signed; that it was entered in error need not be."""
    condition = Q(attestation__isnull=False) | Q(retracts=True)
    return models.CheckConstraint(condition=condition, name=name)


def taken_back_signed(name: str) -> models.CheckConstraint:
    """A CHECK that what stops treatment is not taken back without a signature."""
    condition = Q(retracts=False) | Q(attestation__isnull=False)
    return models.CheckConstraint(condition=condition, name=name)
