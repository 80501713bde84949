"""Which photographs look alike, and that a new day is searched alone."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from flux_assets.vision.duplicate_pairs import (
    DuplicatePairs,
    PairSearch,
    VectorsOf,
    pairs_of,
    search_pairs,
)
from flux_resources.settings_sections import DuplicateSettings
from flux_tests.vision.archive_rows import bits, no_vectors, photographs, random_hashes

NEAR, UNSURE, UNLIKE = bits(0, 1, 2, 3, 4), bits(*range(12)), bits(*range(13))
NOTHING = DuplicatePairs.create_empty()


def search(
    rows: pl.DataFrame,
    stored: pl.DataFrame = NOTHING,
    vectors: VectorsOf = no_vectors,
    settings: DuplicateSettings = DuplicateSettings(),  # noqa: B008 frozen
) -> PairSearch:
    return search_pairs(rows, stored, settings=settings, vectors=vectors)


def pairs(result: PairSearch) -> set[tuple[str, str, int]]:
    found = pairs_of(DuplicatePairs.validate(result.rows))
    return {(min(a, b), max(a, b), d) for a, b, d, _ in found.iter_rows()}


def archive(count: int, vector_fingerprint: str | None = None) -> pl.DataFrame:
    hashes = random_hashes(count).tolist()
    return photographs(
        *(
            {"photo_id": f"p{n:04}", "phash": value, "vector_fingerprint": vector_fingerprint}
            for n, value in enumerate(hashes)
        )
    )


def two(phash: int, cosine: float | None) -> tuple[pl.DataFrame, VectorsOf]:
    """Two photographs whose hashes differ as told, and their vectors."""
    rows = photographs({"photo_id": "a"}, {"photo_id": "b", "phash": phash})
    known = pl.DataFrame(
        {"photo_id": ["b", "a"], "vector": [[1.0, 0.0], [cosine, (1 - (cosine or 0) ** 2) ** 0.5]]},
        schema={"photo_id": pl.String, "vector": pl.List(pl.Float32)},
    )
    return rows, lambda _: known if cosine is not None else known.head(1)


def test_up_to_five_bits_the_hash_suffices() -> None:
    rows, _ = two(NEAR, None)
    assert pairs(search(rows)) == {("a", "b", 5)}


def test_up_to_twelve_bits_the_vectors_must_agree() -> None:
    for phash, cosine, alike in (
        (UNSURE, 0.91, True),
        (UNSURE, 0.89, False),
        (UNSURE, None, False),
        (UNLIKE, 1.0, False),
        (bits(*range(6)), 0.89, False),
    ):
        rows, vectors = two(phash, cosine)
        assert bool(pairs(search(rows, vectors=vectors))) == alike


def test_the_cosine_is_given_where_it_was_asked() -> None:
    rows, vectors = two(UNSURE, 0.95)
    (cosine,) = pairs_of(search(rows, vectors=vectors).rows)["cosine"]
    assert abs(cosine - 0.95) < 1e-3

    rows, vectors = two(NEAR, 0.95)
    assert pairs_of(search(rows, vectors=vectors).rows)["cosine"].to_list() == [None]


def test_days_added_one_by_one_give_what_all_at_once_gives() -> None:
    rows = archive(600)
    step = search(rows.head(300))
    for end in (450, 451, 600):
        step = search(rows.head(end), step.rows)

    assert pairs(step) == pairs(search(rows))
    assert step.searched == 149


def test_what_was_searched_is_not_searched_again() -> None:
    def unasked(photo_ids: Sequence[str]) -> pl.DataFrame:
        raise AssertionError

    rows = archive(200)
    again = search(rows, search(rows).rows, unasked)
    assert (again.searched, again.removed) == (0, 0)
    assert pairs(again) == pairs(search(rows))


def test_photographs_that_are_gone_leave_with_their_pairs() -> None:
    rows = archive(300)
    rest = rows.sample(200, seed=1)
    left = search(rest, search(rows).rows)
    assert left.removed == 100
    assert pairs(left) == pairs(search(rest))


def test_a_changed_hash_is_searched_again() -> None:
    rows, _ = two(UNLIKE, None)
    changed, _ = two(NEAR, None)
    result = search(changed, search(rows).rows)
    assert result.searched == 1
    assert pairs(result) == {("a", "b", 5)}


def test_a_vector_that_comes_later_is_asked() -> None:
    rows, vectors = two(UNSURE, 0.95)
    before = search(rows)
    assert not pairs(before)

    after = search(rows.with_columns(vector_fingerprint=pl.lit("v")), before.rows, vectors)
    assert pairs(after) == {("a", "b", 12)}


def test_other_settings_search_everything_again() -> None:
    rows, _ = two(NEAR, None)
    result = search(rows, search(rows).rows, settings=DuplicateSettings(near_distance=4))
    assert result.searched == 2
    assert not pairs(result)


def test_no_photographs_have_no_pairs() -> None:
    assert search(archive(1).clear()).rows.height == 0
    assert np.array_equal(search(archive(1)).rows["other"].to_list(), [[]])
