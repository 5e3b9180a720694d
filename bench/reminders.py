"""What reminders cost among millions of them: `python bench/reminders.py`, about ten minutes.

Makes a throwaway database on the embedded server: 100,000 patients in treatment, with all that is
planned for them (28 reminders each, EACH at least). Prints times and, which matters more on another
machine, ratios. The bare UPDATE writes the same rows' outcome by their keys, in batches of the same
size, in the same run. Exits 1 when a target of issue 4 is missed. `PATIENTS=1000 python
bench/reminders.py` for a quick look.
"""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, LiteralString
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PATIENTS = int(os.environ.get("PATIENTS", "100000"))
EACH = 10
DUE = min(10_000, PATIENTS)
BATCH = 500
FAR_OFF: LiteralString = "now() + interval '30 days' + n * interval '1 second'"
MOST_MS_FOR_NOTHING = 10
MOST_TIMES_A_BARE_UPDATE = 3.0
# What is written for a batch; the rest asks whether each is still wanted.
WRITTEN = ("claim", "begin", "note")
# Four workers beside one, by what a message takes at the provider. Where the processor is all that
# is needed, two cores cannot give four times as much: there they may only not be in each other's way.
LEAST_RATIO_OF_WORKERS = {0.0: 1.0, 0.05: 3.2}


def main() -> int:
    """With servers around us measure; else bring them, and begin again. 1 when a target is missed."""
    if "--worker" in sys.argv:
        return drain_as_worker(float(sys.argv[-1]))
    if not os.environ.get("DATABASE_SUPERUSER_URL"):
        command = [sys.executable, "-m", "pharmacy.local.around", str(ROOT / ".local" / "bench")]
        return subprocess.run(
            [*command, sys.executable, __file__], cwd=ROOT, check=False
        ).returncode
    set_up()
    return measure()


def set_up() -> None:
    """Django with the application's role."""
    import django

    django.setup()
    logging.disable(logging.ERROR)


def superuser() -> Any:
    import psycopg

    return psycopg.connect(os.environ["DATABASE_SUPERUSER_URL"], autocommit=True)


def measure() -> int:
    from django.core.management import call_command

    print("migrating an empty database", flush=True)
    call_command("setup_database", verbosity=0)
    with superuser() as connection:
        small = milliseconds_for_nothing()
        fill(connection)
        rows = due_rows(connection)
        missed = [
            *nothing_due(small),
            *claimed_and_recorded(connection, rows),
            *planning(),
            *workers(connection, rows),
        ]
    for words in missed:
        print(f"MISSED: {words}")
    return 1 if missed else 0


# Filling ------------------------------------------------------------------------------------------


def fill(connection: Any) -> None:
    """One real patient through the services, and as many copies."""
    from bench.many import copy_patient, copy_reminder
    from rems.models import Reminder
    from tests.builders import a_test, acting_user, ago
    from tests.rems.treated import in_treatment

    began = perf_counter()
    ana = in_treatment(days=10)
    a_test(ana, ago(days=7))
    user = acting_user(ana)
    copy_patient(connection, ana.pk, user.pk, PATIENTS)
    planned = list(Reminder.objects.filter(subject_id=ana.pk, status="planned", recipient=user))
    for row in planned:
        copy_reminder(connection, row.pk, PATIENTS, {"send_at": FAR_OFF, "lease_until": "NULL"})
    for number in range(EACH - len(planned)):
        copy_reminder(connection, planned[0].pk, PATIENTS, sent_before(number))
    # The real Ana is not among those that are measured.
    Reminder.objects.filter(subject_id=ana.pk).update(status="cancelled")
    connection.execute("VACUUM (ANALYZE)")
    (count,) = connection.execute("SELECT count(*) FROM rems_reminder").fetchone()
    print(
        f"{PATIENTS:,} patients, {count:,} reminders in {perf_counter() - began:.0f} s", flush=True
    )


def sent_before(number: int) -> dict[str, LiteralString]:
    """An earlier reminder of the same kind, long sent."""
    weeks: LiteralString = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")[number]
    return {
        "id": "uuidv7()",
        "due_on": "t.due_on - 7 * " + weeks,
        "status": "'sent'",
        "sent_at": "now() - interval '7 days' * " + weeks,
        "send_at": "now() - interval '7 days' * " + weeks,
    }


