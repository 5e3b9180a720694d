import django.db.models.deletion
import uuid6
from django.db import migrations, models

import accounts.clock
import rems.models.base
from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0006_numbers_in_one_spelling")]

    operations = [
        migrations.AddField(
            model_name="programversion",
            name="attestation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rems.attestation",
            ),
        ),
        migrations.AddField(
            model_name="programversion",
            name="change_reason",
            field=models.CharField(blank=True, default="", max_length=500),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="programversion",
            name="recorded_at",
            field=models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
        ),
        migrations.AddField(
            model_name="programversion",
            name="transaction_id",
            field=models.BigIntegerField(
                db_default=rems.models.base.CurrentTransaction(), editable=False
            ),
        ),
        migrations.AddConstraint(
            model_name="programversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attestation__isnull", True),
                    models.Q(("change_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="rems_programversion_change_has_reason",
            ),
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
        run_sql_file(__file__, "0007_limit_sign_offs"),
    ]
