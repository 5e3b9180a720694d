"""The facts as they stand at one instant: what lies in the future has not happened yet."""

from __future__ import annotations

from datetime import date, datetime

from rems.core.calendar import local_date, zone_named
from rems.core.facts import (
    AgreementForm,
    Facts,
    Hold,
    PregnancyTest,
    Prescription,
    PreviousSupply,
)
from rems.core.programs import Terms
from rems.core.vocabulary import HoldType, RiskCategory, TestResult


class Situation:
    """`facts` read at the instant `at` (UTC) under the program's `terms`.

    Tests, holds, surveys and the previous supply are those that have happened by `at`;
    `authorized_at` and `confirmed_at` are None unless number and time are there and not ahead.
    """

    __slots__ = (
        "at",
        "authorized_at",
        "category",
        "confirmed_at",
        "facts",
        "form",
        "holds",
        "last_survey_at",
        "prescription",
        "previous_supply",
        "terms",
        "tests",
        "timing_tests",
        "today",
        "uncleared_tests",
        "zone",
    )

    def __init__(self, facts: Facts, terms: Terms, at: datetime) -> None:
        self.facts, self.terms, self.at = facts, terms, at
        self.zone = zone_named(facts.time_zone)
        self.today: date = local_date(at, self.zone)
        self.category: RiskCategory | None = facts.category
        self.form: AgreementForm | None = facts.agreement_form
        self.prescription: Prescription | None = facts.prescription
        self.holds = tuple(hold for hold in facts.holds if hold.opened_at <= at)
        self.tests = tuple(test for test in facts.pregnancy_tests if test.collected_at <= at)
        self.uncleared_tests = tuple(test for test in self.tests if self._is_uncleared(test))
        # A cleared positive test starts nothing, so R14, R20 and R21 pass over it.
        self.timing_tests = tuple(
            test
            for test in self.tests
            if test.result is TestResult.NEGATIVE or test in self.uncleared_tests
        )
        self.last_survey_at = max((x for x in facts.surveys_completed_at if x <= at), default=None)
        self.previous_supply = self._previous_supply()
        self.authorized_at = self._authorized_at()
        self.confirmed_at = self._confirmed_at()

    def is_open(self, hold: Hold) -> bool:
        """Whether a hold that has begun is not closed by now."""
        return hold.cleared_at is None or hold.cleared_at > self.at

    def negative_test_between(self, after: datetime, until: datetime) -> bool:
        """Whether a negative test was taken later than `after` and no later than `until`."""
        return any(
            test.result is TestResult.NEGATIVE and after < test.collected_at <= until
            for test in self.tests
        )

    def show(self, at: datetime) -> str:
        """An instant as the pharmacy's clock shows it, with its offset."""
        return at.astimezone(self.zone).isoformat(sep=" ", timespec="seconds")

    def local_days_before(self, earlier: datetime, later: datetime) -> int:
        """Whole local calendar days from `earlier` to `later`."""
        return (local_date(later, self.zone) - local_date(earlier, self.zone)).days

    def _is_uncleared(self, test: PregnancyTest) -> bool:
        return test.result is not TestResult.NEGATIVE and not any(
            self._clears(hold, test) for hold in self.holds
        )

    def _clears(self, hold: Hold, positive: PregnancyTest) -> bool:
        return (
            hold.type is HoldType.POSITIVE_TEST
            and hold.opened_at >= positive.collected_at
            and hold.cleared_at is not None
            and hold.cleared_at <= self.at
            and self.negative_test_between(positive.collected_at, hold.cleared_at)
        )

    def _previous_supply(self) -> PreviousSupply | None:
        supply = self.facts.previous_supply
        return supply if supply is not None and supply.dispensed_at <= self.at else None

    def _authorized_at(self) -> datetime | None:
        prescription = self.prescription
        if prescription is None or not has_text(prescription.authorization_number):
            return None
        issued_at = prescription.authorization_issued_at
        if issued_at is None or max(issued_at, prescription.written_at) > self.at:
            return None
        return issued_at

    def _confirmed_at(self) -> datetime | None:
        confirmation = self.facts.confirmation
        if confirmation is None or not has_text(confirmation.number):
            return None
        obtained_at = confirmation.obtained_at
        return None if obtained_at is None or obtained_at > self.at else obtained_at


def has_text(number: str | None) -> bool:
    """Whether a number that people read out is really there: blanks and marks that nobody sees are none."""
    return number is not None and any(sign.isalnum() for sign in number)
