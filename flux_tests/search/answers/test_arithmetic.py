import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.search.answers.arithmetic import NoDirection, Part, compose
from flux_tests.search.answers.made import around, units

FOG, RAIN, DOG = units(np.eye(3))


def test_one_text_is_itself_whatever_its_weight() -> None:
    assert compose([Part("fog", FOG, 3)]).tolist() == FOG.tolist()


def test_only_the_proportions_of_positives_matter() -> None:
    once = compose([Part("fog", FOG, 1), Part("rain", RAIN, 0.5)])
    twice = compose([Part("fog", FOG, 2), Part("rain", RAIN, 1)])

    assert once == pytest.approx(twice)
    assert once.tolist() == pytest.approx(units([[2, 1, 0]])[0].tolist())


def test_a_negative_takes_its_weight_from_all_positives_together() -> None:
    found = compose([Part("fog", FOG), Part("rain", RAIN), Part("dog", DOG, -0.5)])
    assert found.tolist() == pytest.approx(units([[0.5, 0.5, -0.5]])[0].tolist())


def test_negatives_alone_look_for_the_opposite() -> None:
    assert compose([Part("dog", DOG, -0.5)]).tolist() == (-DOG).tolist()


def test_a_picture_does_not_drown_a_text() -> None:
    """Photographs differ twice as much along the picture as along the text."""
    sample = units(np.random.default_rng(0).normal(size=(500, 3)) * (1, 0.5, 1))
    found = compose([Part("a picture", FOG), Part("rain", RAIN)], sample)
    influence = (sample @ units(np.eye(3)).T).std(axis=0) * found

    assert influence[0] == pytest.approx(influence[1], rel=1e-3)


def test_parts_that_take_each_other_away_are_refused() -> None:
    with pytest.raises(NoDirection, match="these take each other away: fog, mist; change a weight"):
        compose([Part("fog", FOG), Part("mist", FOG, -1)])
    with pytest.raises(NoDirection, match="nothing to look for"):
        compose([Part("fog", FOG, 0)])


@given(st.lists(st.floats(-5, 5).filter(lambda weight: abs(weight) > 0.01), min_size=1, max_size=6))
def test_the_answer_is_a_direction_in_any_order_of_parts(weights: list[float]) -> None:
    vectors = around([1, 0, 0, 0, 0, 0, 0, 0], len(weights), spread=1)
    parts = [Part(str(n), vectors[n], weight) for n, weight in enumerate(weights)]
    found = compose(parts)

    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert found.dtype == np.float32
    assert np.allclose(found, compose(parts[::-1]), atol=1e-4)
