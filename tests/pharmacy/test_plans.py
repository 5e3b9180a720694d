"""A connection remembers the plans of as many statements as the store sends."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_three_hundred_statements_in_turn_are_each_planned_for_good() -> None:
    connection.close()
    with connection.cursor() as cursor:
        for _ in range(4):
            for number in range(300):
                cursor.execute(f"SELECT %s::int + {number}", [1])
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%int +%%'"
        )
        assert cursor.fetchone() == (300,)
