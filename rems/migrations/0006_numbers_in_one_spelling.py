from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0005_plain_numbers_and_full_permits")]

    operations = [run_sql_file(__file__, "0006_numbers_in_one_spelling")]
