"""The nine questions that the archive was built for."""

import pytest

from flux_assets.search.language.plan import THIS_ONE, Area, Facts, Place, Plan, Shape, Term
from flux_tests.search.language.archive_of_tests import WALNUT, read, text_of, times_of

ROME = Facts(places=(Place("Rome"),))


def _rest(plan: Plan) -> dict[str, object]:
    """What a plan says beside texts, in short."""
    said = {name: value for name, value in vars(plan).items() if value}
    return {name: value for name, value in said.items() if name not in ("texts", "explained")}


def test_all_umbrellas_in_fog() -> None:
    plan = read("show all umbrellas in fog")
    assert plan.texts == (Term("umbrellas in fog"),)
    assert _rest(plan) == {"prefer": Facts(weather=("fog",)), "shape": Shape.LIST}
    assert str(plan) == 'searching for "umbrellas in fog", fog preferred'


def test_visual_echoes_of_rome() -> None:
    plan = read("show visual echoes of Rome")
    assert plan.texts == ()
    assert _rest(plan) == {"never": ROME, "origin": ROME, "shape": Shape.ECHOES}
    assert str(plan) == "searching for visual echoes of Rome, made elsewhere"


def test_all_silhouettes_from_winter_2022() -> None:
    plan = read("show all silhouettes from winter 2022")
    assert plan.texts == (Term("silhouettes"),)
    assert times_of(plan) == ["2021-12-01..2022-03-01"]
    assert str(plan) == 'searching for "silhouettes", winter 2022: 2021-12-01 to 2022-03-01'


def test_images_visually_similar_to_this_one() -> None:
    plan = read("show images visually similar to this one")
    assert (plan.texts, plan.pictures) == ((), (Term(THIS_ONE),))
    assert str(plan) == "searching for photographs, like this one"


def test_recurring_gestures_across_six_years() -> None:
    plan = read("show recurring gestures across six years")
    assert (text_of(plan), plan.shape) == ("gestures", Shape.MOTIFS)
    assert times_of(plan) == ["2020-01-01..2026-01-01"]


def test_evolution_of_layering_over_time() -> None:
    plan = read("show evolution of layering over time")
    assert (text_of(plan), plan.shape) == ("layering", Shape.EVOLUTION)
    assert str(plan) == 'searching for "layering", evolution over time'


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("find all photographs where a person is waiting", "a person is waiting"),
        ("find all photographs with wet pavement reflections", "wet pavement reflections"),
    ],
)
def test_what_a_picture_shows_is_left_to_the_model(question: str, text: str) -> None:
    plan = read(question)
    assert plan.texts == (Term(text),)
    assert _rest(plan) == {"shape": Shape.LIST}


def test_all_photographs_made_within_one_block_of_40th_and_walnut() -> None:
    plan = read("find all photographs made within one block of 40th and Walnut")
    assert plan.texts == ()
    assert plan.only == Facts(areas=(Area(*WALNUT, 120.0, "40th and Walnut"),))
    assert str(plan) == "searching for all photographs, within 120 m of 40th and Walnut"
