"""Everything that rungs 1 to 3 know of keepers and photographs, before anything is decided."""

from dataclasses import dataclass

import polars as pl

from flux_assets.keepers.matching.keeper_drift import session_offsets
from flux_assets.keepers.matching.keeper_names import keys_of_keepers, keys_of_originals
from flux_assets.keepers.matching.name_rung import compare_named
from flux_assets.keepers.matching.rungs import (
    QUARTER_S,
    crowded,
    of_that_name,
    of_that_time,
    prepare_keepers,
    prepare_originals,
    sole,
)
from flux_resources.settings_sections import KeeperMatchSettings


@dataclass(frozen=True)
class Evidence:
    """Frames about keepers `k` and photographs `o`.

    Attributes:
        keepers, originals: as the rungs prepare them; times of keepers are corrected.
        offsets: `k, clock_offset_s` of keepers whose time was corrected.
        timed: pairs `k, o, exact` of the same time.
        named: pairs of the same name, by `compare_named`.
        agreeing: pairs `k, o, level` of the same time and name.
        at_odds: keepers whose time and name lead to different photographs.
        indistinct: keepers whose time or name too many photographs share, with `by_time`.
    """

    keepers: pl.DataFrame
    originals: pl.DataFrame
    offsets: pl.DataFrame
    timed: pl.DataFrame
    named: pl.DataFrame
    agreeing: pl.DataFrame
    at_odds: pl.DataFrame
    indistinct: pl.DataFrame


def gather_evidence(
    index: pl.DataFrame, corpus: pl.DataFrame, settings: KeeperMatchSettings
) -> Evidence:
    """Compare all readable keepers with all photographs; for the columns see `match_keepers`."""
    raw, originals = prepare_keepers(index), prepare_originals(corpus)
    keys, names = keys_of_originals(originals), keys_of_keepers(raw)
    pairs = of_that_name(names, keys)
    timed, offsets = _timed(raw, originals, pairs, settings)
    keepers = _corrected(raw, offsets)
    named = compare_named(pairs, keepers, originals, settings.drift_hours * 3600)
    agreeing = timed.join(keys, on="o").join(names, on=["k", "key"])
    at_time = keepers.join(crowded(originals.drop_nulls("second"), "second"), on="second")
    of_name = names.join(crowded(keys, "key"), on="key")
    return Evidence(
        keepers=keepers,
        originals=originals,
        offsets=offsets,
        timed=timed,
        named=named,
        agreeing=agreeing.group_by("k", "o").agg(pl.col("level").max()),
        at_odds=_at_odds(timed, named),
        indistinct=pl.concat(
            [
                at_time.select("k", by_time=pl.lit(True)),
                of_name.select("k", by_time=pl.lit(False)),
            ]
        ),
    )


def _corrected(keepers: pl.DataFrame, offsets: pl.DataFrame) -> pl.DataFrame:
    offset = pl.col("clock_offset_s").fill_null(0)
    return keepers.join(offsets, on="k", how="left", maintain_order="left").with_columns(
        second=pl.col("second") - offset
    )


def _timed(
    keepers: pl.DataFrame,
    originals: pl.DataFrame,
    named: pl.DataFrame,
    settings: KeeperMatchSettings,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs of the same time, and the offsets of keepers whose session is off.

    In such a session a photograph of the uncorrected time is a coincidence, unless name or
    sub-seconds speak more for it than for those of the corrected time.
    """
    timed = of_that_time(keepers, originals)
    offsets = session_offsets(keepers, originals, timed, named, settings)
    off = keepers.join(offsets, on="k", how="semi")
    corrected = of_that_time(_corrected(off, offsets), originals)
    strong = _strength(timed, named).join(_strength(corrected, named), on="k", how="left")
    right = strong.filter(pl.col("strength") > pl.col("strength_right").fill_null(0))
    offsets = offsets.join(right, on="k", how="anti")
    kept = timed.join(offsets, on="k", how="anti")
    return pl.concat([kept, corrected.join(offsets, on="k", how="semi")]), offsets


def _strength(timed: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """`k, strength` of the best pair: 2 where the name agrees, 1 where the sub-seconds do."""
    by_name = named.select("k", "o", by_name=pl.lit(2))
    strength = pl.col("by_name").fill_null(0) + pl.col("exact").cast(pl.Int32)
    return timed.join(by_name, on=["k", "o"], how="left").group_by("k").agg(strength=strength.max())


def _at_odds(timed: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Keepers `k` whose time leads to one photograph, and whose name to another of another time.

    The times must lie whole quarters of an hour apart to the second, as they would if the clock
    were off. By chance one in 900 does; a keeper of another clock is far likelier.
    """
    by_clock = (pl.col("apart_s") > 0) & (pl.col("apart_s") % QUARTER_S == 0)
    elsewhere = named.filter(by_clock & pl.col("possible"))
    confirmed = timed.join(named, on=["k", "o"], how="semi")
    unconfirmed = sole(timed).join(confirmed, on="k", how="anti")
    return unconfirmed.join(elsewhere, on="k", how="semi").select("k")
