from django.db import migrations, models

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0011_clinical_factors")]

    operations = [
        migrations.AddField(
            model_name="seal",
            name="sealed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        *(
            migrations.AddConstraint(
                model_name=name,
                constraint=models.CheckConstraint(
                    condition=models.Q(retracts=False) | models.Q(attestation__isnull=False),
                    name=f"rems_{name}_taken_back_signed",
                ),
            )
            for name in ("pregnancytest", "hold", "exposurereport", "hypersensitivity")
        ),
        run_sql_file(__file__, "0012_time_goes_forward"),
    ]
