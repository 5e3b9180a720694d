from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_transitions")]

    operations = [run_sql_file(__file__, "0003_order_guards")]
