"""A virtual pharmacy: people who forget, lie and travel, a clock that is turned, and a notebook.

`manage.py simulate` is its only door. `oracle`, `notes` and `memory` are the judge: plain Python
that reads neither the database nor the core. The tests in tests/proof use the same judge.
"""
