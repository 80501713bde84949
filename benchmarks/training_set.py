"""Labels, groups and splits of a whole archive, beside the splitter of scikit-learn.

    .venv/bin/python -m benchmarks.training_set [--photographs 400000] [--dimensions 384]

The archive is made from a seed: sessions of very different size and luck, 3.75 % keepers, bursts,
duplicates within sessions and across the years, nights that were worked through. Both splitters
get the same groups; then a tenth of the sessions is added, and both split again.
"""

import argparse
import resource
import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from flux_assets.keepers.taste.keeper_groups import group_photographs, links_of
from flux_assets.keepers.taste.keeper_labels import label_session
from flux_assets.keepers.taste.splits import (
    SPLITS,
    forward_splits,
    require_no_leakage,
    stratified_splits,
)
from flux_assets.keepers.taste.training_set import TrainingSet, build_training_set, count_splits
from flux_resources.settings_sections import KeeperLabelSettings

_PER_SESSION = 270
_KEEPERS = 0.0375
_SETTINGS = KeeperLabelSettings()


def main() -> None:
    """Print seconds, the shares of the splits, and what moved between them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--dimensions", type=int, default=384)
    options = parser.parse_args()
    photographs, duplicates = planted(options.photographs)
    older = _older(photographs)
    _label(photographs, options.dimensions)

    empty = TrainingSet.create_empty()
    before = build_training_set(older, duplicates, empty, settings=_SETTINGS).rows
    started = time.perf_counter()
    rows = build_training_set(photographs, duplicates, before, settings=_SETTINGS).rows
    seconds = time.perf_counter() - started
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"build_training_set  {seconds:5.1f} s, peak of this process {gib:.1f} GiB")
    _steps(photographs, duplicates, before)
    sizes = rows.group_by("group_id").agg(days=pl.col("day").n_unique(), share=pl.len() / len(rows))
    days, largest = sizes.select(pl.col("days").max(), pl.col("share").max()).row(0)
    print(
        f"{rows['day'].n_unique()} sessions in {sizes.height} groups of up to {days} sessions "
        f"and {largest:.1%} of all"
    )
    _print(count_splits(rows))
    print("keepers in the test split, share by year:")
    year, test = pl.col("day").str.head(4).alias("year"), pl.col("split") == "test"
    kept = rows.filter(pl.col("keeper") == 1)
    _print(kept.group_by(year).agg(test.mean().round(3), keepers=pl.len()).sort("year"))
    _beside_scikit_learn(before, rows)


def planted(count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `build_training_set` reads: photographs, and duplicates."""
    random = np.random.default_rng(0)
    sizes = random.lognormal(0, 0.8, max(1, count // _PER_SESSION))
    session = np.sort(random.choice(len(sizes), count, p=sizes / sizes.sum()))
    days = np.array([str(date(2022, 1, 1) + timedelta(days=n)) for n in range(len(sizes))])
    luck = random.gamma(0.7, 1, len(sizes))[session]  # many sessions without a keeper
    keeper = random.random(count) < luck * _KEEPERS / luck.mean()
    evening = random.random(len(sizes))[session] < 0.05
    second = np.where(evening, random.uniform(0, 86_400, count), random.uniform(25e3, 70e3, count))
    at = (np.datetime64("2022-01-01") + session.astype("timedelta64[D]")).astype("datetime64[ms]")
    press = np.arange(count) // 4
    burst = (press % 2 == 0) & (session[press * 4] == session)
    photo_ids = np.char.mod("photo_%07d", np.arange(count))
    photographs = pl.DataFrame(
        {
            "day": days[session],
            "photo_id": photo_ids,
            "pair_id": pl.Series([None] * count, dtype=pl.String),
            "resolved_at": at + (second * 1000).astype("timedelta64[ms]"),
            "burst_id": pl.Series(np.where(burst, np.char.mod("burst_%d", press), "")).replace(
                "", None
            ),
            "keeper": keeper.astype(np.int8),
            "near_miss": np.where(keeper, 0, random.random(count)),
            "source": np.where(keeper, "match", "none"),
            "embedding_id": photo_ids,
        }
    )
    near = random.integers(0, count - 20, count // 100)
    other = near + random.integers(1, 20, len(near))
    across = random.random(len(near)) < 0.02
    other[across] = random.integers(0, count, across.sum())
    names = np.char.mod("near_%d", np.arange(len(near)))
    duplicates = pl.DataFrame(
        {
            "photo_id": photo_ids[np.concatenate([near, other])],
            "group_id": np.concatenate([names, names]),
            "relation": "near",
        }
    ).unique("photo_id", maintain_order=True)
    return photographs, duplicates


def _older(photographs: pl.DataFrame) -> pl.DataFrame:
    """The first ten of every eleven sessions in time."""
    days = photographs["day"].unique().sort()
    return photographs.filter(pl.col("day") <= days[len(days) * 10 // 11])


def _label(photographs: pl.DataFrame, dimensions: int) -> None:
    """Time `label_session` over all sessions; vectors are made outside of the clock."""
    random, seconds = np.random.default_rng(1), 0.0
    files = pl.when(pl.col("source") == "match").then(pl.concat_list("photo_id"))
    for session in photographs.partition_by("day"):
        vectors = random.normal(size=(session.height, dimensions)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        inputs = session.select(
            "photo_id",
            "resolved_at",
            keeper_paths=files,
            said=pl.lit(None, pl.Int8),
            vector=pl.Series(vectors).cast(pl.List(pl.Float32)),
        )
        started = time.perf_counter()
        label_session(inputs, settings=_SETTINGS)
        seconds += time.perf_counter() - started
    print(f"label_session       {seconds:5.1f} s for all {photographs['day'].n_unique()} sessions")


def _steps(photographs: pl.DataFrame, duplicates: pl.DataFrame, before: pl.DataFrame) -> None:
    """Time what `build_training_set` is made of."""
    clock = [time.perf_counter()]
    links = links_of(photographs, duplicates, midnight_seconds=_SETTINGS.midnight_seconds)
    clock.append(time.perf_counter())
    rows = photographs.join(group_photographs(photographs, links), on="photo_id")
    clock.append(time.perf_counter())
    splits = {"split": stratified_splits(rows, before), "forward_split": forward_splits(rows)}
    clock.append(time.perf_counter())
    require_no_leakage(rows.with_columns(**splits), links)
    clock.append(time.perf_counter())
    for name, spent in zip(("links", "groups", "splits", "guard"), np.diff(clock), strict=True):
        print(f"  {name:<17} {spent:5.2f} s")


def _beside_scikit_learn(before: pl.DataFrame, rows: pl.DataFrame) -> None:
    """Balance and stability of both, and the seconds that the splits alone take."""
    print(f"\n{'':<24} seconds  test share  of keepers  moved out of held-out splits")
    started = time.perf_counter()
    stratified_splits(rows, before)
    ours = time.perf_counter() - started
    _report("flux", ours, before, rows)
    anew = rows.with_columns(split=stratified_splits(rows, before.clear()))
    _report("flux, table was lost", ours, before, anew)
    started = time.perf_counter()
    peer = _with_folds(rows)
    theirs = time.perf_counter() - started
    _report("StratifiedGroupKFold", theirs, _with_folds(before), peer)
    print(f"StratifiedGroupKFold takes {theirs / ours:.1f} times as long")


def _report(name: str, seconds: float, before: pl.DataFrame, rows: pl.DataFrame) -> None:
    held = before.filter(pl.col("split") != "train").select("photo_id", was="split")
    moved = held.join(rows, on="photo_id").select((pl.col("split") == "train").mean()).item()
    test = count_splits(rows).row(by_predicate=pl.col("split") == "test", named=True)
    shares = f"{test['share']:10.2%}  {test['keeper_share']:10.2%}"
    print(f"{name:<24} {seconds:7.2f}  {shares}  {moved:.2%}")


def _with_folds(rows: pl.DataFrame) -> pl.DataFrame:
    """The splits of scikit-learn: one fold of ten for the test, one for validation."""
    from sklearn.model_selection import StratifiedGroupKFold

    labels = rows["keeper"].to_numpy()
    groups = rows["group_id"].cast(pl.Categorical).to_physical().to_numpy()
    folds = StratifiedGroupKFold(10).split(np.zeros((rows.height, 1)), labels, groups)
    split = np.zeros(rows.height, np.int64)
    for number, (_, held) in zip((2, 1), folds, strict=False):
        split[held] = number
    return rows.with_columns(split=pl.Series(np.array(SPLITS)[split], dtype=pl.Enum(SPLITS)))


def _print(frame: pl.DataFrame) -> None:
    with pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, tbl_rows=20):
        print(frame.with_columns(pl.selectors.float().round(4)))


if __name__ == "__main__":
    main()
