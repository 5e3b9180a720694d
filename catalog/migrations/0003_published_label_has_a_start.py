from django.db import migrations


class Migration(migrations.Migration):
    """A published label says from when it holds. What it did to the tables is in 0001: it only keeps its place in the line."""

    dependencies = [("catalog", "0002_published_label_is_immutable")]

    operations = []
