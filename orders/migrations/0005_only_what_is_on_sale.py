from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("orders", "0004_closer_guards"),
    ]

    operations = [run_sql_file(__file__, "0005_only_what_is_on_sale")]
