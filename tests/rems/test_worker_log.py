"""What a real worker writes: one JSON object a line, with ids, and nobody's name or address."""

import json
import smtplib
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend as KeepInFiles

from rems.models import Patient, Reminder
from tests.builders import acting_user
from tests.rems.killing import Workers, ask, until
from tests.rems.treated import due_now

pytestmark = pytest.mark.django_db(transaction=True)

# Said by Celery past every log when it is asked to stop, after an empty line.
CELERYS_OWN = ("", "worker: Warm shutdown (MainProcess)")
UNREACHABLE = "Zebulon Quatermass"


class EmailBackend(KeepInFiles):
    """Keeps mails in files, and cannot reach one person, whose address its error names."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """All or none."""
        for message in email_messages:
            if "quatermass" in message.to[0]:
                raise smtplib.SMTPServerDisconnected(f"cannot reach {message.to[0]}")
        return int(super().send_messages(email_messages))


def lines_of(workers: Workers) -> list[dict[str, Any]]:
    """Every line that was written; each has to be an object."""
    lines = workers.log.read_text("utf-8").splitlines()
    return [dict(json.loads(line)) for line in lines if line not in CELERYS_OWN]


def about(workers: Workers, reminder: Reminder) -> dict[str, Any]:
    """The one line about this reminder, without the time."""
    (found,) = [x for x in lines_of(workers) if x.get("reminder_id") == str(reminder.pk)]
    return {name: value for name, value in found.items() if name != "time"}


def secrets(patient: Patient) -> list[str]:
    """Whatever could tell whom the lines are about."""
    kept = [patient.number, patient.street, str(patient.phone), str(patient.pk)]
    return [*kept, acting_user(patient).email, *patient.name.split(), "@example.com"]


def test_a_worker_s_lines_are_json_with_ids_and_nobody_s_name_or_address(workers: Workers) -> None:
    sent, not_sent = due_now("Ignatia Featherstone"), due_now(UNREACHABLE)
    ask()
    worker = workers.start(TEST_MAIL_BACKEND=f"{__name__}.EmailBackend")
    until(lambda: Reminder.objects.filter(pk=sent.pk, status="sent").exists())
    until(lambda: Reminder.objects.get(pk=not_sent.pk).failure)
    worker.terminate()
    assert worker.wait(40) == 0

    by = {"logger": "rems.services.reminder_outcomes"}
    assert about(workers, sent) == {
        **by,
        "level": "INFO",
        "message": "reminder sent",
        "reminder_id": str(sent.pk),
        "attempt": 1,
    }
    assert about(workers, not_sent) == {
        **by,
        "level": "WARNING",
        "message": "reminder not sent",
        "reminder_id": str(not_sent.pk),
        "attempt": 1,
        "reason": "SMTPServerDisconnected",
    }
    lines = lines_of(workers)
    assert {line["logger"] for line in lines} >= {"celery.app.trace", "celery.worker.strategy"}
    assert all(line["time"].endswith("+00:00") for line in lines)
    text = workers.log.read_text("utf-8").lower()
    for row in (sent, not_sent):
        assert row.patient is not None
        told = [secret for secret in secrets(row.patient) if secret.lower() in text]
        assert not told
