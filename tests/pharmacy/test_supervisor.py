"""The supervisor with real servers: it restarts, stops in order, and leaves nothing behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from pharmacy.local import environment, ports
from tests.pharmacy.running import Run, is_running, wait_for

# Kills and starts of a whole store: bin/proof --short.
pytestmark = pytest.mark.short_proof

PARTS = {"database", "guards", "broker", "worker", "beat", "reminders"}


@pytest.fixture(scope="module")
def data() -> Path:
    """A data folder of these tests' own; `nobody` can reach it where it can reach the project."""
    return environment.load_for_tests().data_dir / "supervised"


@pytest.fixture(scope="module")
def store(data: Path) -> Iterator[Run]:
    """A store that has just become ready, its data made from nothing."""
    run = Run(data, ports.choose(), "--fresh")
    try:
        run.wait_until_ready()
        yield run
    finally:
        if run.child.poll() is None:
            run.end()


def test_a_store_that_announces_itself_has_every_part_ready(store: Run) -> None:
    health = store.health()
    assert health["ready"] is True
    assert set(health["parts"]) == PARTS
    assert f"http://127.0.0.1:{store.port}/" in store.said()


def test_a_second_start_on_the_same_data_says_so_and_ends(store: Run) -> None:
    second = Run(store.data, ports.choose())
    assert second.child.wait(120) == 1
    assert f"already running (process {store.child.pid})" in second.said()
    assert store.health()["ready"] is True


def test_a_taken_port_is_refused_before_anything_starts(store: Run) -> None:
    other = store.data.with_name("never-started")
    run = Run(other, store.port)
    assert run.child.wait(120) == 1
    assert f"Port {store.port} is taken" in run.said()
    assert not other.exists()


@pytest.mark.parametrize("program", ["worker", "beat", "gunicorn"])
def test_a_killed_program_takes_its_children_along_and_is_started_again(
    store: Run, program: str
) -> None:
    victim = store.one(program)
    family = [victim, *[pid for pid in store.everyone() if _parent_is(pid, victim)]]
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: not any(is_running(pid) for pid in family), 60)
    wait_for(lambda: _restarted(store, program, victim), 60)
    wait_for(lambda: store.health().get("ready"), 60)
    assert "starting it again" in store.said()


def test_killed_postgres_comes_back_and_the_store_with_it(store: Run) -> None:
    victim = store.one("-D")
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: _restarted(store, "-D", victim), 60)
    wait_for(lambda: store.health().get("ready"), 60)


def _parent_is(pid: int, parent: int) -> bool:
    return f"PPid:\t{parent}\n" in Path(f"/proc/{pid}/status").read_text()


def _restarted(store: Run, word: str, victim: int) -> bool:
    try:
        return store.one(word) != victim
    except StopIteration:
        return False


def test_kill_9_leaves_no_process_and_the_next_start_stops_in_order(store: Run, data: Path) -> None:
    family = store.everyone()
    assert len(family) > 12, "web, worker, beat, broker, database and their children"
    os.kill(store.child.pid, signal.SIGKILL)
    store.child.wait(5)
    wait_for(lambda: not any(is_running(pid) for pid in family), 60)

    again = Run(data, store.port)
    again.wait_until_ready()
    family = again.everyone()
    assert again.end(signal.SIGINT) == 0
    assert not any(is_running(pid) for pid in family)
    turns = [line.strip() for line in again.said().splitlines() if "Stopping" in line]
    assert turns == [
        "Stopping beat and web",
        "Stopping worker",
        "Stopping Valkey",
        "Stopping PostgreSQL",
    ]


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_start_stops_what_was_started(
    store: Run, data: Path, sign: signal.Signals
) -> None:
    run = Run(data, ports.choose())
    wait_for(lambda: "Migrating" in run.said())
    family = run.everyone()
    assert run.end(sign) == 0
    assert not any(is_running(pid) for pid in family)
