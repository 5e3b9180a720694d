"""The tables of docs/reminders.md, written from the data: `python -m tests.core.reminders_document`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from rems.core import ADVISORY, STEPS, Audience, Kind, Step
from rems.core.schedule.label import LABEL_FIGURES

DOCUMENT = Path(__file__).parents[2] / "docs" / "reminders.md"
BEGIN, END = "<!-- written from the data: begin -->", "<!-- written from the data: end -->"

FALLS_DUE = {
    Kind.PREGNANCY_TEST_DUE: "the next pregnancy test (13.1); at once after a late period and the like",
    Kind.TEST_OVERDUE: "the same test, when nobody recorded it",
    Kind.BLOOD_COUNT_DUE: "a blood count, as the label advises (8.20)",
    Kind.TREATMENT_START: "the first day of a supply, until it is on record",
    Kind.TREATMENT_DAYS: "the last day with a capsule (day 21); the next cycle (day 29)",
    Kind.SURVEY_DUE: "the survey: when the refill window opens or the last one lapses (R30)",
    Kind.AUTHORIZATION_LAPSING: "the end of an authorization that nobody ordered on (R14, R15)",
    Kind.REFILL_WINDOW: "the first day on which the next fill is allowed (R45), until one is ordered",
    Kind.PRECAUTIONS: "the end of the precautions, four weeks after treatment stopped (6.1, 6.7, 6.9)",
    Kind.PRECAUTIONS_IN_FORCE: "each cycle of treatment, pauses too; once before it (6.1, 6.7 to 6.9)",
    Kind.AGREEMENT_LAPSING: "the end of the form, twelve months after treatment stopped (R04)",
    Kind.ORDER_WAITING: "an order's last step, while the parcel is here",
    Kind.CONFIRMATION_LAPSING: "the end of a confirmation number, while the parcel is here (R41, R42)",
    Kind.CREDENTIAL_EXPIRING: "the end of a certification, training or licence that was not renewed",
    Kind.EXPOSURE_REPORT_OPEN: "the deadline of an exposure report (7.7), told at once, until it is filed",
    Kind.LOT_EXPIRING: "the last day of a lot of which packages are left (R47)",
    Kind.REMINDER_FAILED: "a reminder that failed or came back, told at once, until somebody saw to it",
}
WHO = {
    Audience.PATIENT: "patient",
    Audience.PRESCRIBER: "prescriber",
    Audience.HOLDER: "holder",
    Audience.PHARMACISTS: "task",
}


def generated_part() -> str:
    """Everything between the two marks."""
    return "\n".join([BEGIN, "", *_kinds(), "", *_figures(), "", END])


def _kinds() -> Iterator[str]:
    yield "| kind | falls due | steps | may be switched off |"
    yield "|---|---|---|---|"
    for kind, steps in STEPS.items():
        told = "; ".join(_step(step) for step in steps)
        yield f"| `{kind}` | {FALLS_DUE[kind]} | {told} | {'yes' if kind in ADVISORY else 'no'} |"


def _step(step: Step) -> str:
    who = WHO[step.audience]
    if step.after is not None:
        return f"{who} {_hours(step.after)}"
    if step.days == 0:
        return f"{who} on the day"
    days = f"{abs(step.days)} day{'s' if abs(step.days) > 1 else ''}"
    return f"{who} {days} {'before' if step.days < 0 else 'after'}"


def _hours(after: timedelta) -> str:
    minutes = round(abs(after) / timedelta(minutes=1))
    amount = f"{minutes // 60} h" if minutes >= 60 else f"{minutes} min"
    return f"{amount} {'before' if after < timedelta(0) else 'after'}"


def _figures() -> Iterator[str]:
    yield "| figure of the label | value | unit | read in |"
    yield "|---|---|---|---|"
    for figure in LABEL_FIGURES:
        yield f"| `{figure.key}` | {figure.value} | {figure.unit} | {figure.source} |"


def rewrite() -> None:
    """Put the generated part into the document, leaving the rest as it is."""
    text = DOCUMENT.read_text()
    before, after = text[: text.index(BEGIN)], text[text.index(END) + len(END) :]
    DOCUMENT.write_text(before + generated_part() + after)


if __name__ == "__main__":
    rewrite()
