"""Weather, tags, keepers, cameras and limits."""

from dataclasses import replace

import pytest

from flux_assets.search.language.planner import literal_plan, plan_question
from flux_tests.search.language.archive_of_tests import HERE, read, text_of


@pytest.mark.parametrize(
    ("question", "prefer"),
    [
        ("umbrellas in fog", ("fog",)),
        ("a foggy street", ("fog",)),
        ("snow", ("snow",)),
        ("umbrellas in the rain", ("rain", "drizzle")),
        ("rain or snow", ("rain", "drizzle", "snow")),
        ("a sunny day", ("clear",)),
        ("clear water", ()),
        ("Jon Snow on a wall", ()),
    ],
)
def test_weather_in_passing_is_preferred_and_stays_text(
    question: str, prefer: tuple[str, ...]
) -> None:
    plan = read(question)
    assert (plan.prefer.weather, text_of(plan), plan.only.weather) == (prefer, question, ())


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("umbrellas in foggy weather", ("fog",)),
        ("on a rainy day", ("rain", "drizzle")),
        ("when it was snowing", ("snow",)),
        ("only in fog", ("fog",)),
        ("clear weather", ("clear",)),
        ("cats weather:fog", ("fog",)),
        ("weather: partly cloudy", ("partly cloudy",)),
    ],
)
def test_weather_that_is_asked_for_filters(question: str, only: tuple[str, ...]) -> None:
    plan = read(question)
    assert (plan.only.weather, plan.prefer.weather) == (only, ())


def test_an_archive_without_weather_leaves_weather_to_the_model() -> None:
    plan = plan_question("umbrellas in foggy weather", replace(HERE, weather=frozenset()))
    assert (text_of(plan), plan.explained) == ("umbrellas in foggy weather", ())


@pytest.mark.parametrize(
    ("question", "tags", "text"),
    [
        ("tagged umbrella in Rome", ("umbrella",), ""),
        ("cats tagged wet pavement at noon", ("wet pavement",), "cats"),
        ("tag:dog cats", ("dog",), "cats"),
        ("#dog", ("dog",), ""),
        ('tagged "my own"', ("my own",), ""),
        ("tagged dog and street", ("dog", "street"), ""),
        ("an umbrella", (), "an umbrella"),
    ],
)
def test_tags_filter_when_asked_for(question: str, tags: tuple[str, ...], text: str) -> None:
    plan = read(question)
    assert (plan.only.tags, text_of(plan)) == (tags, text)


def test_preferably_turns_a_condition_into_a_wish() -> None:
    plan = read("cats, preferably tagged umbrella, preferably in fog")
    assert (plan.prefer.tags, plan.prefer.weather) == (("umbrella",), ("fog",))
    assert not plan.only


@pytest.mark.parametrize(
    ("question", "keeper"),
    [
        ("keepers", True),
        ("my keepers from Rome", True),
        ("silhouettes, keepers only", True),
        ("2022 keepers", True),
        ("not keepers", False),
        ("no keepers", False),
        ("non-keepers in Rome", False),
        ("zoo keepers feeding a lion", None),
        ("a keeper", None),
        ("goalkeepers", None),
    ],
)
def test_keepers(question: str, keeper: bool | None) -> None:
    assert read(question).keeper is keeper


@pytest.mark.parametrize(
    ("question", "cameras", "text"),
    [
        ("with the GR IIIx", ("GR IIIx",), ""),
        ("cats shot with a Ricoh GR III in Rome", ("GR III",), "cats"),
        ("gr3x cats", ("GR IIIx",), "cats"),
        ("cats x100v", ("X100V",), "cats"),
        ("a man with a camera", (), "a man with a camera"),
        ("one cat", (), "one cat"),
        ("with the GR II", (), "with the GR II"),
    ],
)
def test_cameras_of_the_archive(question: str, cameras: tuple[str, ...], text: str) -> None:
    plan = read(question)
    assert (plan.only.cameras, text_of(plan)) == (cameras, text)


@pytest.mark.parametrize(
    ("question", "limit", "text"),
    [
        ("top 10 silhouettes", 10, "silhouettes"),
        ("the best 12 photos of cats", 12, "cats"),
        ("silhouettes, 20 best", 20, "silhouettes"),
        ("show 5 photos of dogs", 5, "dogs"),
        ("limit 24 cats", 24, "cats"),
        ("5 dogs", None, "5 dogs"),
        ("the best a man can get", None, "the best a man can get"),
        ("the first two people", None, "the first two people"),
    ],
)
def test_limits(question: str, limit: int | None, text: str) -> None:
    plan = read(question)
    assert (plan.limit, text_of(plan)) == (limit, text)


def test_scores() -> None:
    assert read("cats with a score of at least 0.3").min_score == 0.3
    assert text_of(read("cats score above 0.25")) == "cats"
    assert read("a football score").min_score is None


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("show me all the photographs taken in Rome", ""),
        ("find cats", "cats"),
        ("please show me pictures of cats", "cats"),
        ("all photographs where a man waits", "a man waits"),
        ("show jumping", "show jumping"),
        ("a show window in Rome", "a show window"),
        ("photographs on a wall", "photographs on a wall"),
        ("cats photographed in Rome and with the GR III", "cats"),
    ],
)
def test_what_only_asks_is_not_searched_for(question: str, text: str) -> None:
    assert text_of(read(question)) == text


def test_a_literal_question_is_its_text() -> None:
    plan = literal_plan(" keepers in Rome ")
    assert (text_of(plan), plan.explained, plan.keeper) == ("keepers in Rome", (), None)
