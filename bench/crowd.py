"""Many checkouts of different patients at once, beside as many one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import perf_counter
from uuid import UUID

from django.db import connection

from orders import services
from tests import builders as b

# The server keeps a plan from about the sixth time on that a connection sends a statement.
WARMING = 8


def measure_crowd(how_many: int) -> int:
    """Print both throughputs; 1 when the crowd's is below the queue's."""
    package = b.the_store().package.pk
    alone = _checkouts_a_second(how_many, package, at_once=1)
    crowd = _checkouts_a_second(how_many, package, at_once=how_many)
    print(
        f"checkouts a second: {alone:.0f} one after the other, {crowd:.0f} with {how_many} at once: "
        f"{crowd / alone:.2f} times (target: at least 1)"
    )
    return int(crowd < alone)


def _checkouts_a_second(how_many: int, package: UUID, at_once: int) -> float:
    """Each thread has a connection of its own, warm as a worker's is that has been running."""
    people = _men(how_many)
    passers_by = _men(WARMING * at_once)
    start = Barrier(at_once + 1)

    def work(place: int) -> None:
        try:
            _place(passers_by[place::at_once], package)
            start.wait()
            _place(people[place::at_once], package)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        working = [pool.submit(work, place) for place in range(at_once)]
        start.wait()
        began = perf_counter()
        for one in working:
            one.result()
        return len(people) / (perf_counter() - began)


def _men(how_many: int) -> list[b.Cleared]:
    return [
        b.a_cleared_patient("MALE_ADULT", f"Carl {number}", "checkout")
        for number in range(how_many)
    ]


def _place(people: list[b.Cleared], package: UUID) -> None:
    for one in people:
        result = services.place(
            patient_id=one.patient.pk,
            prescription_id=one.prescription.pk,
            package_id=package,
            mode="ship",
            actor=one.user,
        )
        assert result.is_done
