from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_first_dose_after_release")]

    operations = [run_sql_file(__file__, "0007_package_holds_what_was_prescribed")]
