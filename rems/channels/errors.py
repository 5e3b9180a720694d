"""Why a message did not go out, in the ways that are certain. Messages name nobody."""

from http import HTTPStatus


class Undeliverable(Exception):
    """No further attempt by this channel can succeed; the message is for the pharmacy's staff."""


class TryLater(Exception):
    """It surely did not go out this time, and a later attempt may succeed."""


class OurOwnFault(TryLater):
    """The same, for a reason that has nothing to do with who is told: our account, sender or payment.

    Nothing will go out to anybody until somebody at the pharmacy mends it, so the log says it as an
    error.
    """


def may_have_left(status: int) -> bool:
    """Whether a provider that answered with this HTTP status may have sent the message in spite of it:
    an error or a time-out at its side, or the same key still on its way."""
    return status >= 500 or status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT)
