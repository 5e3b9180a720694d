from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0006_numbers_in_one_spelling")]

    operations = [run_sql_file(__file__, "0007_limit_sign_offs")]
