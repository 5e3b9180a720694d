import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

import accounts.clock
import rems.models.base
from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rems", "0010_reminder_operations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BloodCount",
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
                        to="rems.bloodcount",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_bloodcount_not_in_future",
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
                        name="rems_bloodcount_correction_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicalFactor",
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
                ("factor", models.CharField(max_length=30)),
                ("is_present", models.BooleanField()),
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
                        to="rems.clinicalfactor",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("occurred_at__lte", models.F("recorded_at"))),
                        name="rems_clinicalfactor_not_in_future",
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
                        name="rems_clinicalfactor_correction_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "factor__in",
                                [
                                    "strong_cyp1a2_inhibitor",
                                    "hepatic_impairment",
                                    "on_dialysis",
                                    "takes_pembrolizumab",
                                ],
                            )
                        ),
                        name="rems_clinicalfactor_factor_known",
                    ),
                ],
            },
        ),
        run_sql_file(__file__, "0011_clinical_factors"),
    ]
