"""Days and cells become as few questions as the service allows."""

from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flux_resources.weather.calls import RUN_DAYS, RUNS_PER_CALL, cell_of, plan_calls

NEW_YEAR = date(2022, 1, 1)
CellDay = tuple[int, int, int]  # latitude and longitude in tenths, day of the archive


def _days(rows: Iterable[CellDay]) -> pl.DataFrame:
    return pl.DataFrame(
        [(lat, lon, NEW_YEAR + timedelta(days=day)) for lat, lon, day in rows],
        schema={"cell_lat": pl.Int16, "cell_lon": pl.Int16, "day": pl.Date},
        orient="row",
    )


def _cell(lat: float | None, lon: float | None) -> tuple[int | None, int | None]:
    types = {"lat": pl.Float64, "lon": pl.Float64}
    frame = pl.DataFrame({"lat": [lat], "lon": [lon]}, schema=types)
    found: tuple[int | None, int | None] = frame.select(cell_of(pl.col("lat"), pl.col("lon"))).row(
        0
    )
    return found


def test_a_cell_is_a_tenth_of_a_degree() -> None:
    assert _cell(40.7128, -74.0060) == (407, -740)
    assert _cell(40.7449, -73.9551) == (407, -740)
    assert _cell(-33.8688, 151.2093) == (-339, 1512)


def test_the_date_line_is_one_cell() -> None:
    assert _cell(-17.0, 179.99) == _cell(-17.0, -179.99) == (-170, 1800)


def test_what_is_not_on_the_globe_has_no_cell() -> None:
    for lat, lon in ((None, 1.0), (1.0, None), (90.1, 0.0), (0.0, -180.1), (float("nan"), 0.0)):
        assert _cell(lat, lon) == (None, None)


def test_a_session_is_one_call() -> None:
    (call,) = plan_calls(_days([(407, -740, 0), (407, -740, 1)]))

    (run,) = call
    assert (run.latitude, run.longitude) == (40.7, -74.0)
    assert (run.first, run.last) == (date(2022, 1, 1), date(2022, 1, 2))


def test_days_between_sessions_are_bridged_where_that_is_free() -> None:
    last = RUN_DAYS - 1

    ((bridged,),) = plan_calls(_days([(407, -740, 0), (407, -740, last)]))
    (call,) = plan_calls(_days([(407, -740, 0), (407, -740, last + 1)]))

    assert bridged.days == RUN_DAYS
    assert [run.days for run in call] == [1, 1]


def test_cells_share_a_call() -> None:
    (call,) = plan_calls(_days([(407, -740, 0), (408, -740, 0), (525, 134, 30)]))

    assert len(call) == 3


def test_an_archive_is_a_few_calls() -> None:
    """1,400 shooting days: four cells of a city, and twenty journeys of a week."""
    home = [(407 + day % 2, -740 + day % 3 % 2, day) for day in range(1400)]
    away = [
        (400 + 7 * trip, 100 + 9 * trip, 70 * trip + day) for trip in range(20) for day in range(7)
    ]

    calls = plan_calls(_days(home + away))

    assert sum(map(len, calls)) < 200  # what the service counts; its limit is 600 a minute
    assert len(calls) <= 4


@given(
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 300)), max_size=200)
)
def test_every_day_is_asked_for_once(rows: list[CellDay]) -> None:
    calls = plan_calls(_days(rows))

    asked = [
        (run.cell_lat, run.cell_lon, (run.first - NEW_YEAR).days + offset)
        for call in calls
        for run in call
        for offset in range(run.days)
    ]
    assert len(asked) == len(set(asked))
    assert set(rows) <= set(asked)
    assert all(0 < len(call) <= RUNS_PER_CALL for call in calls)
    assert all(run.days <= RUN_DAYS for call in calls for run in call)
