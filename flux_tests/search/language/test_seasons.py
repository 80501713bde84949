"""Seasons follow the hemisphere, and are read only where a season is meant."""

import pytest

from flux_assets.search.language.plan import Interval
from flux_assets.search.language.planner import plan_question
from flux_assets.search.language.seasons import season_bounds, season_months
from flux_tests.search.language.archive_of_tests import EVERYWHERE, read, span, text_of, times_of


@pytest.mark.parametrize(
    ("season", "year", "south", "expected"),
    [
        ("winter", 2022, False, "2021-12-01..2022-03-01"),
        ("winter", 2022, True, "2022-06-01..2022-09-01"),
        ("spring", 2022, False, "2022-03-01..2022-06-01"),
        ("spring", 2022, True, "2022-09-01..2022-12-01"),
        ("summer", 2022, False, "2022-06-01..2022-09-01"),
        ("summer", 2022, True, "2021-12-01..2022-03-01"),
        ("autumn", 2022, False, "2022-09-01..2022-12-01"),
        ("autumn", 2022, True, "2022-03-01..2022-06-01"),
    ],
)
def test_seasons_are_three_whole_months(season: str, year: int, south: bool, expected: str) -> None:
    assert span(*season_bounds(season, year, south=south)) == expected


@pytest.mark.parametrize("south", [False, True])
def test_the_four_seasons_share_the_year(south: bool) -> None:
    months = [season_months(name, south=south) for name in ("winter", "spring", "summer", "autumn")]
    assert sorted(sum(months, ())) == list(range(1, 13))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("winter 2022", "2021-12-01..2022-03-01"),
        ("the winter of 2022", "2021-12-01..2022-03-01"),
        ("2022 winter", "2021-12-01..2022-03-01"),
        ("winter 2021/22", "2021-12-01..2022-03-01"),
        ("winter 2021-2022", "2021-12-01..2022-03-01"),
        ("fall 2023", "2023-09-01..2023-12-01"),
        ("last winter", "2025-12-01..2026-03-01"),
        ("last summer", "2025-06-01..2025-09-01"),
        ("this summer", "2026-06-01..2026-09-01"),
        ("this winter", "2025-12-01..2026-03-01"),
        ("in winter in 2022", "2021-12-01..2022-03-01"),
    ],
)
def test_seasons_of_a_year(question: str, expected: str) -> None:
    assert times_of(read(question)) == [expected]


def test_several_winters() -> None:
    winters = ["2021-12-01..2022-03-01", "2022-12-01..2023-03-01"]
    for question in ("winters 2022 and 2023", "in winter between 2022 and 2023"):
        assert times_of(read(question)) == winters, question


def test_a_place_in_the_question_decides_the_hemisphere() -> None:
    rome = plan_question("winter 2022 in Rome", EVERYWHERE)
    sydney = plan_question("winter 2022 in Sydney", EVERYWHERE)
    assert times_of(rome) == ["2021-12-01..2022-03-01"]
    assert times_of(sydney) == ["2022-06-01..2022-09-01"]
    assert str(sydney).endswith("winter 2022: 2022-06-01 to 2022-09-01, in Sydney")


def test_without_a_place_it_is_where_each_photograph_was_made_and_the_plan_says_so() -> None:
    plan = plan_question("silhouettes from winter 2022", EVERYWHERE)
    (interval,) = plan.only.intervals
    assert isinstance(interval, Interval)
    assert span(interval.start, interval.end) == "2021-12-01..2022-03-01"
    assert interval.south
    assert span(*interval.south) == "2022-06-01..2022-09-01"
    assert "south of the equator 2022-06-01 to 2022-09-01" in str(plan)


def test_last_summer_in_the_south_began_in_december() -> None:
    assert times_of(plan_question("last summer in Sydney", EVERYWHERE)) == [
        "2025-12-01..2026-03-01"
    ]


def test_a_season_of_no_year_is_every_year() -> None:
    plan = read("snow in winter")
    assert (plan.only.seasons, text_of(plan)) == (("winter",), "snow")
    assert str(plan).endswith("in winter: December to February")


def test_a_combined_season_is_explained_as_it_is_searched() -> None:
    assert str(read("cats in winter in 2022")) == (
        'searching for "cats", winter 2022: 2021-12-01 to 2022-03-01'
    )


@pytest.mark.parametrize(
    "question",
    [
        "winter",
        "winter coats",
        "people in winter coats",
        "autumn leaves",
        "a spring",
        "in spring water",
        "waterfall",
        "fall in love",
        "the fall of an empire",
        "next summer",
        "summertime",
    ],
)
def test_seasons_in_other_meanings_stay_text(question: str) -> None:
    assert (text_of(read(question)), bool(read(question).only)) == (question, False)
