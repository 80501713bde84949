"""`keeper_scores`: how much a photograph looks like a keeper. Phase 6; source: the keeper model."""

from functools import cached_property

import dataframely as dy
import polars as pl

from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.model_inputs import with_vectors
from flux_assets.keepers.taste.versions import ModelStore
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.vectors import VectorStore

KEEPER_SCORES_VERSION = "1"
_NO_VECTOR = "keeper_scores: no vector (see embeddings)"


class KeeperScores(PhotoTable):
    """Grain: photograph. All null while there is no model."""

    keeper_score = dy.Float64(
        nullable=True, min=0, max=1, description="1 for keepers, else the model's own opinion."
    )
    model_score = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="The chance that the photographer keeps it, as the model sees it; too good "
        "for keepers that it was trained on.",
    )
    model_version = dy.String(nullable=True, description="The version that scored: `v001`.")


KEEPER_SCORES = Product(
    "keeper_scores",
    KeeperScores,
    value="keeper_score",
    gap="no keeper model yet: flux keepers model says why",
)


class Scorer:
    """The version in use, if it reads the vectors of `vectors`; loaded when it first scores."""

    def __init__(self, models: ModelStore, vectors: VectorStore) -> None:
        current = models.current()
        fits = current is not None and current.vectors == vectors.table_name
        self.version = current if fits else None
        self._models = models
        self._vectors = vectors

    @property
    def fingerprint(self) -> str:
        """What decides scores beside the photographs: the code and the model."""
        model = f"{self.version.name} {self.version.digest}" if self.version else "none"
        return f"{KEEPER_SCORES_VERSION}|{model}"

    @cached_property
    def model(self) -> KeeperModel:
        assert self.version is not None
        return KeeperModel.load(self._models.model_files(self.version))

    def score_session(self, photographs: pl.DataFrame) -> pl.DataFrame:
        """Rows of `KeeperScores` (without fingerprint) for all photographs of one session.

        `photographs` is `model_inputs.of_keeper_scores`.
        """
        if self.version is None:
            return photographs.select(
                "photo_id",
                keeper_score=pl.lit(None, pl.Float64),
                model_score=pl.lit(None, pl.Float64),
                model_version=pl.lit(None, pl.String),
                error=pl.lit(None, pl.String),
            )
        known, vectors = with_vectors(photographs, self._vectors)
        scored = known.select("photo_id").with_columns(
            model_score=pl.Series(
                self.model.score(known, vectors) if known.height else [], dtype=pl.Float64
            ),
            model_version=pl.lit(self.version.name),
        )
        rows = photographs.select("photo_id", "keeper").join(scored, on="photo_id", how="left")
        return rows.select(
            "photo_id",
            keeper_score=pl.when(pl.col("keeper") == 1).then(1.0).otherwise("model_score"),
            model_score="model_score",
            model_version="model_version",
            error=pl.when(pl.col("model_score").is_null()).then(pl.lit(_NO_VECTOR)),
        )
