from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0011_clinical_factors")]

    operations = [run_sql_file(__file__, "0012_one_access_at_a_time")]
