from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rems", "0004_closer_guards"),
        ("orders", "0005_only_what_is_on_sale"),
    ]

    operations = [run_sql_file(__file__, "0006_first_dose_after_release")]
