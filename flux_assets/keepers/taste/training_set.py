"""`training_set`: labelled photographs, their weights and their splits. Phase 6; whole archive.

A photograph is labelled by a person, or by the keeper files: up to the session of the newest
matched one, what has no keeper file was not chosen. After it the photographer has not chosen yet.

A near miss stays a photograph that was not kept, but counts less: its weight is
`1 - near_miss * closeness`, with `near_miss` (0.5) of the settings and the closeness of
`keeper_labels`. At 0.5 the closest thing to a keeper counts half, as a third class halfway between
kept and not kept would; at 0 it counts in full, and at 1 the closest are not learned from.
"""

from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flux_assets.keepers.taste.keeper_groups import group_photographs, links_of
from flux_assets.keepers.taste.keeper_labels import SOURCES
from flux_assets.keepers.taste.splits import (
    SPLITS,
    forward_splits,
    require_no_leakage,
    stratified_splits,
)
from flux_resources.settings_sections import KeeperLabelSettings

TRAINING_SET = "training_set"
TRAINING_SET_VERSION = "1"


class TrainingSet(dy.Schema):
    """Grain: labelled photograph that has a vector."""

    photo_id = dy.String(primary_key=True, description="Canonical file name without its ending.")
    day = dy.String(description="Archive day, the session.")
    keeper = dy.Int8(min=0, max=1, description="1: kept.")
    weight = dy.Float64(min=0, max=1, description="What it counts; near misses less than 1.")
    group_id = dy.String(description="`group_` and the first session of those joined together.")
    split = dy.Enum(SPLITS, description="Stratified; stays as it is when photographs arrive.")
    forward_split = dy.Enum(
        SPLITS, nullable=True, description="By time; null where the group spans two of them."
    )
    labelled_by = dy.Enum(SOURCES, description="A person, a keeper file, or no keeper file.")


@dataclass(frozen=True)
class LabelledPhotographs:
    """`rows` is `TrainingSet`; `left_out` counts the other photographs by reason."""

    rows: pl.DataFrame
    left_out: dict[str, int]


def build_training_set(
    photographs: pl.DataFrame,
    duplicates: pl.DataFrame,
    previous: pl.DataFrame,
    *,
    settings: KeeperLabelSettings,
) -> LabelledPhotographs:
    """The rows of `TrainingSet`, by photo_id.

    Args:
        photographs: the whole archive: `day, photo_id, pair_id, resolved_at, burst_id, keeper,
            near_miss, source, embedding_id`.
        duplicates: `Duplicates`.
        previous: the stored `TrainingSet`, whose splits stay.
        settings: the weight of a near miss, and what joins two sessions.

    Raises:
        flux_assets.keepers.taste.splits.Leakage: the splits cut what belongs together.
    """
    sorted_out = photographs.with_columns(_left_out(photographs, duplicates)).sort("photo_id")
    counts = sorted_out.drop_nulls("left_out").group_by("left_out").len().sort("left_out")
    labelled = sorted_out.filter(pl.col("left_out").is_null())
    links = links_of(labelled, duplicates, midnight_seconds=settings.midnight_seconds)
    grouped = labelled.join(group_photographs(labelled, links), on="photo_id").sort("photo_id")
    rows = grouped.select(
        "photo_id",
        "day",
        "keeper",
        weight=1 - settings.near_miss * pl.col("near_miss"),
        group_id="group_id",
        split=stratified_splits(grouped, previous),
        forward_split=forward_splits(grouped),
        labelled_by=pl.col("source").cast(pl.Enum(SOURCES)),
    )
    require_no_leakage(rows, links)
    return LabelledPhotographs(rows, dict(counts.iter_rows()))


def _left_out(photographs: pl.DataFrame, duplicates: pl.DataFrame) -> pl.Series:
    """Why a photograph is no example, in the order of `photographs`; null where it is one."""
    near = duplicates.filter(pl.col("relation") == "near").select("photo_id", "group_id")
    keeper, person = pl.col("keeper") == 1, pl.col("source") == "person"
    days = photographs.filter(keeper).select(
        pl.coalesce(pl.col("day").filter(pl.col("source") == "match").max(), pl.col("day").max())
    )
    press, picture = pl.coalesce("pair_id", "photo_id"), ["group_id", "resolved_at"]
    known = pl.all_horizontal(pl.col(picture).is_not_null())
    twice = keeper.any().over(press) | (known & keeper.any().over(picture))
    return (
        photographs.join(near, on="photo_id", how="left", maintain_order="left")
        .select(
            pl.when(pl.col("keeper").is_null())
            .then(pl.lit("no label yet (see keeper_labels)"))
            .when(pl.col("embedding_id").is_null())
            .then(pl.lit("no vector (see embeddings)"))
            .when(person | keeper)
            .then(None)
            .when((pl.col("day") <= pl.lit(days.item(), pl.String)).fill_null(False).not_())
            .then(pl.lit("later than the newest keeper"))
            .when(twice)
            .then(pl.lit("the same picture as a keeper"))
            .alias("left_out")
        )
        .to_series()
    )


def count_splits(rows: pl.DataFrame) -> pl.DataFrame:
    """`split, photographs, keepers, groups, share, keeper_share` of `TrainingSet`, and the same
    of `forward_split` with `forward_` before the name of the split.
    """
    forward = pl.format("forward_{}", pl.col("forward_split").cast(pl.String))
    both = pl.concat(
        [
            rows.select("keeper", "group_id", split=pl.col("split").cast(pl.String)),
            rows.select("keeper", "group_id", split=forward).drop_nulls("split"),
        ]
    )
    keepers = pl.col("keeper").sum()
    return (
        both.group_by("split")
        .agg(
            photographs=pl.len(),
            keepers=keepers,
            groups=pl.col("group_id").n_unique(),
            share=pl.len() / rows.height,
            keeper_share=keepers / max(1, rows["keeper"].sum()),
        )
        .sort("split")
    )
