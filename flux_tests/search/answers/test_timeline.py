from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.search.answers.timeline import find_evolution, periods_between

MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2040, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ((2022, 3, 1), (2024, 5, 1), ["2022", "2023", "2024"]),
        ((2022, 11, 30), (2023, 8, 1), ["2022 Q4", "2023 Q1", "2023 Q2", "2023 Q3"]),
        ((2022, 11, 30), (2023, 1, 1), ["2022-11", "2022-12", "2023-01"]),
        ((2022, 6, 5), (2022, 6, 5), ["2022-06"]),
    ],
)
def test_periods_are_years_quarters_or_months(
    first: tuple[int, int, int], last: tuple[int, int, int], labels: list[str]
) -> None:
    found = periods_between(datetime(*first), datetime(*last))
    assert [period.label for period in found] == labels


@given(MOMENTS, st.integers(0, 4000))
def test_periods_cover_the_span_without_a_gap(first: datetime, days: int) -> None:
    last = first + timedelta(days=days)
    periods = periods_between(first, last)

    assert periods[0].start <= first and last < periods[-1].end
    assert all(one.end == other.start for one, other in pairwise(periods))
    assert len({period.label for period in periods}) == len(periods)


def hits(*rows: tuple[str, float, datetime]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema={"photo_id": pl.String, "score": pl.Float64, "captured_at": pl.Datetime("ms")},
        orient="row",
    )


HITS = hits(
    ("late", 0.9, datetime(2024, 12, 31, 23, 59, 59)),
    ("b", 0.5, datetime(2022, 1, 1)),
    ("a", 0.5, datetime(2022, 8, 1)),
    ("best", 0.8, datetime(2022, 3, 1)),
    ("outside", 0.9, datetime(2020, 3, 1)),
)
PERIODS = periods_between(datetime(2022, 1, 1), datetime(2024, 12, 31))


def test_the_best_of_each_period_in_the_order_of_time() -> None:
    found = find_evolution(HITS, PERIODS, per_period=2)

    assert found.select("period", "place", "photo_id", "why").rows() == [
        ("2022", 1, "best", "the best of 2022"),
        ("2022", 2, "a", "number 2 of 2022"),
        ("2024", 1, "late", "the best of 2024"),
    ]
    assert found["start"].to_list()[::2] == [datetime(2022, 1, 1), datetime(2024, 1, 1)]


def test_no_hits_give_no_rows() -> None:
    assert find_evolution(HITS.clear(), PERIODS).is_empty()
    assert find_evolution(HITS, []).is_empty()
