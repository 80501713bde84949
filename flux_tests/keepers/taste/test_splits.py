"""Splits: their shares, their stability, and the guard that refuses leakage."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from flux_assets.keepers.taste.keeper_groups import links_of
from flux_assets.keepers.taste.splits import SHARES, SPLITS, Leakage, require_no_leakage
from flux_assets.keepers.taste.training_set import count_splits
from flux_tests.keepers.taste.labelled_rows import near, sessions, training_set

ARCHIVE = sessions(300)


def shares(rows: pl.DataFrame, column: str) -> list[float]:
    counted = dict(count_splits(rows).select("split", column).iter_rows())
    return [counted[split] for split in SPLITS]


def moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Photographs of both whose split is another."""
    both = before.join(after, on="photo_id", suffix="_after")
    return both.filter(pl.col("split") != pl.col("split_after"))


def test_splits_are_80_10_10_in_photographs_and_in_keepers() -> None:
    rows = training_set(ARCHIVE).rows
    assert shares(rows, "share") == pytest.approx(SHARES, abs=0.01)
    assert shares(rows, "keeper_share") == pytest.approx(SHARES, abs=0.015)


@pytest.mark.parametrize("seed", range(5))
def test_fifty_sessions_come_close_to_the_shares(seed: int) -> None:
    rows = training_set(sessions(50, seed=seed)).rows
    assert shares(rows, "share") == pytest.approx(SHARES, abs=0.06)
    assert shares(rows, "keeper_share") == pytest.approx(SHARES, abs=0.12)


def test_small_and_large_sessions_reach_the_test_split_alike() -> None:
    rows = training_set(sessions(1000, seed=4)).rows
    large = rows.filter(pl.len().over("day") > 20).unique("day")["split"]
    assert (large == "test").mean() == pytest.approx(0.1, abs=0.03)


def test_new_sessions_move_nothing() -> None:
    before = training_set(ARCHIVE).rows
    grown = pl.concat([ARCHIVE, sessions(30, seed=1, first=300)])

    after = training_set(grown, previous=before).rows

    assert moved(before, after).is_empty()
    assert shares(after, "share") == pytest.approx(SHARES, abs=0.01)
    assert after.join(before, on="photo_id", how="anti")["split"].n_unique() == 3


def test_sessions_before_the_others_move_nothing_either() -> None:
    later = ARCHIVE.filter(pl.col("day") > "2022-04-01")
    before = training_set(later).rows
    assert moved(before, training_set(ARCHIVE, previous=before).rows).is_empty()


def test_new_keepers_in_old_sessions_move_nothing() -> None:
    before = training_set(ARCHIVE).rows
    kept = pl.when(pl.col("photo_id").str.ends_with("_1")).then(1).otherwise("keeper")
    after = training_set(ARCHIVE.with_columns(keeper=kept.cast(pl.Int8)), previous=before).rows
    assert moved(before, after).is_empty()


def test_a_lost_table_is_drawn_again_as_it_was() -> None:
    grown = pl.concat([ARCHIVE, sessions(30, seed=1, first=300)])
    assert moved(training_set(ARCHIVE).rows, training_set(grown).rows).is_empty()


def test_groups_that_become_one_take_the_most_seen_split() -> None:
    before = training_set(ARCHIVE).rows
    first = dict(
        before.group_by("split").agg(pl.col("photo_id").first()).cast(pl.String).iter_rows()
    )

    def joined(*splits: str) -> set[str]:
        pair = [first[split] for split in splits]
        rows = training_set(ARCHIVE, near(" ".join(pair)), before).rows
        days = before.filter(pl.col("photo_id").is_in(pair))["day"]
        unaffected = moved(before, rows).filter(~pl.col("day").is_in(days.implode()))
        assert unaffected.is_empty()
        return set(rows.filter(pl.col("day").is_in(days.implode()))["split"])

    assert joined("train", "test") == joined("validation", "train") == {"train"}
    assert joined("test", "validation") == {"validation"}


