"""Which groups of photographs the model learns from, and which ones judge it.

Two splits of 80/10/10, neither of which cuts a group. The first is stratified, stays as it was
when photographs arrive, and mixes all years. The second runs forward in time, since taste changes.
"""

import numpy as np
import polars as pl

from flux_resources.errors import FluxError

SPLITS = ("train", "validation", "test")
SHARES = (0.8, 0.1, 0.1)
_MOST = 0.2  # a group with more than this share of all photographs or keepers is trained on
_SHOWN = 3  # groups named in a message


class Leakage(FluxError):
    """Photographs that belong together stand in several splits; the message names them."""


def stratified_splits(rows: pl.DataFrame, previous: pl.DataFrame) -> pl.Series:
    """A split for each of `rows` (`photo_id, group_id, keeper`), whole groups only.

    A group keeps the split that its photographs have in `previous` (`photo_id, split`). Where
    groups of several splits became one, it takes the most seen of them: train, then validation;
    so nothing that a model was trained on ever judges one.

    New groups are taken in the order of time, so that each year gets its share and later sessions
    change nothing before them. Each goes where what it brings, photographs and keepers, is lacking
    most. Its size does not matter in that, or only small sessions would reach the small splits.
    """
    seen = pl.col("split").cast(pl.Enum(SPLITS)).to_physical().min()
    groups = (
        rows.join(previous.select("photo_id", "split"), on="photo_id", how="left")
        .group_by("group_id")
        .agg(seen.cast(pl.Int8).fill_null(-1), rows=pl.len(), keepers=pl.col("keeper").sum())
        .sort("group_id")
    )
    brings = groups.select("rows", "keepers").to_numpy().astype(np.float64)
    chosen = groups["split"].to_numpy().copy()
    have = np.array([brings[chosen == split].sum(axis=0) for split in range(len(SPLITS))])
    giant = (brings > _MOST * brings.sum(axis=0)).any(axis=1)
    for group in np.flatnonzero(chosen < 0):
        so_far = np.maximum(1, have.sum(axis=0) + brings[group])
        share = brings[group] / so_far
        filled = have / so_far / np.array(SHARES)[:, None]
        chosen[group] = 0 if giant[group] else np.argmin(filled @ share)
        have[chosen[group]] += brings[group]
    named = groups.select("group_id", split=_named(chosen))
    return rows.join(named, on="group_id", how="left", maintain_order="left")["split"]


def forward_splits(rows: pl.DataFrame) -> pl.Series:
    """A split for each of `rows` (`group_id, day`): older sessions train, the newest test.

    A session stands where the middle one of its photographs does. Of a group that spans two
    splits, the photographs in that with fewer of them are null, which is in none.
    """
    days = rows.group_by("day").len().sort("day")
    middle = (days["len"].cum_sum() - days["len"] / 2) / max(1, rows.height)
    place = np.searchsorted(np.cumsum(SHARES)[:-1].round(6), middle.to_numpy(), side="right")
    days = days.select("day", split=_named(place))
    placed = rows.join(days, on="day", how="left", maintain_order="left")
    most = placed.group_by("group_id", "split").len().sort("len", "split", descending=[True, False])
    most = most.unique("group_id", keep="first", maintain_order=True).drop("len")
    stays = placed.join(most, on="group_id", how="left", maintain_order="left", suffix="_most")
    return stays.select(
        forward_split=pl.when(pl.col("split") == pl.col("split_most")).then("split")
    ).to_series()


def require_no_leakage(rows: pl.DataFrame, links: pl.DataFrame) -> None:
    """Refuse splits that cut a group, a session, a burst, or a group of duplicates.

    Args:
        rows: `photo_id, group_id, split, forward_split`.
        links: `photo_id, link` of `keeper_groups.links_of`.

    Raises:
        Leakage: one of them stands in two splits.
    """
    together = pl.concat([links, rows.select("photo_id", link="group_id")])
    for column in ("split", "forward_split"):
        placed = together.join(rows.filter(pl.col(column).is_not_null()), on="photo_id")
        splits = pl.col(column).unique().cast(pl.String).sort()
        cut = placed.group_by("link").agg(splits).filter(pl.col(column).list.len() > 1).sort("link")
        if cut.height:
            shown = cut.head(_SHOWN).select(
                pl.format("{} ({})", "link", pl.col(column).list.join(" and "))
            )
            raise Leakage(
                f"{cut.height} groups stand in several splits ({column}), so that the model would "
                f"be judged on what it has seen: {', '.join(shown.to_series())}"
            )


def _named(positions: "np.ndarray[tuple[int], np.dtype[np.integer]]") -> pl.Series:
    return pl.Series(np.array(SPLITS)[positions], dtype=pl.Enum(SPLITS))
