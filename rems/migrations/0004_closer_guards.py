from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0003_decisions_and_seals")]

    operations = [run_sql_file(__file__, "0004_closer_guards")]
