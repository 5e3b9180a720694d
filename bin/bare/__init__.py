"""From a bare machine to a working `.venv/`: the standard library alone, Python 3.11 or later."""
