"""Why a message did not go out, in the two ways that are certain. Messages name nobody."""


class Undeliverable(Exception):
    """No further attempt by this channel can succeed; the message is for the pharmacy's staff."""


class TryLater(Exception):
    """It surely did not go out this time, and a later attempt may succeed."""
