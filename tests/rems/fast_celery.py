"""Celery as it is, with a beat that does not wait long for the next tick."""

import django

from pharmacy.celery import app

FAST = ("rems.tasks.send_due_reminders", "rems.tasks.plan_again")

django.setup()
for entry in app.conf.beat_schedule.values():
    if entry["task"] in FAST:
        entry["schedule"] = 0.3
