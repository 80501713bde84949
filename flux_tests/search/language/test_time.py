"""Times in questions, seen from Monday, 15 June 2026."""

from datetime import datetime

import pytest

from flux_tests.search.language.archive_of_tests import read, text_of, times_of


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("in 2022", "2022-01-01..2023-01-01"),
        ("silhouettes 2022", "2022-01-01..2023-01-01"),
        ("the year 2022", "2022-01-01..2023-01-01"),
        ("in 1985", "1985-01-01..1986-01-01"),
        ("between 2022 and 2024", "2022-01-01..2025-01-01"),
        ("from 2022 to 2024", "2022-01-01..2025-01-01"),
        ("2022-2024", "2022-01-01..2025-01-01"),
        ("2022 – 2024", "2022-01-01..2025-01-01"),
        ("2022 - 2024", "2022-01-01..2025-01-01"),
        ("March 2022", "2022-03-01..2022-04-01"),
        ("in march of 2022", "2022-03-01..2022-04-01"),
        ("Mar. 2022", "2022-03-01..2022-04-01"),
        ("2022-03", "2022-03-01..2022-04-01"),
        ("in december 2022", "2022-12-01..2023-01-01"),
        ("from March to May 2023", "2023-03-01..2023-06-01"),
        ("between November and January 2023", "2022-11-01..2023-02-01"),
        ("2022-01-15", "2022-01-15..2022-01-16"),
        ("15 January 2022", "2022-01-15..2022-01-16"),
        ("on the 5th of May 2022", "2022-05-05..2022-05-06"),
        ("May 5, 2022", "2022-05-05..2022-05-06"),
        ("on July 4th", "2025-07-04..2025-07-05"),
        ("on February 29", "2024-02-29..2024-03-01"),
        ("today", "2026-06-15..2026-06-16"),
        ("yesterday", "2026-06-14..2026-06-15"),
        ("this week", "2026-06-15..2026-06-22"),
        ("last week", "2026-06-08..2026-06-15"),
        ("last month", "2026-05-01..2026-06-01"),
        ("last year", "2025-01-01..2026-01-01"),
        ("this year", "2026-01-01..2027-01-01"),
        ("last March", "2026-03-01..2026-04-01"),
        ("last July", "2025-07-01..2025-08-01"),
        ("two years ago", "2024-01-01..2025-01-01"),
        ("3 months ago", "2026-03-01..2026-04-01"),
        ("ten days ago", "2026-06-05..2026-06-06"),
        ("in the last three months", "2026-03-15..2026-06-16"),
        ("over the past 2 years", "2024-06-15..2026-06-16"),
        ("across three years", "2023-01-01..2026-01-01"),
        ("the 2020s", "2020-01-01..2030-01-01"),
        ("cats 2020s", "2020-01-01..2030-01-01"),
        ("in the 1990s", "1990-01-01..2000-01-01"),
        ("in 1890s", "1890-01-01..1900-01-01"),
        ("between the 2010s and 2022", "2010-01-01..2023-01-01"),
        ("from the 1990s to 2021", "1990-01-01..2022-01-01"),
    ],
)
def test_times_are_half_open_intervals(question: str, expected: str) -> None:
    assert times_of(read(question)) == [expected]


def test_several_years_are_alternatives() -> None:
    plan = read("cats in 2020 and 2022")
    assert times_of(plan) == ["2020-01-01..2021-01-01", "2022-01-01..2023-01-01"]
    assert text_of(plan) == "cats"


@pytest.mark.parametrize(
    ("question", "since", "before"),
    [
        ("since 2023", "2023-01-01", None),
        ("after 2022", "2023-01-01", None),
        ("from 2022 on", "2022-01-01", None),
        ("shadows since March", "2026-03-01", None),
        ("since last year", "2025-01-01", None),
        ("before 2022", None, "2022-01-01"),
        ("until 2022", None, "2023-01-01"),
        ("until yesterday", None, "2026-06-15"),
        ("since the 2010s", "2010-01-01", None),
        ("before the 2020s", None, "2020-01-01"),
        ("since 2021 and before May 2023", "2021-01-01", "2023-05-01"),
        ("since 2021, since 2023", "2023-01-01", None),
    ],
)
def test_open_times_are_bounds(question: str, since: str | None, before: str | None) -> None:
    plan = read(question)
    assert (plan.since, plan.before) == tuple(
        text and datetime.fromisoformat(text) for text in (since, before)
    )


