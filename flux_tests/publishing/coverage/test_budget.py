"""A budget of backfills: so many in an hour, none twice in a day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.coverage.budget import Requests

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
_DAYS = [f"2022-01-{day:02}" for day in range(1, 29)]


@given(
    budget=st.integers(1, 5),
    minutes=st.lists(st.integers(1, 90), min_size=1, max_size=30),
    wanted=st.lists(st.sampled_from(_DAYS), unique=True),
)
def test_no_hour_sees_more_than_its_budget_and_no_day_is_asked_twice(
    budget: int, minutes: list[int], wanted: list[str]
) -> None:
    now, cursor = NOON, None
    asked: list[tuple[str, datetime]] = []
    for pause in minutes:
        now += timedelta(minutes=pause)
        requests = Requests.from_cursor(cursor, now)
        days = requests.not_asked(wanted)[: requests.allowed(now, budget)]
        asked += [(day, now) for day in days]
        cursor = requests.and_now([(day, day) for day in days], now).cursor()
    for number, (day, at) in enumerate(asked):
        recent = [then for _, then in asked if timedelta() <= at - then < timedelta(hours=1)]
        assert len(recent) <= budget
        earlier = [then for other, then in asked[:number] if other == day]
        assert all(at - then >= timedelta(days=1) for then in earlier)


def test_a_request_covers_all_days_of_its_range() -> None:
    requests = Requests().and_now([("2022-01-01", "2022-01-10")], NOON)

    assert requests.not_asked(["2022-01-11", "2022-01-05"]) == ["2022-01-11"]


def test_after_a_day_it_may_be_asked_again() -> None:
    cursor = Requests().and_now([("2022-01-01", "2022-01-01")], NOON).cursor()

    later = Requests.from_cursor(cursor, NOON + timedelta(days=1))

    assert later.not_asked(["2022-01-01"]) == ["2022-01-01"]
