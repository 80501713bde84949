"""15,000 keepers against 400,000 photographs: seconds, memory, and who is matched with whom.

    .venv/bin/python -m benchmarks.keeper_matching [--photographs 400000] [--keepers 15000]

Photographs and keepers are rows made from a seed: four years, two cameras whose counters wrap,
bursts, RAW beside JPEG, a first year without sub-seconds. Keepers suffer each what their kind
says; two in ten of the days that have keepers are off as a whole. Precision is right by matched,
recall right by those that have an original. The peer takes time alone, to the millisecond.
"""

import argparse
import resource
import time

import numpy as np
import polars as pl

from benchmarks.keeper_rows import keepers_of, photographs
from flux_assets.keepers.matching.keeper_matches import KeeperMatches, match_keepers
from flux_resources.settings_sections import KeeperMatchSettings

_REQUIRED_SECONDS = 60


def main() -> None:
    """Print a line for each kind of keeper, and seconds and memory of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--keepers", type=int, default=15_000)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    corpus = photographs(random, options.photographs)
    keepers = keepers_of(random, corpus, options.keepers)
    index = keepers.drop("kind", "truth")

    started = time.perf_counter()
    matches = match_keepers(index, corpus, settings=KeeperMatchSettings())
    seconds = time.perf_counter() - started
    KeeperMatches.validate(matches)
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    started = time.perf_counter()
    peer = _by_time_alone(index, corpus)
    peer_seconds = time.perf_counter() - started

    table = _by_kind(keepers, matches)
    with pl.Config(
        tbl_rows=-1,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        fmt_str_lengths=50,
    ):
        print(table)
    for name, found, spent in (("flux", matches, seconds), ("time alone", peer, peer_seconds)):
        total = _score(keepers.join(found, on="keeper_path"))
        print(
            f"{name:<12} {spent:6.2f} s   precision {total['precision'].item():.4f}"
            f"   recall {total['recall'].item():.4f}"
        )
    print(f"{len(index):,} keepers, {len(corpus):,} rows, peak {gib:.2f} GiB with the rows made")
    print(f"required: under {_REQUIRED_SECONDS} s; took {seconds / _REQUIRED_SECONDS:.1%} of it")


def _by_time_alone(index: pl.DataFrame, corpus: pl.DataFrame) -> pl.DataFrame:
    """The match of every keeper whose time one photograph bears."""
    unique = corpus.filter(pl.col("captured_at").is_unique())
    return index.join(unique, on="captured_at", how="left").select("keeper_path", "photo_id")


def _by_kind(keepers: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    found = keepers.join(matches, on="keeper_path")
    order = {
        kind: number for number, kind in enumerate(keepers["kind"].unique(maintain_order=True))
    }
    return (
        pl.concat([_score(rows, kind) for (kind,), rows in found.group_by("kind")])
        .sort(pl.col("kind").replace_strict(order))
        .with_columns(pl.col("precision", "recall").round(4).fill_nan(None))
    )


def _score(found: pl.DataFrame, kind: object = "all") -> pl.DataFrame:
    matched = pl.col("photo_id").is_not_null()
    right = matched & (pl.col("photo_id") == pl.col("truth")).fill_null(False)
    return found.select(
        kind=pl.lit(str(kind)),
        keepers=pl.len(),
        right=right.sum(),
        wrong=(matched & ~right).sum(),
        open=(~matched).sum(),
        precision=right.sum() / matched.sum(),
        recall=right.sum() / pl.col("truth").count(),
    )


if __name__ == "__main__":
    main()
