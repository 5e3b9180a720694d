from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rems", "0009_calendar_feeds")]

    operations = [
        migrations.AlterModelOptions(
            name="reminder",
            options={"permissions": [("attend_reminder", "Can retry reminders and settle tasks")]},
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("status", "failed"), ("delivery", "bounced"), _connector="OR"),
                fields=["send_at", "id"],
                name="rems_reminder_failed",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["send_at"], name="rems_reminder_by_hour"),
        ),
        # A claim and the beginning of an attempt touch no indexed column: with room on its page
        # such a change costs no index entry.
        migrations.RunSQL(
            "ALTER TABLE rems_reminder SET (fillfactor = 75)",
            "ALTER TABLE rems_reminder RESET (fillfactor)",
        ),
    ]