def due_rows(connection: Any) -> list[UUID]:
    """The keys of DUE planned reminders of as many patients, spread over the table: of each the
    step whose time has come by the facts too."""
    found = connection.execute(
        "SELECT DISTINCT ON (subject_id) id FROM rems_reminder WHERE status = 'planned' "
        "AND kind = 'pregnancy_test_due' AND channel = 'email' ORDER BY subject_id, step, id"
    ).fetchall()
    step = max(1, len(found) // DUE)
    return [key for (key,) in found[::step]][:DUE]


def make_due(connection: Any, rows: list[UUID]) -> None:
    """As before the tick: planned, due for a minute, held by nobody."""
    connection.execute(
        "UPDATE rems_reminder SET status = 'planned', sent_at = NULL, lease_until = NULL, "
        "attempts = 0, send_started_at = NULL, possible_duplicates = 0, failure = '', "
        "send_at = now() - interval '1 minute' WHERE id = ANY(%s)",
        [rows],
    )
    connection.execute("VACUUM (ANALYZE) rems_reminder")
    connection.execute("CHECKPOINT")


# Measuring ----------------------------------------------------------------------------------------


def took(work: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    work()
    return perf_counter() - began


def milliseconds_for_nothing() -> float:
    """One tick that finds nothing due: the median of fifty."""
    from rems.tasks import send_due_reminders

    send_due_reminders()
    return median(took(send_due_reminders) for _ in range(50)) * 1000


def nothing_due(small: float) -> list[str]:
    large = milliseconds_for_nothing()
    print(
        f"a tick that finds nothing due: {small:.2f} ms in an empty table, {large:.2f} ms in a full one"
    )
    return [] if large < MOST_MS_FOR_NOTHING else [f"a tick for nothing took {large:.1f} ms"]


def bare_update(connection: Any, rows: list[UUID]) -> None:
    """Write the outcome by the keys, BATCH at a time, each batch committed."""
    for start in range(0, len(rows), BATCH):
        connection.execute(
            "UPDATE rems_reminder SET status = 'sent', sent_at = now() WHERE id = ANY(%s)",
            [rows[start : start + BATCH]],
        )


def drain(on_the_way: int) -> int:
    """Batch after batch until nothing is due; how many were sent."""
    from rems.services.reminders import send_due

    sent = 0
    while (sweep := send_due(BATCH, on_the_way=on_the_way)).claimed:
        sent += sweep.sent
    return sent


def use_null_provider(seconds: float = 0.0) -> None:
    """A provider that takes every message, in so many seconds, and does nothing."""
    from rems.services import reminders

    def swallow(row: object) -> str:
        if seconds:
            time.sleep(seconds)
        return ""

    reminders.CHANNELS = {"email": swallow, "sms": swallow}  # type: ignore[misc]


def claimed_and_recorded(connection: Any, rows: list[UUID]) -> list[str]:
    use_null_provider()
    bare, together, one_by_one = [], [], []
    before = memory()
    for _ in range(3):
        make_due(connection, rows)
        bare.append(took(lambda: bare_update(connection, rows)))
        make_due(connection, rows)
        together.append(took(lambda: check(drain(BATCH), len(rows))))
        make_due(connection, rows)
        one_by_one.append(took(lambda: check(drain(1), len(rows))))
    after = memory()
    base = median(bare)
    print(f"{len(rows):,} due, bare UPDATE in batches of {BATCH}: {base:.2f} s")
    spent = median_parts([parts(connection, rows) for _ in range(3)])
    for name, seconds in spent.items():
        print(f"  {name}: {seconds:.2f} s, {seconds / base:.2f} times the bare UPDATE")
    ratio = sum(spent[name] for name in WRITTEN) / base
    print(f"  so claimed and recorded ({', '.join(WRITTEN)}): {ratio:.1f} times the bare UPDATE")
    for words, times in (
        (f"with the core asked again, sent and noted {BATCH} together", together),
        ("the same, each noted before the next leaves", one_by_one),
    ):
        print(f"  {words}: {median(times):.2f} s, {median(times) / base:.1f} times the bare UPDATE")
    print(f"memory: {before:.0f} MB at first, {after:.0f} MB after {6 * len(rows):,} reminders")
    return [] if ratio <= MOST_TIMES_A_BARE_UPDATE else [f"{ratio:.1f} times a bare UPDATE"]


def median_parts(runs: list[dict[str, float]]) -> dict[str, float]:
    """Each part's median."""
    return {name: median(run[name] for run in runs) for name in runs[0]}


def parts(connection: Any, rows: list[UUID]) -> dict[str, float]:
    """Where a batch's time goes, in seconds: what writes (WRITTEN), and what asks the core."""
    from accounts.clock import read_clock
    from rems.services import reminder_claims as claims
    from rems.services import reminder_outcomes as outcomes

    make_due(connection, rows)
    spent = dict.fromkeys(("claim", "overtaken", "needed", "begin", "note"), 0.0)

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = perf_counter()
        answer = work()
        spent[name] += perf_counter() - began
        return answer

    while batch := timed("claim", lambda: claims.claim(BATCH)):
        at = read_clock()
        timed("overtaken", lambda rows=batch, at=at: claims.overtaken(rows, at))
        timed("needed", lambda rows=batch, at=at: claims.needed(rows, at))
        timed("begin", lambda rows=batch: outcomes.begin(rows))
        ids = {row.pk: "" for row in batch}
        timed("note", lambda b=batch, i=ids: outcomes.note_sent(b, i, outcomes.Sweep()))
    return spent


def check(found: int, wanted: int) -> None:
    """A measurement of half the work would be worth nothing."""
    if found != wanted:
        sys.exit(f"{found} of {wanted} were sent")


def memory() -> float:
    """The most that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def planning() -> list[str]:
    from django.db import transaction

    from accounts.clock import read_clock
    from rems.models import Patient
    from rems.outbox import plan_for_patient

    keys = list(Patient.objects.order_by("pk").values_list("pk", flat=True)[:200])

    def plan(key: UUID) -> None:
        with transaction.atomic():
            plan_for_patient(key, read_clock())

    spent = median(took(lambda key=key: plan(key)) for key in keys) * 1000
    print(f"planning again after a fact: {spent:.1f} ms a patient")
    return []


# Several workers ----------------------------------------------------------------------------------


def drain_as_worker(seconds: float) -> int:
    """A worker of its own process; starts when told to by a line."""
    set_up()
    use_null_provider(seconds)
    from rems.services.reminders import send_due

    send_due(1)
    print("ready", flush=True)
    sys.stdin.readline()
    while send_due(50).claimed:
        continue
    return 0


def workers(connection: Any, rows: list[UUID]) -> list[str]:
    """The same rows by one worker and by four, with a provider that takes its time and without."""
    missed = []
    for seconds, least in LEAST_RATIO_OF_WORKERS.items():
        count = len(rows) // 10 if seconds else len(rows)
        some = rows[:count]
        alone, shared = (share(connection, some, number, seconds) for number in (1, 4))
        print(
            f"{count:,} reminders, a provider of {seconds * 1000:.0f} ms: one worker {alone:.1f} s, "
            f"four {shared:.1f} s, ratio {alone / shared:.1f}"
        )
        if alone / shared < least:
            missed.append(f"four workers do {alone / shared:.1f} times the work of one")
    return missed


def share(connection: Any, rows: list[UUID], number: int, seconds: float) -> float:
    """How long so many workers take."""
    command = [sys.executable, __file__, "--worker", str(seconds)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        for _ in range(number)
    ]
    for worker in started:
        assert worker.stdout is not None
        worker.stdout.readline()
    make_due(connection, rows)
    began = perf_counter()
    for worker in started:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in started:
        worker.wait()
    spent = perf_counter() - began
    (sent,) = connection.execute(
        "SELECT count(*) FROM rems_reminder WHERE id = ANY(%s) AND status = 'sent'", [rows]
    ).fetchone()
    check(sent, len(rows))
    return spent


if __name__ == "__main__":
    sys.exit(main())
