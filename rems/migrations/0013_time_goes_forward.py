from django.db import migrations, models

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0012_one_access_at_a_time")]

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
        run_sql_file(__file__, "0013_time_goes_forward"),
    ]
