"""Choosing by maximal marginal relevance."""

from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.drafts.selection import choose, facets_of
from flux_resources.settings_sections import DraftSettings, DraftWeights
from flux_tests.publishing.drafts.draft_rows import candidates, looks

SETTINGS = DraftSettings()


def _rows(count: int, seed: int = 0) -> pl.DataFrame:
    return candidates(count, seed).rows.with_columns(relevance=pl.col("merit"))


@given(st.integers(1, 80), st.integers(0, 1000), st.floats(0.2, 1.0))
def test_chosen_ones_differ_and_none_looks_too_much_like_another(
    count: int, seed: int, alike: float
) -> None:
    vectors = looks(count, seed, dimensions=4)
    facets = facets_of(_rows(count, seed), vectors)

    chosen = choose(facets, SETTINGS.model_copy(update={"alike": alike}), 36)

    cosines = vectors[chosen] @ vectors[chosen].T
    assert len(set(chosen.tolist())) == len(chosen) <= 36
    assert (cosines[np.triu_indices(len(chosen), 1)] < alike + 1e-5).all()


def test_the_same_input_gives_the_same_choice() -> None:
    facets = facets_of(_rows(500), looks(500))

    assert choose(facets, SETTINGS, 36).tolist() == choose(facets, SETTINGS, 36).tolist()


def test_looks_and_places_are_more_diverse_than_by_score_alone() -> None:
    rows = _rows(800)
    rows = rows.with_columns(
        relevance=pl.when(pl.col("location_city") == "Rome").then(0.9).otherwise(0.85)
    )
    vectors = looks(800)
    vectors[:400] = (vectors[:400] + 2 * vectors[:1]) / 3
    facets = facets_of(rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    chosen = choose(facets, SETTINGS, 36)
    by_score = np.argsort(-facets.relevance, kind="stable")[:36]

    def cosine(of: np.ndarray) -> float:
        return float((facets.looks[of] @ facets.looks[of].T).mean())

    assert cosine(chosen) < cosine(by_score)
    assert rows[chosen]["location_city"].n_unique() == 4
    assert rows[by_score]["location_city"].n_unique() == 1


def test_a_weight_of_its_own_spreads_each_facet() -> None:
    facets = facets_of(_rows(300), looks(300))
    dark = replace(facets, luminance=np.where(np.arange(300) < 290, 0.1, 0.9))
    none = DraftWeights(relevance=1, look=0, places=0, light=0, time=0)

    def bright(light: float) -> int:
        weights = none.model_copy(update={"light": light})
        chosen = choose(dark, SETTINGS.model_copy(update={"weights": weights}), 36)
        return int((dark.luminance[chosen] > 0.5).sum())

    assert bright(5.0) > bright(0.0)


def test_unknown_light_and_place_are_no_obstacle() -> None:
    unknown = [pl.lit(None).cast(pl.Float64).alias("median_luminance")]
    facets = facets_of(_rows(40).with_columns(unknown), looks(40))

    assert len(choose(facets, SETTINGS, 36)) == 36
