"""An archive with scores to come, and a model of one direction: better or worse as asked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import cast

import numpy as np
import polars as pl
import pytest

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.proxies import PROXIES
from flux_assets.imaging.quality import QUALITY
from flux_assets.keepers.taste import challenge
from flux_assets.keepers.taste.evaluation import Numbers
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES, Scorer
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.model_inputs import of_keeper_scores
from flux_assets.keepers.taste.splits import SPLITS
from flux_assets.keepers.taste.training import Training, evaluate_held_out
from flux_assets.keepers.taste.training_set import TrainingSet
from flux_assets.keepers.taste.versions import open_models
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.exif import EXIF
from flux_assets.refresh import DayReport, refresh_day
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot
from flux_resources.vectors import Vectors, active_vectors
from flux_tests.publishing.product_rows import write_rows
from flux_tests.search.conftest import photo, publish_rows

_DIMENSIONS = 8


@dataclass(frozen=True)
class Direction:
    """Scores by the cosine with one direction; `taste` is the planted one."""

    direction: Vectors

    def score(self, known: pl.DataFrame, vectors: Vectors) -> Numbers:
        assert known.height == len(vectors)
        return 1 / (1 + np.exp(-8 * (vectors @ self.direction).astype(np.float64)))

    def contributions(self, known: pl.DataFrame, vectors: Vectors) -> dict[str, Numbers]:
        return {"linear": 8 * (vectors @ self.direction).astype(np.float64)}

    def importance(self) -> list[tuple[str, float]]:
        return [("taste_overall", 0.75), ("hour", 0.25)]

    def save(self, folder: Path) -> None:
        np.save(folder / "direction.npy", self.direction)

    @classmethod
    def load(cls, folder: Path) -> KeeperModel:
        return cast(KeeperModel, cls(np.load(folder / "direction.npy")))


def use_stand_in(patch: pytest.MonkeyPatch) -> None:
    """Stored models are read as `Direction`, and no cards are drawn, which takes long."""
    patch.setattr(KeeperModel, "load", Direction.load)
    patch.setattr(challenge, "write_card", lambda folder, card: None)


def direction(noise: float = 0.0, seed: int = 1) -> KeeperModel:
    """A model of the planted taste, the worse the more noise."""
    random = np.random.default_rng(seed)
    mixed = np.eye(_DIMENSIONS)[0] + noise * random.normal(size=_DIMENSIONS)
    return cast(KeeperModel, Direction((mixed / np.linalg.norm(mixed)).astype(np.float32)))


@dataclass(frozen=True)
class Labelled:
    """`known` and `vectors` of all photographs, and their `TrainingSet`."""

    known: pl.DataFrame
    vectors: Vectors
    training: pl.DataFrame

    def trained(self, model: KeeperModel) -> Training:
        scores = model.score(self.known, self.vectors)
        random = np.random.default_rng(0).random(self.known.height)
        evaluations = [
            evaluate_held_out(name, values, self.known, self.training)
            for name, values in (("keeper model", scores), ("random", random))
        ]
        return Training(model, evaluations, evaluations[:1], {"trees": 10})


def labelled(sessions: int = 40, frames: int = 25, *, seed: int = 0) -> Labelled:
    """Sessions of a photographer who keeps what lies along the first axis."""
    random = np.random.default_rng(seed)
    count = sessions * frames
    vectors = random.normal(size=(count, _DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    days = [date(2022, 12, 12) + timedelta(days=n // frames) for n in range(count)]
    known = pl.DataFrame(
        {
            "photo_id": [f"{day}_{n:05}" for n, day in enumerate(days)],
            "day": [day.isoformat() for day in days],
            "resolved_at": [datetime.combine(day, datetime.min.time()) for day in days],
            "burst_id": pl.Series([None] * count, dtype=pl.String),
        }
    )
    keeper = (vectors[:, 0] + 0.1 * random.normal(size=count)) > 0.6
    parts = [("test", "validation", "train", "train")[n // frames % 4] for n in range(count)]
    split = pl.Series(parts, dtype=pl.Enum(SPLITS))
    training = known.select(
        "photo_id",
        "day",
        keeper=pl.Series(keeper.astype(np.int8)),
        weight=pl.lit(1.0),
        group_id=pl.format("group_{}", "day"),
        split=split,
        forward_split=split,
        labelled_by=pl.lit("match"),
    )
    return Labelled(known, vectors, TrainingSet.cast(training))


def write_sessions(archive: DataRoot, data: Labelled) -> None:
    """What scoring reads, as if it had been computed, and the published table."""
    labels = data.training.select("photo_id", "keeper")
    rows = data.known.join(labels, on="photo_id", maintain_order="left").with_columns(
        vector=pl.Series(data.vectors.tolist(), dtype=pl.List(pl.Float32)),
        sha256=pl.Series([sha256(name.encode()).hexdigest() for name in data.known["photo_id"]]),
    )
    for (day,), part in rows.group_by("day", maintain_order=True):
        write_session(archive, str(day), part)
    vectors = active_vectors(archive)
    vectors.replace_days(
        rows["day"].unique().to_list(), rows.select("day", "photo_id", "sha256", "vector")
    )
    publish_rows(archive, [photo(name) for name in rows["photo_id"]])


def write_session(archive: DataRoot, day: str, rows: pl.DataFrame) -> None:
    """One day's products of `photo_id, sha256, resolved_at, burst_id, keeper`."""
    ids: list[object] = rows["photo_id"].to_list()
    count = len(ids)
    common: dict[str, list[object]] = {"photo_id": ids, "fingerprint": ["done"] * count}
    write_rows(
        archive,
        PHOTO_INDEX,
        day,
        filename=[f"{name}.JPG" for name in ids],
        original_filename=["R1.JPG"] * count,
        path=[f"FLUX_ARCHIVE/{name}.JPG" for name in ids],
        sha256=rows["sha256"].to_list(),
        bytes=[1] * count,
        format=["JPEG"] * count,
        file_modified_at=[datetime(2022, 1, 15)] * count,
        **common,
    )
    none: list[object] = [[]] * count
    write_rows(
        archive,
        CAPTURE_TIMES,
        day,
        resolved_at=rows["resolved_at"].to_list(),
        trust=[1.0] * count,
        signals_used=none,
        candidates=none,
        flags=none,
        **common,
    )
    write_rows(archive, BURSTS, day, burst_id=rows["burst_id"].to_list(), **common)
    for product in (EXIF, PROXIES, QUALITY, EMBEDDINGS):
        write_rows(archive, product, day, **common)
    write_rows(
        archive,
        KEEPER_LABELS,
        day,
        keeper=rows["keeper"].to_list(),
        near_miss=[0.0] * count,
        source=["none"] * count,
        keeper_paths=none,
        **common,
    )


def score_all(archive: DataRoot) -> list[DayReport]:
    """Bring `keeper_scores` of all days up to date, as the asset does."""
    scorer = Scorer(open_models(archive), active_vectors(archive))
    return [
        refresh_day(
            archive.tables,
            KEEPER_SCORES,
            day,
            inputs=of_keeper_scores(archive.tables, day),
            version=scorer.fingerprint,
            compute=scorer.score_session,
        )
        for day in archive.tables.days(PHOTO_INDEX.name)
    ]
