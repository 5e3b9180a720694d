from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0014_signed_evidence")]

    operations = [run_sql_file(__file__, "0015_numbers_are_not_renewed")]
