from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rems", "0008_reminder_kinds")]

    operations = [run_sql_file(__file__, "0009_calendar_feeds")]
