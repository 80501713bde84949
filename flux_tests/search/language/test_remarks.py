"""What is asked for in a clear form and cannot be met is said beside what was understood."""

from dataclasses import replace

import pytest

from flux_assets.search.language.planner import plan_question
from flux_tests.search.language.archive_of_tests import HERE, read, text_of


@pytest.mark.parametrize(
    ("question", "words", "remedy"),
    [
        ("before 2023-02-30", "2023-02-30", "2022-01-15"),
        ("2022-13", "2022-13", "2022-01-15"),
        ("cats 30 February", "30 February", "2022-01-15"),
        ("31 April 2023", "31 April 2023", "2022-01-15"),
        ("cars from the 1950s", "1950s", "in the 1950s"),
        ("the early 2020s", "2020s", "in the 2020s"),
        ("at 25:00", "25:00", "17:30"),
        ("within 200 m of Atlantis", "within 200 m of", "39.95,-75.20"),
        ("dogs weather: hail", "weather: hail", "clear, fog"),
        ("similar to nope", "similar to nope", "photo_id"),
        ("cats like IMG_0001 in Rome", "like IMG_0001", "photo_id"),
    ],
)
def test_a_clear_form_with_an_unusable_value_is_remarked_on(
    question: str, words: str, remedy: str
) -> None:
    plan = read(question)
    [remark] = plan.remarks
    assert remark.startswith(f"“{words}” ")
    assert remedy in remark
    assert str(plan).endswith(f"; {remark}")


@pytest.mark.parametrize("question", ["before 2023-02-30", "similar to nope", "at 25:00"])
def test_words_that_are_remarked_on_stay_text(question: str) -> None:
    assert text_of(read(question)) == question


@pytest.mark.parametrize("question", ["only in fog", "cats weather:fog", "on a rainy day in Rome"])
def test_weather_asked_of_an_archive_without_any_is_remarked_on(question: str) -> None:
    [remark] = plan_question(question, replace(HERE, weather=frozenset())).remarks
    assert "weather.enabled" in remark
    assert not read(question).remarks


@pytest.mark.parametrize(
    "question",
    [
        "before 2023-02-28",
        "on February 29",
        "2021-22",
        "in April 40 people",
        "a ratio of 16:90",
        "a 1970s car",
        "in the 2020s",
        "within 5 km of Rome",
        "umbrellas in fog",
        "rainy weather",
        "similar to a painting",
        "similar to this one",
        "a dog like nobody",
        "similar to Rome",
        '"before 2023-02-30"',
    ],
)
def test_what_is_understood_or_could_be_a_look_is_not_remarked_on(question: str) -> None:
    assert not read(question).remarks


def test_every_unusable_value_of_a_question_is_named() -> None:
    remarks = read("cats before 2023-02-30 at 25:00 - similar to nope").remarks
    assert [remark.split("”")[0] for remark in remarks] == [
        "“2023-02-30",
        "“25:00",
        "“similar to nope",
    ]
