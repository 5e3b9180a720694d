"""Guards: a published label version and its content are immutable."""

from django.db import migrations

from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    """Forward and reverse lie side by side in catalog/sql."""

    dependencies = [("catalog", "0001_initial")]
    operations = [run_sql_file(__file__, "0002_published_label_is_immutable")]
