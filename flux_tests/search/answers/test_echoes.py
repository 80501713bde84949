import numpy as np
import polars as pl
import pytest

from flux_assets.search.answers.clusters import Looks, cluster_looks
from flux_assets.search.answers.echoes import MOST_LOOKS, find_echoes
from flux_resources.vectors import Vectors
from flux_tests.search.answers.made import around, units

EYE = np.eye(8)
ROME = np.vstack([around(EYE[0], 6, spread=0.03), around(EYE[1], 4, spread=0.03, seed=1)])
ROME_IDS = pl.Series([f"rome{n}" for n in range(10)])
LOOKS = Looks(units([EYE[0], EYE[1]]), np.repeat([0, 1], [6, 4]))
# Two near the first look, one near the second, and forty of something else.
OTHERS = np.vstack(
    [
        units([EYE[0] + 0.1 * EYE[5], EYE[0] + 0.2 * EYE[5], EYE[1] + 0.3 * EYE[6]]),
        around(EYE[4], 60),
    ]
)
OTHER_IDS = pl.Series([*("like0", "like0_less", "like1"), *(f"other{n}" for n in range(60))])


def echoes(
    others: Vectors = OTHERS, ids: pl.Series = OTHER_IDS, *, limit: int = 12
) -> pl.DataFrame:
    everything = np.vstack([ROME, others])
    return find_echoes("Rome", ROME_IDS, ROME, LOOKS, ids, others, archive=everything, limit=limit)


def test_only_what_looks_like_the_place_echoes_it_best_first() -> None:
    assert echoes()["photo_id"].to_list() == ["like0", "like0_less", "like1"]


def test_each_answer_names_its_look_and_the_nearest_picture_of_that_look() -> None:
    for row in echoes().iter_rows(named=True):
        pictures = np.flatnonzero(LOOKS.labels == row["look"] - 1)
        vector = OTHERS[OTHER_IDS.to_list().index(row["photo_id"])]
        nearest = pictures[(ROME[pictures] @ vector).argmax()]
        assert row["echo_of"] == ROME_IDS[int(nearest)]
        assert row["echo_score"] == pytest.approx(float(ROME[nearest] @ vector))
        assert row["why"].startswith(f"echoes {row['echo_of']}, cosine {row['echo_score']:.2g}")
        assert row["why"].endswith("pictures of Rome that look like it")


def test_looks_take_turns() -> None:
    assert sorted(echoes(limit=2)["look"]) == [1, 2]


def test_the_place_itself_is_left_out() -> None:
    found = echoes(np.vstack([ROME, OTHERS]), pl.concat([ROME_IDS, OTHER_IDS]))
    assert found["photo_id"].to_list() == echoes()["photo_id"].to_list()


def test_a_tiny_archive_shows_what_comes_nearest() -> None:
    found = find_echoes(
        *("Rome", ROME_IDS, ROME, LOOKS, OTHER_IDS, OTHERS), archive=OTHERS[:5], limit=9
    )
    assert found.height == 9


def test_nothing_elsewhere_gives_no_echoes() -> None:
    none = echoes(OTHERS[:0], OTHER_IDS.clear())
    assert none.is_empty()
    assert none.columns == echoes().columns


def test_a_place_without_pictures_has_no_echoes() -> None:
    nowhere = ROME_IDS.clear(), ROME[:0], cluster_looks(ROME[:0], most=MOST_LOOKS)
    found = find_echoes("Rome", *nowhere, OTHER_IDS, OTHERS, archive=OTHERS, limit=9)
    assert found.is_empty()