@pytest.mark.parametrize(
    ("question", "months"),
    [
        ("in March", (3,)),
        ("in march", (3,)),
        ("umbrellas in May", (5,)),
        ("january light", (1,)),
        ("between March and May", (3, 4, 5)),
        ("from November to February", (11, 12, 1, 2)),
        ("in March and April", (3, 4)),
    ],
)
def test_months_of_any_year(question: str, months: tuple[int, ...]) -> None:
    assert read(question).only.months == months


@pytest.mark.parametrize(
    "question",
    [
        "a march in the rain",
        "soldiers march",
        "March on a bridge",
        "a dog that may bite",
        "May",
        "august light",
        "1984 poster",
        "the 1990s",
        "2020s fashion",
        "cars from the 1950s",
        "the early 2020s",
        "in the 1900s",
        "a child between two people",
        "from behind",
        "before and after",
        "a million years ago",
        "last 999999999999 years",
        "2022-02-30",
        "2022-13",
        "across the street",
        "not since 2022",
    ],
)
def test_what_is_not_surely_a_time_stays_text(question: str) -> None:
    plan = read(question)
    assert text_of(plan) == question
    assert not plan.only
    assert plan.since is None


def test_march_and_a_march_are_told_apart() -> None:
    plan = read("a march in march")
    assert (text_of(plan), plan.only.months) == ("a march", (3,))


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("on Sundays", (7,)),
        ("every monday", (1,)),
        ("Sunday morning", (7,)),
        ("on Saturday and Sunday", (6, 7)),
        ("weekends in Rome", (6, 7)),
        ("on weekdays", (1, 2, 3, 4, 5)),
    ],
)
def test_weekdays(question: str, days: tuple[int, ...]) -> None:
    assert read(question).only.weekdays == days


@pytest.mark.parametrize("question", ["Sunday best", "a sunday market", "sun on a wall"])
def test_weekdays_in_names_of_things_stay_text(question: str) -> None:
    assert (text_of(read(question)), read(question).only.weekdays) == (question, ())


@pytest.mark.parametrize(
    ("question", "hours"),
    [
        ("in the morning", "05:00-12:00"),
        ("in the late afternoon", "15:00-18:00"),
        ("at night", "20:00-06:00"),
        ("at noon", "11:00-13:00"),
        ("sunday evening", "17:00-22:00"),
        ("at 5 pm", "16:30-17:30"),
        ("around 17:00", "16:30-17:30"),
        ("between 5 and 7 pm", "17:00-19:00"),
        ("between 11 and 1 pm", "11:00-13:00"),
        ("from 22:00 to 2:00", "22:00-02:00"),
        ("after 8pm", "20:00-00:00"),
        ("before 6:30", "00:00-06:30"),
        ("at 12 am", "23:30-00:30"),
    ],
)
def test_times_of_day(question: str, hours: str) -> None:
    found = [f"{start:%H:%M}-{end:%H:%M}" for start, end in read(question).only.hours]
    assert found == [hours]


@pytest.mark.parametrize(
    "question",
    ["morning light", "in the morning light", "a night club", "golden hour", "5 pm", "at 25:00"],
)
def test_words_for_light_are_no_times(question: str) -> None:
    assert (text_of(read(question)), read(question).only.hours) == (question, ())


def test_night_stays_in_the_text_because_it_is_a_look_too() -> None:
    plan = read("a cat at night in Rome")
    assert text_of(plan) == "a cat at night"
    assert str(plan) == 'searching for "a cat at night", at night: 20:00 to 06:00, in Rome'


def test_this_morning_and_last_night() -> None:
    morning, night = read("this morning"), read("last night")
    assert times_of(morning) == ["2026-06-15..2026-06-16"]
    assert morning.only.hours
    assert night.only.intervals[0][:2] == (datetime(2026, 6, 14, 20), datetime(2026, 6, 15, 6))
