from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rems", "0004_closer_guards"),
        ("orders", "0004_closer_guards"),
    ]

    operations = [run_sql_file(__file__, "0005_first_dose_after_release")]
