from django.db import migrations, models

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_access_log"),
        ("rems", "0004_closer_guards"),
        ("orders", "0003_order_guards"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="orderevent",
            constraint=models.UniqueConstraint(
                fields=["attestation"], name="orders_orderevent_signature_once"
            ),
        ),
        run_sql_file(__file__, "0004_closer_guards"),
    ]
