"""Guards: a published label version and its content are immutable."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parents[1] / "sql"
NAME = "0002_published_label_is_immutable"


class Migration(migrations.Migration):
    """Forward and reverse lie side by side in catalog/sql."""

    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql=(SQL / f"{NAME}.sql").read_text(),
            reverse_sql=(SQL / f"{NAME}.reverse.sql").read_text(),
        ),
    ]
