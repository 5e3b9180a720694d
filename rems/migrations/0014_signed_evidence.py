from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# Not validated: rows of the first days may be unsigned, and no row of evidence is changed afterwards.
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
            AddConstraintNotValid(
                model_name=name,
                constraint=models.CheckConstraint(condition=SIGNED, name=f"rems_{name}_signed"),
            )
            for name in ALWAYS_SIGNED
        ),
        AddConstraintNotValid(
            model_name="supply",
            constraint=models.CheckConstraint(
                condition=SIGNED | models.Q(source="here"), name="rems_supply_signed"
            ),
        ),
        AddConstraintNotValid(
            model_name="survey",
            constraint=models.CheckConstraint(
                condition=SIGNED | models.Q(retracts=True), name="rems_survey_signed"
            ),
        ),
        AddConstraintNotValid(
            model_name="prescription",
            constraint=models.CheckConstraint(
                condition=models.Q(channel="e-rx")
                | models.Q(transcription_checked_by__isnull=False)
                | models.Q(retracts=True),
                name="rems_prescription_copy_checked",
            ),
        ),
    ]
