from pathlib import Path

import numpy as np

from flux_assets.search.answers.background import (
    background_queries,
    background_version,
    expected_best,
    measure_background,
    read_background,
    write_background,
)
from flux_resources.vectors import Vectors
from flux_tests.search.answers.made import units

VECTORS = units(np.random.default_rng(0).normal(size=(3000, 16)))
QUERIES = units(np.random.default_rng(1).normal(size=(9, 16)))


def _best(scores: Vectors) -> Vectors:
    return np.asarray(np.sort(scores, axis=0)[-5:].mean(axis=0))


def test_how_the_archive_is_cut_into_blocks_does_not_matter() -> None:
    whole = measure_background([VECTORS], QUERIES, sample=500)
    parts = measure_background([VECTORS[:10], VECTORS[10:]], QUERIES, sample=500)

    assert whole.photographs == parts.photographs == 3000
    for name in ("cosines", "margins", "sample"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_the_sample_is_bounded_and_fixed_and_of_the_whole_archive() -> None:
    sample = measure_background([VECTORS], QUERIES, sample=500).sample
    rows = [int(np.flatnonzero((row == VECTORS).all(axis=1))[0]) for row in sample]

    assert len(set(rows)) == 500
    assert 1200 < np.mean(rows) < 1800
    assert measure_background([VECTORS[:100]], QUERIES, sample=500).sample.shape == (100, 16)


def test_the_best_scores_of_all_photographs_are_known_to_a_thousandth() -> None:
    background = measure_background([VECTORS], QUERIES, sample=10)
    scores = VECTORS @ QUERIES.T

    assert np.allclose(expected_best(background.cosines, 1), _best(scores), atol=1e-3)
    margins = scores - scores.mean(axis=1, keepdims=True)
    assert np.allclose(expected_best(background.margins, 1), _best(margins), atol=1e-3)


def test_the_best_scores_of_a_random_part_are_foretold() -> None:
    background = measure_background([VECTORS], QUERIES, sample=10)
    random, scores = np.random.default_rng(2), VECTORS @ QUERIES.T
    drawn = [_best(scores[random.choice(3000, 300, replace=False)]).mean() for _ in range(40)]

    assert abs(expected_best(background.cosines, 0.1).mean() - np.mean(drawn)) < 0.01


def test_it_is_kept_in_a_file_until_something_else_is_measured(tmp_path: Path) -> None:
    background, file = measure_background([VECTORS], QUERIES, sample=10), tmp_path / "mini.npz"
    assert read_background(file, "1") is None

    write_background(background, file, "1")
    kept = read_background(file, "1")

    assert kept is not None
    assert np.array_equal(kept.margins, background.margins)
    assert read_background(file, "2") is None
    file.write_bytes(file.read_bytes()[:200])
    assert read_background(file, "1") is None


def test_texts_are_distinct_and_models_have_versions_of_their_own() -> None:
    assert len(set(background_queries())) == len(background_queries()) > 100
    assert all(text == text.strip() != "" for text in background_queries())
    assert background_version("mini") != background_version("clip-vit-b-32")
