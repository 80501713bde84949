"""The training set: who is in it, and what each photograph counts."""

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from flux_assets.keepers.taste.training_set import count_splits
from flux_resources.settings_sections import KeeperLabelSettings
from flux_tests.keepers.taste.labelled_rows import KEPT, archive_of, near, sessions, training_set

DAY, NEXT = "2022-01-15", "2022-01-16"
LATER = "later than the newest keeper"
TWICE = "the same picture as a keeper"


def built(
    *photographs: dict[str, Any], duplicates: pl.DataFrame | None = None
) -> tuple[list[str], dict[str, int]]:
    """photo_ids in the training set, and the reasons of the others."""
    rows = archive_of(*({"day": DAY} | photograph for photograph in photographs))
    found = training_set(rows, duplicates)
    return found.rows["photo_id"].to_list(), found.left_out


def test_sessions_after_the_newest_keeper_are_not_labelled_yet() -> None:
    assert built(
        {"photo_id": "a"} | KEPT,
        {"photo_id": "b"},
        {"photo_id": "c", "day": NEXT},
        {"photo_id": "d", "day": "2021-12-31"},
    ) == (["a", "b", "d"], {LATER: 1})


def test_what_a_person_labelled_is_in_whenever_it_was_made() -> None:
    person = {"source": "person", "day": NEXT}
    photo_ids, left_out = built(
        {"photo_id": "a"} | KEPT,
        {"photo_id": "b", "keeper": 0} | person,
        {"photo_id": "c", "keeper": 1} | person,
        {"photo_id": "d", "day": NEXT},
    )
    assert photo_ids == ["a", "b", "c"]
    assert left_out == {LATER: 1}


def test_without_keeper_files_the_newest_keeper_of_a_person_counts() -> None:
    said = {"keeper": 1, "source": "person"}
    assert built({"photo_id": "a"} | said, {"photo_id": "b"}, {"photo_id": "c", "day": NEXT}) == (
        ["a", "b"],
        {LATER: 1},
    )


def test_without_keepers_nothing_is_labelled_but_what_a_person_ruled_out() -> None:
    assert built({"photo_id": "a"}, {"photo_id": "b", "source": "person"}) == (["b"], {LATER: 1})


def test_photographs_without_vector_or_label_are_left_out_and_counted() -> None:
    assert built(
        {"photo_id": "a"} | KEPT,
        {"photo_id": "b", "embedding_id": None},
        {"photo_id": "c", "keeper": None, "source": None, "near_miss": None},
    ) == (["a"], {"no label yet (see keeper_labels)": 1, "no vector (see embeddings)": 1})


def test_the_raw_file_of_a_kept_jpeg_is_no_example_of_what_is_not_kept() -> None:
    press = {"pair_id": "a"}
    assert built({"photo_id": "a"} | press | KEPT, {"photo_id": "a_DNG"} | press) == (
        ["a"],
        {TWICE: 1},
    )


def test_a_copy_of_a_keeper_is_left_out_and_another_try_is_not() -> None:
    noon, later = {"resolved_at": datetime(2022, 1, 15, 12)}, {"resolved_at": datetime(2022, 1, 16)}
    photo_ids, left_out = built(
        {"photo_id": "a"} | KEPT | noon,
        {"photo_id": "copy"} | noon,
        {"photo_id": "try"} | later,
        {"photo_id": "other"} | noon,
        duplicates=near("a copy try"),
    )
    assert photo_ids == ["a", "other", "try"]
    assert left_out == {TWICE: 1}


def test_a_near_miss_counts_less_by_its_closeness() -> None:
    rows = archive_of(
        {"day": DAY, "photo_id": "a"} | KEPT,
        *({"day": DAY, "photo_id": name, "near_miss": near_miss}
          for name, near_miss in (("b", 0.0), ("c", 0.4), ("d", 1.0))),
    )  # fmt: skip

    def weights(near_miss: float) -> list[float]:
        found = training_set(rows, settings=KeeperLabelSettings(near_miss=near_miss)).rows
        assert found["keeper"].to_list() == [1, 0, 0, 0]
        return found["weight"].to_list()

    assert weights(0.5) == pytest.approx([1, 1, 0.8, 0.5])
    assert weights(0) == [1, 1, 1, 1]
    assert weights(1) == pytest.approx([1, 1, 0.6, 0])


def test_rows_say_who_labelled_them() -> None:
    rows = archive_of(
        {"day": DAY, "photo_id": "a"} | KEPT,
        {"day": DAY, "photo_id": "b", "source": "person"},
        {"day": DAY, "photo_id": "c"},
    )
    assert training_set(rows).rows["labelled_by"].to_list() == ["match", "person", "none"]


def test_the_same_input_gives_the_same_rows_in_any_order() -> None:
    rows = sessions(60)
    shuffled = rows.sample(fraction=1, shuffle=True, seed=2)
    assert training_set(shuffled).rows.equals(training_set(rows).rows)


def test_an_empty_archive_has_an_empty_training_set() -> None:
    found = training_set(archive_of())
    assert found.rows.is_empty()
    assert count_splits(found.rows).is_empty()
