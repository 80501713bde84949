"""Places: names that are words as well are read only where they are meant as names."""

from dataclasses import replace

import pytest

from flux_assets.search.language.plan import Area, Place
from flux_assets.search.language.planner import plan_question
from flux_tests.search.language.archive_of_tests import HERE, WALNUT, places_of, read, text_of


@pytest.mark.parametrize(
    ("question", "places", "text"),
    [
        ("umbrellas in Rome", ["Rome"], "umbrellas"),
        ("umbrellas in rome", ["Rome"], "umbrellas"),
        ("silhouettes rome 2022", ["Rome"], "silhouettes"),
        ("UMBRELLAS IN ROME", ["Rome"], "UMBRELLAS"),
        ("Rome", ["Rome"], ""),
        ("Rome's streets", ["Rome"], "streets"),
        ("umbrellas in Rome, Italy", ["Rome, Italy"], "umbrellas"),
        ("keepers from Italy", ["Italy"], ""),
        ("in Rome or Paris", ["Rome", "Paris"], ""),
        ("dogs in Rome, Paris and Tokyo", ["Rome", "Paris", "Tokyo"], "dogs"),
        ("sao paulo", ["São Paulo"], ""),
        ("taxis in New York", ["New York City"], "taxis"),
        ("photos in the US", ["United States"], ""),
        ("umbrellas in Nice", ["Nice"], "umbrellas"),
        ("umbrellas in nice", ["Nice"], "umbrellas"),
        ("a nice man in Nice", ["Nice"], "a nice man"),
        ("a portrait from Nice, 2022", ["Nice"], "a portrait"),
        ("a woman reading in Reading", ["Reading"], "a woman reading"),
        ("in Nice and Reading", ["Nice", "Reading"], ""),
        ("a china cup in China", ["China"], "a china cup"),
        ("a beach in Long Beach", ["Long Beach"], "a beach"),
    ],
)
def test_places_are_read(question: str, places: list[str], text: str) -> None:
    plan = read(question)
    assert (places_of(plan), text_of(plan)) == (places, text)


@pytest.mark.parametrize(
    "question",
    [
        "Romeo and Juliet",
        "a Rome-style arch",
        "nice light",
        "Nice light",
        "umbrellas in nice light",
        "A Nice Light In The Street",
        "Reading a book",
        "people in reading room",
        "tea in china cups",
        "China cups",
        "a long beach in summer dress",
        "let us see",
        "a street in Atlantis",
    ],
)
def test_words_that_only_look_like_places_stay_text(question: str) -> None:
    plan = read(question)
    assert (places_of(plan), text_of(plan)) == ([], question)


def test_a_picture_word_of_the_tags_is_no_place_in_lower_case() -> None:
    cities = (*HERE.cities, HERE.cities[0]._replace(name="Street"))
    known = replace(HERE, cities=cities)
    assert text_of(plan_question("people in street", known)) == "people in street"
    assert places_of(plan_question("people in Street", known)) == ["Street"]


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("not in Rome", ["Rome"]),
        ("outside Italy", ["Italy"]),
        ("except Paris", ["Paris"]),
        ("silhouettes but not in Rome or Paris", ["Rome", "Paris"]),
        ("a dog - Rome", ["Rome"]),
    ],
)
def test_places_are_excluded(question: str, never: list[str]) -> None:
    plan = read(question)
    assert [str(place) for place in plan.never.places] == never
    assert not plan.only


@pytest.mark.parametrize(
    ("question", "area"),
    [
        ("within 200 m of 39.95,-75.20", Area(39.95, -75.2, 200)),
        ("within 200m of 39.95, -75.20", Area(39.95, -75.2, 200)),
        ("near 39.95,-75.20", Area(39.95, -75.2, 120)),
        ("39.95,-75.20", Area(39.95, -75.2, 120)),
        ("within one block of 40th and Walnut", Area(*WALNUT, 120, "40th and Walnut")),
        ("within two blocks of 40th & walnut", Area(*WALNUT, 240, "40th and Walnut")),
        ("within 0.5 km of 40th and Walnut", Area(*WALNUT, 500, "40th and Walnut")),
        ("within half a mile of 40th and Walnut", Area(*WALNUT, 804.672, "40th and Walnut")),
        ("near 40th and Walnut", Area(*WALNUT, 120, "40th and Walnut")),
        ("people at the corner of 40th and Walnut", Area(*WALNUT, 120, "40th and Walnut")),
        ("40th and Walnut", Area(*WALNUT, 120, "40th and Walnut")),
        ("a cat at home", Area(39.9, -75.1, 120, "home")),
        ("near Rome", Area(41.9, 12.5, 5000, "Rome")),
        ("within 1 km of Rome", Area(41.9, 12.5, 1000, "Rome")),
    ],
)
def test_circles_on_the_ground(question: str, area: Area) -> None:
    assert read(question).only.areas == (area,)


@pytest.mark.parametrize(
    "question",
    [
        "within reach of a child",
        "within 200 m of a church",
        "within 200 m of 91.5,-75.20",
        "a walnut tree",
        "home cooking",
        "f 2.8, 1.4 lens",
    ],
)
def test_what_is_no_circle_stays_text(question: str) -> None:
    assert (text_of(read(question)), read(question).only.areas) == (question, ())


def test_a_block_is_as_long_as_settings_say() -> None:
    known = replace(HERE, block_m=80.0)
    (area,) = plan_question("within two blocks of 40th and Walnut", known).only.areas
    assert area.radius_m == 160


def test_echoes_of_a_named_place_and_of_a_country() -> None:
    walnut, italy = read("echoes of 40th and Walnut"), read("echoes of Italy in Paris")
    assert walnut.origin.areas[0].name == "40th and Walnut"
    assert walnut.never == walnut.origin
    assert italy.origin.places == (Place(country="Italy"),)
    assert places_of(italy) == ["Paris"]
    assert text_of(read("echoes of a scream")) == "echoes of a scream"
