"""What can go wrong on the way up, in words for the person at the keyboard."""


class LocalStackError(Exception):
    """The local servers cannot start or be used; the message says why and what to do."""


class AlreadyRunning(LocalStackError):
    """Another run holds the same data folder."""