def test_what_most_of_the_archive_hangs_on_is_trained_on() -> None:
    chain = near(" ".join(f"{day}_0" for day in ARCHIVE["day"].unique().sort()[100:250]))
    rows = training_set(ARCHIVE, chain).rows
    largest = rows.group_by("group_id").agg(pl.len(), pl.col("split").first()).sort("len")[-1]
    assert largest["len"].item() > rows.height * 0.4
    assert largest["split"].item() == "train"
    assert set(rows["split"]) == set(SPLITS)


def test_the_forward_split_runs_in_time() -> None:
    rows = training_set(ARCHIVE).rows.sort("day")
    assert rows["forward_split"].rle().struct.field("value").to_list() == list(SPLITS)
    sizes = [(rows["forward_split"] == split).mean() for split in SPLITS]
    assert sizes == pytest.approx(SHARES, abs=0.02)


def test_a_group_across_time_keeps_its_larger_part_in_the_forward_split() -> None:
    days = ARCHIVE.group_by("day").len().sort("day")
    old, new = days.head(200).sort("len")["day"][-1], days.tail(10).sort("len")["day"][0]
    rows = training_set(ARCHIVE, near(f"{old}_0 {new}_0")).rows
    assert set(rows.filter(pl.col("day") == old)["forward_split"]) == {"train"}
    assert set(rows.filter(pl.col("day") == new)["forward_split"]) == {None}


@hypothesis_settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 299), st.integers(0, 299)), max_size=30))
def test_no_session_burst_or_duplicate_is_ever_cut(pairs: list[tuple[int, int]]) -> None:
    days = ARCHIVE["day"].unique().sort()
    duplicates = near(*(f"{days[one]}_0 {days[other]}_0" for one, other in pairs))
    duplicates = duplicates.unique("photo_id")
    rows = training_set(ARCHIVE, duplicates).rows
    for column in ("split", "forward_split"):
        splits = rows.drop_nulls(column).group_by("day").agg(pl.col(column).n_unique())
        assert splits[column].max() == 1
    across = rows.join(duplicates, on="photo_id").group_by("group_id_right")
    assert set(across.agg(pl.col("split").n_unique())["split"]) <= {1}


def planted(where: pl.Expr, column: str) -> pl.DataFrame:
    """A training set in which the photographs `where` were moved into another split."""
    rows = training_set(ARCHIVE.with_columns(burst_id=pl.col("photo_id").str.head(-1))).rows
    other = pl.when(pl.col(column) == "test").then(pl.lit("train")).otherwise(pl.lit("test"))
    return rows.with_columns(
        pl.when(where).then(other).otherwise(pl.col(column).cast(pl.String)).alias(column)
    )


@pytest.mark.parametrize("column", ["split", "forward_split"])
def test_planted_leakage_is_refused_by_name(column: str) -> None:
    day = ARCHIVE.group_by("day").len().sort("len")["day"][-1]
    leaking = planted(pl.col("photo_id") == f"{day}_3", column)
    links = links_of(ARCHIVE, near(), midnight_seconds=30)
    with pytest.raises(Leakage, match=rf"{column}.*group_{day} \((test and train|.*and.*)\)"):
        require_no_leakage(leaking, links)


def test_leakage_through_a_duplicate_is_refused_though_no_session_is_cut() -> None:
    rows = training_set(ARCHIVE).rows
    one = rows.filter(pl.col("split") == "train")["photo_id"][0]
    other = rows.filter(pl.col("split") == "test")["photo_id"][0]
    links = links_of(ARCHIVE, near(f"{one} {other}"), midnight_seconds=30)
    with pytest.raises(Leakage, match=r"duplicates near_0 \(test and train\)"):
        require_no_leakage(rows, links)


def test_a_clean_training_set_passes() -> None:
    require_no_leakage(training_set(ARCHIVE).rows, links_of(ARCHIVE, near(), midnight_seconds=30))
