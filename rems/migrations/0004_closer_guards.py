from django.db import migrations, models

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_published_label_is_immutable"),
        ("rems", "0003_decisions_and_seals"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="attestation", name="rems_attestation_signed_once"),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                fields=["signed_table", "signed_row", "role", "meaning"],
                condition=~models.Q(signed_table="orders_order"),
                name="rems_attestation_signed_once",
            ),
        ),
        run_sql_file(__file__, "0004_closer_guards"),
    ]
