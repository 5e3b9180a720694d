from django.db import migrations


class Migration(migrations.Migration):
    """All kinds of reminders. What it did to the tables is in 0001: it only keeps its place in the line."""

    dependencies = [("rems", "0007_limit_sign_offs")]

    operations = []
