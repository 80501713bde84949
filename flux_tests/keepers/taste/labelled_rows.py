"""Photographs as `label_session` and `build_training_set` read them, with plain values."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from flux_assets.keepers.taste.keeper_labels import KeeperLabels, label_session
from flux_assets.keepers.taste.training_set import (
    LabelledPhotographs,
    TrainingSet,
    build_training_set,
)
from flux_resources.settings_sections import KeeperLabelSettings

NOON = datetime(2022, 1, 15, 12)
SETTINGS = KeeperLabelSettings()
SESSION = {
    "photo_id": pl.String(),
    "resolved_at": pl.Datetime("ms"),
    "vector": pl.List(pl.Float32),
    "keeper_paths": pl.List(pl.String),
    "said": pl.Int8(),
}
LABELLED = {
    "day": pl.String(),
    "photo_id": pl.String(),
    "pair_id": pl.String(),
    "resolved_at": pl.Datetime("ms"),
    "burst_id": pl.String(),
    "keeper": pl.Int8(),
    "near_miss": pl.Float64(),
    "source": pl.String(),
    "embedding_id": pl.String(),
}
DUPLICATES = {"photo_id": pl.String(), "group_id": pl.String(), "relation": pl.String()}
KEPT = {"keeper": 1, "source": "match"}


def labels(*photographs: dict[str, Any], settings: KeeperLabelSettings = SETTINGS) -> pl.DataFrame:
    """Labels of photographs `a`, `b`, ...; `seconds` after noon, `turn` radians from a look."""
    rows = [
        {
            "photo_id": chr(ord("a") + number),
            "resolved_at": NOON + timedelta(seconds=photograph.get("seconds", 0)),
            "vector": [np.cos(photograph.get("turn", 0)), np.sin(photograph.get("turn", 0))],
        }
        | {key: value for key, value in photograph.items() if key in SESSION}
        for number, photograph in enumerate(photographs)
    ]
    found = label_session(pl.DataFrame(rows, schema=SESSION), settings=settings)
    KeeperLabels.validate(found.with_columns(fingerprint=pl.lit("f")), cast=True)
    return found


def archive_of(*photographs: dict[str, Any]) -> pl.DataFrame:
    """Photographs that name at least `day` and `photo_id`; not kept where they do not say."""
    plain = {"keeper": 0, "near_miss": 0.0, "source": "none", "embedding_id": "e"}
    return pl.DataFrame([plain | photograph for photograph in photographs], schema=LABELLED)


def sessions(count: int, *, seed: int = 0, first: int = 0) -> pl.DataFrame:
    """Sessions of 1 to 40 photographs, some of which have keepers, on days from `first` on."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(first, first + count):
        day = f"{NOON + timedelta(days=number):%Y-%m-%d}"
        luck = random.choice([0, 0, 0.05, 0.3])
        for frame in range(int(random.integers(1, 41))):
            at = NOON + timedelta(days=number, minutes=frame)
            kept = KEPT if random.random() < luck else {}
            rows.append({"day": day, "photo_id": f"{day}_{frame}", "resolved_at": at} | kept)
    return archive_of(*rows)


def near(*groups: str) -> pl.DataFrame:
    """Duplicates: each string names the photographs of one group, separated by spaces."""
    rows = [
        {"photo_id": photo_id, "group_id": f"near_{number}", "relation": "near"}
        for number, group in enumerate(groups)
        for photo_id in group.split()
    ]
    return pl.DataFrame(rows, schema=DUPLICATES)


def training_set(
    photographs: pl.DataFrame,
    duplicates: pl.DataFrame | None = None,
    previous: pl.DataFrame | None = None,
    settings: KeeperLabelSettings = SETTINGS,
) -> LabelledPhotographs:
    """What `build_training_set` says, proven against the schema."""
    built = build_training_set(
        photographs,
        near() if duplicates is None else duplicates,
        TrainingSet.create_empty() if previous is None else previous,
        settings=settings,
    )
    TrainingSet.validate(built.rows)
    return built
