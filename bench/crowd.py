"""Many checkouts of different patients at once, beside as many one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import perf_counter

from django.db import connection

from orders import services
from rems import core
from rems.loaders import Fill
from rems.locks import Parties
from rems.services.evaluation import preview
from tests import builders as b

WARMING = 3


def measure_crowd(how_many: int) -> int:
    """Print both throughputs; 1 when the crowd's is below the queue's."""
    package = b.the_store().package.pk
    people = [_a_man(number) for number in range(2 * how_many)]
    alone = _checkouts_a_second(people[:how_many], package, at_once=1)
    crowd = _checkouts_a_second(people[how_many:], package, at_once=how_many)
    print(
        f"checkouts a second: {alone:.0f} one after the other, {crowd:.0f} with {how_many} at once: "
        f"{crowd / alone:.2f} times (target: at least 1)"
    )
    return int(crowd < alone)


def _a_man(number: int) -> b.Cleared:
    return b.a_cleared_patient("MALE_ADULT", f"Carl {number}", "checkout")


def _checkouts_a_second(people: list[b.Cleared], package: object, at_once: int) -> float:
    """Each thread has a connection of its own, warm as a worker's is that has been running."""
    asked = [
        {
            "patient_id": one.patient.pk,
            "prescription_id": one.prescription.pk,
            "package_id": package,
            "mode": "ship",
            "actor": one.user,
        }
        for one in people
    ]
    start = Barrier(at_once + 1)

    def work(place: int) -> None:
        try:
            for _ in range(WARMING):
                _warm(people[place])
            start.wait()
            for one in asked[place::at_once]:
                assert services.place(**one).is_done
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        working = [pool.submit(work, place) for place in range(at_once)]
        start.wait()
        began = perf_counter()
        for one in working:
            one.result()
        return len(people) / (perf_counter() - began)


def _warm(cleared: b.Cleared) -> None:
    store, patient = b.the_store(), cleared.patient
    parties = Parties(b.PROGRAM, store.pharmacy.pk, patient.prescriber_id, patient.pk)
    fill = Fill(state="NY", mode=core.ReleaseMode.SHIP)
    preview(parties=parties, prescription_id=cleared.prescription.pk, fill=fill, at=b.now())
