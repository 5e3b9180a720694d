"""A log line says what it is about in fields: in production JSON, locally text; ids and no more."""

import json
import logging
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from pharmacy.quiet_log import JsonFormatter, QuietFormatter
from tests.pharmacy.running import ROOT, wait_for

KEY = UUID("01980000-0000-7000-8000-000000000001")
AFTER_TEN = 1780000000.25  # 2026-05-28T20:26:40.250Z


def a_record(message: str = "reminder sent", **fields: object) -> logging.LogRecord:
    record = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "rems", **fields})
    record.created = AFTER_TEN
    return record


def as_json(record: logging.LogRecord) -> dict[str, Any]:
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return dict(json.loads(line))


def test_a_line_is_an_object_with_the_time_in_utc_and_the_ids_in_fields() -> None:
    assert as_json(a_record(reminder_id=KEY, attempt=2)) == {
        "time": "2026-05-28T20:26:40.250+00:00",
        "level": "INFO",
        "logger": "rems",
        "message": "reminder sent",
        "reminder_id": str(KEY),
        "attempt": 2,
    }


def test_as_text_the_fields_follow_the_message() -> None:
    line = QuietFormatter("%(levelname)s %(message)s").format(a_record(reminder_id=KEY, attempt=2))
    assert line == f"INFO reminder sent reminder_id={KEY} attempt=2"


@pytest.mark.parametrize("formatter", [JsonFormatter(), QuietFormatter()])
def test_what_else_hangs_on_a_record_is_not_written(formatter: logging.Formatter) -> None:
    record = a_record(patient="Ana Ruiz", data={"args": "Ana Ruiz"}, request="Ana Ruiz")
    assert "Ruiz" not in formatter.format(record)


def test_a_traceback_stands_apart_from_its_message_and_as_quiet() -> None:
    try:
        raise ValueError("rems_guard\nDETAIL:  Failing row contains (Ana Ruiz).")
    except ValueError:
        found = as_json(a_record("it failed", exc_info=sys.exc_info()))
    assert found["message"] == "it failed"
    assert found["details"].startswith("Traceback")
    assert "rems_guard" in found["details"]
    assert "DETAIL left out" in found["details"]
    assert "Ruiz" not in found["details"]


def test_a_message_of_many_lines_is_one_object() -> None:
    found = as_json(a_record("first\nDETAIL: Ana Ruiz\nHINT: none"))
    assert found["message"] == "first"
    assert found["details"] == "DETAIL left out\nHINT: none"


@pytest.mark.parametrize("formatter", [JsonFormatter(), QuietFormatter()])
def test_a_field_is_as_quiet_as_its_message(formatter: logging.Formatter) -> None:
    refused = 'violates "rems_guard"\nDETAIL:  Failing row contains (Ana Ruiz).'
    for reason in (refused, ValueError(refused)):
        line = formatter.format(a_record("it failed", reason=reason))
        assert "rems_guard" in line
        assert "DETAIL left out" in line
        assert "Ruiz" not in line


def test_a_field_that_json_does_not_know_is_told_in_words() -> None:
    odd = {("a", "b"): b"c"}
    assert as_json(a_record(reason=odd, count=float("nan"), attempt=None)) == {
        **as_json(a_record()),
        "attempt": None,
        "count": "nan",
        "reason": str(odd),
    }


def answer(environ: object, start_response: Any) -> list[bytes]:
    """What the web server below serves."""
    start_response("204 No Content", [])
    return []


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def ask(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as found:
            return bool(found.status == 204)
    except OSError:
        return False


def test_the_web_server_s_own_lines_are_objects_too_and_name_no_query(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--worker-tmp-dir", str(tmp_path)]
    with log.open("wb") as output:
        web = subprocess.Popen(
            [*command, f"{__name__}:answer"], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        wait_for(lambda: ask(port, "/plain/"), 30)
        assert ask(port, "/a%22b%5C%0Ac/?name=Ana+Ruiz")
    finally:
        web.terminate()
        assert web.wait(30) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert {line["logger"] for line in lines} == {"gunicorn.error", "gunicorn.access"}
    assert len([line for line in lines if "/plain/" in line["message"]]) == 1
    assert not [line for line in lines if "Ruiz" in str(line)]
