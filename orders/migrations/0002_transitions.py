from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [run_sql_file(__file__, "0002_transitions")]
