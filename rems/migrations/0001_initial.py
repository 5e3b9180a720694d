import datetime

import django.db.models.deletion
import localflavor.us.models
import phonenumber_field.modelfields
import uuid6
from django.conf import settings
from django.db import migrations, models

import accounts.clock
import rems.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0002_published_label_is_immutable"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pharmacy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("time_zone", models.CharField(max_length=64)),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None),
                ),
                ("address", models.CharField(max_length=300)),
                ("state", localflavor.us.models.USStateField(max_length=2)),
            ],
            options={
                "verbose_name_plural": "pharmacies",
            },
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                (
                    "subject_id",
                    models.UUIDField(help_text="whose chain of seals the signature belongs to"),
                ),
                ("printed_name", models.CharField(max_length=200)),
                ("role", models.CharField(max_length=20)),
                ("meaning", models.CharField(max_length=300)),
                (
                    "reauthenticated_at",
                    models.DateTimeField(
                        help_text="when the signer last proved who they are, before signing"
                    ),
                ),
                ("signed_table", models.CharField(max_length=63)),
                ("signed_row", models.UUIDField()),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of what was signed, in hex", max_length=64),
                ),
                (
                    "signer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reauthenticated_at__lte", models.F("recorded_at"))),
                        name="rems_attestation_reauthenticated_before",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("printed_name", ""), _negated=True),
                        name="rems_attestation_has_name",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("signed_table", "orders_order"), _negated=True),
                        fields=("signed_table", "signed_row", "role", "meaning"),
                        name="rems_attestation_signed_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pharmacist",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("license_number", models.CharField(max_length=40)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pharmacist",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pharmacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pharmacists",
                        to="rems.pharmacy",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Prescriber",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("name", models.CharField(max_length=200)),
                ("npi", models.CharField(max_length=10, unique=True, verbose_name="NPI")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None),
                ),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriber",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Patient",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "number",
                    models.CharField(help_text="what people read out", max_length=12, unique=True),
                ),
                ("name", models.CharField(max_length=200)),
                ("born_on", models.DateField()),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(max_length=128, region=None),
                ),
                ("street", models.CharField(max_length=200)),
                ("city", models.CharField(max_length=100)),
                ("state", localflavor.us.models.USStateField(max_length=2)),
                ("zip_code", localflavor.us.models.USZipCodeField(max_length=10)),
                ("time_zone", models.CharField(default="America/New_York", max_length=64)),
                ("language", models.CharField(default="en", max_length=8)),
                (
                    "prescriber",
                    models.ForeignKey(
                        help_text="who treats the patient now",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patients",
                        to="rems.prescriber",
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("view_any_patient", "Can read every patient's record"),
                    ("view_own_patients", "Can read the records of the prescriber's own patients"),
                    ("enter_evidence", "Can enter evidence"),
                    ("sign_evidence", "Can sign evidence as a prescriber"),
                    ("report_change", "Can report that something changed"),
                    ("complete_survey", "Can complete the patient survey"),
                    ("record_certification", "Can record certifications and licences"),
                    ("record_confirmation", "Can record confirmation numbers"),
                    ("record_counseling", "Can record counseling"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementForm",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("category", models.CharField(max_length=12)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.agreementform",
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.prescriber",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_agreementform_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_agreementform_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "FRP_ADULT",
                                    "FNRP_ADULT",
                                    "MALE_ADULT",
                                    "FRP_CHILD",
                                    "FNRP_CHILD",
                                    "MALE_CHILD",
                                ],
                            )
                        ),
                        name="rems_agreementform_category_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrollment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("number", models.PositiveIntegerField()),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="rems.agreementform",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.enrollment",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_enrollment_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_enrollment_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "program", "number"),
                        name="rems_enrollment_number_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExposureReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("kind", models.CharField(max_length=24)),
                ("note", models.CharField(blank=True, max_length=1000)),
                (
                    "due_at",
                    models.DateTimeField(help_text="end of the same business day (rule 7.7)"),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.exposurereport",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_exposurereport_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_exposurereport_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["pregnancy", "partner_pregnancy", "suspected_exposure"])
                        ),
                        name="rems_exposurereport_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("hold_type", models.CharField(max_length=24)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.hold",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_hold_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_hold_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "hold_type__in",
                                [
                                    "missed_period",
                                    "abnormal_bleeding",
                                    "contraception_stopped",
                                    "pregnancy_suspected",
                                    "positive_test",
                                    "category_review",
                                ],
                            )
                        ),
                        name="rems_hold_type_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hypersensitivity",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("description", models.CharField(max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.hypersensitivity",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "hypersensitivities",
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_hypersensitivity_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_hypersensitivity_correction_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExposureReportFiling",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("case_number", models.CharField(help_text="REMS case number", max_length=40)),
                ("medwatch_reference", models.CharField(max_length=60)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="rems.exposurereport",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.exposurereportfiling",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_exposurereportfiling_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_exposurereportfiling_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("report",),
                        name="rems_exposurereportfiling_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrollmentEnd",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                (
                    "cause",
                    models.CharField(
                        choices=[("discontinued", "Discontinued"), ("replaced", "Replaced")],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "enrollment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ends",
                        to="rems.enrollment",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.enrollmentend",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_enrollmentend_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_enrollmentend_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("enrollment",),
                        name="rems_enrollmentend_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["discontinued", "replaced"])),
                        name="rems_enrollmentend_cause_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgreementSignature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("role", models.CharField(max_length=10)),
                (
                    "form",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="rems.agreementform",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.agreementsignature",
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_agreementsignature_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_agreementsignature_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["patient", "guardian", "prescriber"])),
                        name="rems_agreementsignature_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("form", "role"),
                        name="rems_agreementsignature_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_agreementsignature_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[("self", "Self"), ("guardian", "Guardian")], max_length=10
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to="rems.patient",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patient_accesses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["self", "guardian"])),
                        name="rems_patientaccess_relation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("relation", "self"), ("ends_at__isnull", False), _connector="OR"
                        ),
                        name="rems_patientaccess_guardian_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PregnancyTest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("result", models.CharField(max_length=3)),
                ("detection_limit", models.PositiveIntegerField(help_text="mIU/mL")),
                ("laboratory", models.CharField(blank=True, max_length=200)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.pregnancytest",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["patient", "occurred_at"], name="rems_test_patient")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_pregnancytest_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_pregnancytest_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["neg", "pos", "ind"])),
                        name="rems_pregnancytest_result_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldClearance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("reason", models.CharField(max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clearances",
                        to="rems.hold",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.holdclearance",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.prescriber",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_holdclearance_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_holdclearance_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("hold",),
                        name="rems_holdclearance_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_holdclearance_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CategoryAssignment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("category", models.CharField(max_length=12)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.categoryassignment",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.prescriber",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_categoryassignment_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_categoryassignment_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "FRP_ADULT",
                                    "FNRP_ADULT",
                                    "MALE_ADULT",
                                    "FRP_CHILD",
                                    "FNRP_CHILD",
                                    "MALE_CHILD",
                                ],
                            )
                        ),
                        name="rems_categoryassignment_category_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrescriberDelegate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegates",
                        to="rems.prescriber",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("category", models.CharField(max_length=12)),
                ("channel", models.CharField(max_length=5)),
                ("sig", models.CharField(max_length=300)),
                ("indication", models.CharField(blank=True, max_length=200)),
                ("days_supply", models.PositiveIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                ("refills_authorized", models.PositiveIntegerField(default=0)),
                ("image", models.FileField(blank=True, upload_to="prescriptions/")),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.prescriber",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.prescription",
                    ),
                ),
                (
                    "transcription_checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["patient", "occurred_at"], name="rems_rx_patient")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_prescription_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_prescription_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "FRP_ADULT",
                                    "FNRP_ADULT",
                                    "MALE_ADULT",
                                    "FRP_CHILD",
                                    "FNRP_CHILD",
                                    "MALE_CHILD",
                                ],
                            )
                        ),
                        name="rems_prescription_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["e-rx", "fax", "paper", "phone"])),
                        name="rems_prescription_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_prescription_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CounselingRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("checklist", models.JSONField(default=dict)),
                ("checklist_complete", models.BooleanField()),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "medication_guide",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.medicationguide",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.counselingrecord",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counselings",
                        to="rems.prescription",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_counselingrecord_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_counselingrecord_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_counselingrecord_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("number", models.CharField(max_length=40)),
                (
                    "source",
                    models.CharField(
                        choices=[("portal", "Portal"), ("phone", "Phone")], max_length=10
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.confirmation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmations",
                        to="rems.prescription",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_confirmation_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_confirmation_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        name="rems_confirmation_number_present",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["portal", "phone"])),
                        name="rems_confirmation_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[A-Z0-9-]*$")),
                        name="rems_confirmation_number_plain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authorization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("number", models.CharField(max_length=40)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.authorization",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="rems.prescription",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_authorization_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_authorization_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("prescription",),
                        name="rems_authorization_one_per_prescription",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        name="rems_authorization_number_present",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[A-Z0-9-]*$")),
                        name="rems_authorization_number_plain",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PrescriberCertification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "proof",
                    models.CharField(
                        help_text="the program's or the state's document", max_length=300
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="rems.prescriber",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.prescribercertification",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_prescribercertification_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_prescribercertification_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rems_prescribercertification_interval_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PharmacyCertification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "proof",
                    models.CharField(
                        help_text="the program's or the state's document", max_length=300
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "pharmacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="rems.pharmacy",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.pharmacycertification",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_pharmacycertification_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_pharmacycertification_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rems_pharmacycertification_interval_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PharmacistTraining",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "proof",
                    models.CharField(
                        help_text="the program's or the state's document", max_length=300
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "pharmacist",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trainings",
                        to="rems.pharmacist",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.pharmacisttraining",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_pharmacisttraining_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_pharmacisttraining_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rems_pharmacisttraining_interval_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgramVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("in_force_from", models.DateTimeField()),
                ("data", models.JSONField()),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="rems.program",
                    ),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                ("change_reason", models.CharField(blank=True, max_length=500)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
            ],
            options={
                "permissions": [("verify_program", "Can sign off a program's limits")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program", "number"), name="rems_programversion_number_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("program", "in_force_from"), name="rems_programversion_start_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", True),
                            models.Q(("change_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rems_programversion_change_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DecisionRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("subject_id", models.UUIDField(blank=True, null=True)),
                ("gate", models.CharField(max_length=8)),
                ("outcome", models.CharField(max_length=6)),
                (
                    "at",
                    models.DateTimeField(help_text="the database's clock, read after the locks"),
                ),
                ("permitted_until", models.DateTimeField(blank=True, null=True)),
                ("facts", models.JSONField()),
                ("findings", models.JSONField()),
                ("advisories", models.JSONField(default=list)),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="rems.patient",
                    ),
                ),
                (
                    "program_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.programversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "at"], name="rems_decision_patient"),
                    models.Index(fields=["subject_id", "gate"], name="rems_decision_subject"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gate__in", ["checkout", "approve", "dispense", "release"])
                        ),
                        name="rems_decisionrecord_gate_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["permit", "refuse"])),
                        name="rems_decisionrecord_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("at__lte", models.F("recorded_at"))),
                        name="rems_decisionrecord_at_read",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "refuse"), ("permitted_until__isnull", True)),
                            models.Q(
                                ("findings", []),
                                ("outcome", "permit"),
                                ("permitted_until__gte", models.F("at")),
                                ("permitted_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="rems_decisionrecord_permit_has_no_finding",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReproductiveStatusProof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("proof_type", models.CharField(max_length=30)),
                (
                    "since_on",
                    models.DateField(help_text="last period, or day of surgery or examination"),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.reproductivestatusproof",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_reproductivestatusproof_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_reproductivestatusproof_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "proof_type__in",
                                [
                                    "menopause",
                                    "hysterectomy",
                                    "bilateral_oophorectomy",
                                    "prepubertal",
                                    "tubal_ligation",
                                    "unilateral_oophorectomy",
                                    "chemo_amenorrhoea",
                                    "other",
                                ],
                            )
                        ),
                        name="rems_reproductivestatusproof_type_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_id", models.UUIDField()),
                ("seq", models.PositiveIntegerField()),
                ("table", models.CharField(max_length=63)),
                ("row_id", models.UUIDField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_id", "seq"), name="rems_seal_seq_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("row_id", "table"), name="rems_seal_row_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StateLicence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "proof",
                    models.CharField(
                        help_text="the program's or the state's document", max_length=300
                    ),
                ),
                ("state", localflavor.us.models.USStateField(max_length=2)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "pharmacy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="licences",
                        to="rems.pharmacy",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.statelicence",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_statelicence_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_statelicence_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="rems_statelicence_interval_forward",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supply",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("source", models.CharField(max_length=10)),
                ("order_id", models.UUIDField(blank=True, null=True, unique=True)),
                ("days_supply", models.PositiveIntegerField()),
                ("quantity", models.PositiveIntegerField()),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.supply",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "supplies",
                "abstract": False,
                "indexes": [
                    models.Index(fields=["patient", "occurred_at"], name="rems_supply_patient")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_supply_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_supply_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["here", "elsewhere"])),
                        name="rems_supply_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order_id__isnull", False), ("source", "here")),
                            models.Q(("order_id__isnull", True), ("source", "elsewhere")),
                            _connector="OR",
                        ),
                        name="rems_supply_source_has_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FirstDose",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("started_on", models.DateField()),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.firstdose",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="first_doses",
                        to="rems.supply",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_firstdose_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_firstdose_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("supply",),
                        name="rems_firstdose_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyDelivery",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.supplydelivery",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="rems.supply",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_supplydelivery_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_supplydelivery_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("supply",),
                        name="rems_supplydelivery_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplyEnd",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("lost", "Lost"),
                            ("returned", "Returned"),
                            ("not_released", "Not Released"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.supplyend",
                    ),
                ),
                (
                    "supply",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ends",
                        to="rems.supply",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_supplyend_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_supplyend_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("supply",),
                        name="rems_supplyend_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["lost", "returned", "not_released"])),
                        name="rems_supplyend_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_supplyend_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                ("category", models.CharField(max_length=12)),
                ("answers", models.JSONField(default=dict)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.survey",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_survey_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_survey_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "FRP_ADULT",
                                    "FNRP_ADULT",
                                    "MALE_ADULT",
                                    "FRP_CHILD",
                                    "FNRP_CHILD",
                                    "MALE_CHILD",
                                ],
                            )
                        ),
                        name="rems_survey_category_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TestVerification",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("retracts", models.BooleanField(default=False)),
                ("correction_reason", models.CharField(blank=True, max_length=500)),
                (
                    "attestation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.patient",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.prescriber",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="rems.testverification",
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verifications",
                        to="rems.pregnancytest",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_testverification_not_in_future",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("correction_reason", ""),
                                ("retracts", False),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("supersedes__isnull", False),
                                models.Q(("correction_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_testverification_correction_has_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("test",),
                        name="rems_testverification_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attestation__isnull", False), ("retracts", True), _connector="OR"
                        ),
                        name="rems_testverification_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LimitSignOff",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "transaction_id",
                    models.BigIntegerField(
                        db_default=rems.models.base.CurrentTransaction(), editable=False
                    ),
                ),
                ("limit_key", models.CharField(max_length=60)),
                ("limit", models.JSONField()),
                (
                    "seen_in",
                    models.CharField(help_text="the document it was compared with", max_length=300),
                ),
                (
                    "attestation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.attestation",
                    ),
                ),
                (
                    "program_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sign_offs",
                        to="rems.programversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("program_version", "limit_key"), name="rems_limitsignoff_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("seen_in", ""), _negated=True),
                        name="rems_limitsignoff_names_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPreference",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email_on", models.BooleanField(default=True, verbose_name="e-mail")),
                ("sms_on", models.BooleanField(default=False, verbose_name="text message")),
                (
                    "phone",
                    phonenumber_field.modelfields.PhoneNumberField(
                        blank=True, max_length=128, region=None
                    ),
                ),
                ("language", models.CharField(default="en", max_length=8)),
                ("time_zone", models.CharField(blank=True, help_text="IANA name", max_length=64)),
                (
                    "quiet_from",
                    models.TimeField(default=datetime.time(21, 0), help_text="local time"),
                ),
                (
                    "quiet_until",
                    models.TimeField(default=datetime.time(8, 0), help_text="local time"),
                ),
                ("advisory_on", models.BooleanField(default=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email_on", True), ("sms_on", True), _connector="OR"),
                        name="rems_contactpreference_some_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sms_on", False),
                            models.Q(("phone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="rems_contactpreference_sms_has_phone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "es"])),
                        name="rems_contactpreference_language_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the token, in hex", max_length=64, unique=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to="rems.patient",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="rems_calendarfeed_digest_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("patient", "user"),
                        name="rems_calendarfeed_one_active",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("kind", models.CharField(max_length=40)),
                (
                    "due_on",
                    models.DateField(help_text="the local day on which the obligation falls due"),
                ),
                ("step", models.PositiveSmallIntegerField(default=1)),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "Email"), ("sms", "Sms"), ("task", "Task")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("sent", "Sent"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                            ("done", "Done"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("send_at", models.DateTimeField(help_text="not before this instant")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("failure", models.CharField(blank=True, max_length=200)),
                (
                    "planned_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="rems.patient",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rems.program",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "delivery",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "unknown"),
                            ("delivered", "Delivered"),
                            ("bounced", "Bounced"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "possible_duplicates",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="sends after an attempt that had started and was never recorded",
                    ),
                ),
                ("provider_message_id", models.CharField(blank=True, max_length=200)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="who ticked a task off, or saw to a failure",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "send_started_at",
                    models.DateTimeField(
                        blank=True, help_text="set just before the provider is asked", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("status", "planned"), models.Q(("channel", "task"), _negated=True)
                        ),
                        fields=["send_at", "id"],
                        name="rems_reminder_due",
                    ),
                    models.Index(
                        condition=models.Q(("channel", "task"), ("status", "planned")),
                        fields=["send_at", "id"],
                        name="rems_reminder_open_task",
                    ),
                    models.Index(
                        condition=models.Q(("provider_message_id", ""), _negated=True),
                        fields=["provider_message_id"],
                        name="rems_reminder_provider_message",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status", "failed"), ("delivery", "bounced"), _connector="OR"
                        ),
                        fields=["send_at", "id"],
                        name="rems_reminder_failed",
                    ),
                    models.Index(fields=["send_at"], name="rems_reminder_by_hour"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "subject_id",
                            "program",
                            "kind",
                            "due_on",
                            "step",
                            "recipient",
                            "channel",
                        ),
                        name="rems_reminder_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("status", "sent")),
                            models.Q(
                                models.Q(("status", "sent"), _negated=True),
                                ("sent_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rems_reminder_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["planned", "sent", "cancelled", "failed", "done"])
                        ),
                        name="rems_reminder_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["email", "sms", "task"])),
                        name="rems_reminder_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("delivery__in", ["", "delivered", "bounced"])),
                        name="rems_reminder_delivery_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", "task"), ("status", "sent"), _negated=True),
                        name="rems_reminder_task_never_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True)),
                            models.Q(
                                ("resolved_at__isnull", False), ("resolved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="rems_reminder_resolved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            ("resolved_at__isnull", False),
                            _connector="OR",
                        ),
                        name="rems_reminder_done_has_person",
                    ),
                ],
                "permissions": [("attend_reminder", "Can retry reminders and settle tasks")],
            },
        ),
    ]
