"""A calendar's address and quiet hours, by raw SQL."""

from collections.abc import Callable
from datetime import time

import pytest

from rems.models import CalendarFeed, ContactPreference
from tests import builders as b
from tests.guards.raw import CHECK, FORBIDDEN, UNIQUE, Connection, insert_like, refused, update

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def app(app_connection: Callable[..., Connection]) -> Connection:
    return app_connection(autocommit=True)


@pytest.fixture
def feed(django_db_setup: None, transactional_db: None) -> CalendarFeed:
    carl = b.a_patient()
    return CalendarFeed.objects.create(patient=carl, user=b.acting_user(carl), digest="0" * 64)


def test_an_address_is_one_person_s_and_its_secret_is_not_kept(
    app: Connection, feed: CalendarFeed
) -> None:
    with refused(app, UNIQUE, "rems_calendarfeed_one_active"):
        insert_like(app, feed, digest="1" * 64)
    with refused(app, UNIQUE, "rems_calendarfeed_digest_key"):
        insert_like(app, feed, revoked_at=b.now())
    for kept in ("a-secret-address-as-it-is", "1" * 63, "G" * 64):
        with refused(app, CHECK, "rems_calendarfeed_digest_whole"):
            insert_like(app, feed, digest=kept, revoked_at=b.now())


def test_what_is_revoked_stays_revoked_and_stays_there(
    app: Connection, feed: CalendarFeed, owner_connection: Connection
) -> None:
    for changes in (
        {"digest": "1" * 64},
        {"user_id": feed.user_id},
        {"patient_id": feed.patient_id},
    ):
        with refused(app, FORBIDDEN):
            update(app, feed, **changes)
    update(app, feed, revoked_at=b.now())
    for changes in ({"revoked_at": None}, {"revoked_at": b.now()}):
        with refused(app, CHECK, "rems_calendarfeed_stays_revoked"):
            update(app, feed, **changes)
    with refused(app, FORBIDDEN):
        app.execute("DELETE FROM rems_calendarfeed")
    for statement in ("DELETE FROM rems_calendarfeed", "TRUNCATE rems_calendarfeed"):
        with refused(owner_connection, CHECK, "rems_calendarfeed_no_delete"):
            owner_connection.execute(statement)
    assert CalendarFeed.objects.get().revoked_at is not None


@pytest.mark.parametrize(
    ("quiet_from", "quiet_until"),
    [(time(8), time(20, 1)), (time(0, 1), time(0)), (time(20), time(8, 0, 1))],
)
def test_quiet_hours_leave_half_of_the_day(
    app: Connection, quiet_from: time, quiet_until: time
) -> None:
    kept = ContactPreference.objects.create(user=b.the_store().user)
    with refused(app, CHECK, "rems_contactpreference_quiet_half_a_day"):
        update(app, kept, quiet_from=quiet_from, quiet_until=quiet_until)
    for begin, end in ((time(20), time(8)), (time(0), time(0)), (time(8), time(20))):
        update(app, kept, quiet_from=begin, quiet_until=end)
