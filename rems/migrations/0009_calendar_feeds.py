import django.db.models.deletion
import uuid6
from django.conf import settings
from django.db import migrations, models

import accounts.clock
from accounts.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rems", "0008_reminder_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 of the token, in hex", max_length=64, unique=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=accounts.clock.PharmacyClock(), editable=False),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to="rems.patient",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_feeds",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="rems_calendarfeed_digest_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("patient", "user"),
                        name="rems_calendarfeed_one_active",
                    ),
                ],
            },
        ),
        run_sql_file(__file__, "0009_calendar_feeds"),
    ]
