from django.db import migrations, models

SIGNED = models.Q(attestation__isnull=False)
ALWAYS_SIGNED = (
    "authorization",
    "categoryassignment",
    "confirmation",
    "pharmacisttraining",
    "pharmacycertification",
    "prescribercertification",
    "reproductivestatusproof",
    "statelicence",
)


class Migration(migrations.Migration):
    dependencies = [("rems", "0013_time_goes_forward")]

    operations = [
        *(
            migrations.AddConstraint(
                model_name=name,
                constraint=models.CheckConstraint(condition=SIGNED, name=f"rems_{name}_signed"),
            )
            for name in ALWAYS_SIGNED
        ),
        migrations.AddConstraint(
            model_name="supply",
            constraint=models.CheckConstraint(
                condition=SIGNED | models.Q(source="here"), name="rems_supply_signed"
            ),
        ),
        migrations.AddConstraint(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=SIGNED | models.Q(retracts=True), name="rems_survey_signed"
            ),
        ),
        migrations.AddConstraint(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(channel="e-rx")
                | models.Q(transcription_checked_by__isnull=False)
                | models.Q(retracts=True),
                name="rems_prescription_copy_checked",
            ),
        ),
    ]
