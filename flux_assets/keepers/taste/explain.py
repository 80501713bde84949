"""Why a photograph has its score: the keepers it is like, and what the model made of it."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.hidden_gems import photographs
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.model_inputs import of_keeper_scores, with_vectors
from flux_assets.keepers.taste.versions import open_models
from flux_assets.photo_table import Product
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.vectors import Vectors, VectorStore, active_vectors


class NoSuchPhotograph(FluxError):
    """The archive has no photograph of that name."""


@dataclass(frozen=True)
class Explanation:
    """What is known of one photograph's score.

    Attributes:
        keeper: 1, 0, or None while nobody has said; `labelled_by` is the source of that.
        keeper_score, model_score, model_version: as in `keeper_scores`.
        remark: why there is no score, or why it is not today's.
        groups: what each group of features added to the log-odds of the model's opinion, the
            largest first; empty where the version that scored is not there.
        nearest: the most similar keepers: `photo_id, score` (cosine) and the columns of
            `hidden_gems.photographs`.
    """

    photo_id: str
    keeper: int | None
    labelled_by: str | None
    keeper_score: float | None
    model_score: float | None
    model_version: str | None
    remark: str | None
    nearest: pl.DataFrame
    groups: dict[str, float] = field(default_factory=dict)


def explain(archive: DataRoot, photo_id: str, *, limit: int = 8) -> Explanation:
    """Explain the stored score of a photograph, by the version that made it.

    Raises:
        NoSuchPhotograph: the archive has none of that name.
        flux_assets.keepers.taste.hidden_gems.NotScored: nothing is published.
    """
    index = archive.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    found = index.filter(pl.col("photo_id") == photo_id).select("day", "pair_id").collect()
    if found.is_empty():
        raise NoSuchPhotograph(f"no photograph of the archive is called {photo_id}")
    day, pair = found.row(0)
    score = _row(archive, KEEPER_SCORES, day, photo_id)
    label = _row(archive, KEEPER_LABELS, day, photo_id)
    store = active_vectors(archive)
    vector = store.vector_of(photo_id)
    nearest = pl.DataFrame(schema={"photo_id": pl.String, "score": pl.Float64})
    if vector is not None:
        nearest = _nearest(vector, _keepers(archive, photo_id, pair), store, limit)
    facts = photographs(archive, nearest["photo_id"].to_list())
    return Explanation(
        photo_id=photo_id,
        keeper=label.get("keeper"),
        labelled_by=label.get("source"),
        keeper_score=score.get("keeper_score"),
        model_score=score.get("model_score"),
        model_version=score.get("model_version"),
        remark=_remark(archive, score),
        nearest=nearest.join(facts, on="photo_id", how="inner", maintain_order="left"),
        groups=_groups(archive, store, day, photo_id, score.get("model_version")),
    )


def _row(archive: DataRoot, product: Product, day: str, photo_id: str) -> dict[str, Any]:
    rows = archive.tables.read_day(product.name, day, product.schema)
    return next(rows.filter(pl.col("photo_id") == photo_id).iter_rows(named=True), {})


def _remark(archive: DataRoot, score: dict[str, Any]) -> str | None:
    if not score:
        return "not scored yet; run: flux materialize --select keeper_scores"
    if score["error"]:
        return str(score["error"])
    if score["model_version"] is None:
        return KEEPER_SCORES.gap
    current = open_models(archive).current()
    if current and current.name != score["model_version"]:
        return f"{current.name} is in use now; run: flux materialize --select keeper_scores"
    return None


def _keepers(archive: DataRoot, photo_id: str, pair: str | None) -> set[str]:
    """All keepers but the photograph itself and what shares its shutter press."""
    labels = archive.tables.scan(KEEPER_LABELS.name, KEEPER_LABELS.schema)
    index = archive.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    same = pl.coalesce("pair_id", "photo_id") == (pair or photo_id)
    press = index.filter(same).select("photo_id").collect()["photo_id"]
    keepers = labels.filter(pl.col("keeper") == 1).select("photo_id").collect()["photo_id"]
    return set(keepers) - set(press)


def _nearest(vector: Vectors, keepers: Set[str], store: VectorStore, limit: int) -> pl.DataFrame:
    """The `limit` nearest keepers; vectors are asked for in growing numbers until enough are."""
    total = store.count()
    asked = limit * total // max(1, len(keepers)) + limit
    names = pl.Series(sorted(keepers), dtype=pl.String)
    while True:
        near = store.nearest(vector, min(asked, total))
        near = near.filter(pl.col("photo_id").is_in(names.implode()))
        if near.height >= min(limit, len(keepers)) or asked >= total:
            return near.head(limit)
        asked *= 4


def _groups(
    archive: DataRoot, store: VectorStore, day: str, photo_id: str, version: str | None
) -> dict[str, float]:
    """What each group of features added, by the version that scored."""
    models = open_models(archive)
    made = next((v for v in models.versions() if v.name == version), None)
    if made is None or made.vectors != store.table_name:
        return {}
    known, vectors = with_vectors(of_keeper_scores(archive.tables, day), store)
    here = (known["photo_id"] == photo_id).to_numpy()
    if not here.any():
        return {}
    parts = KeeperModel.load(models.model_files(made)).contributions(known, vectors)
    added = {group: float(values[np.argmax(here)]) for group, values in parts.items()}
    return dict(sorted(added.items(), key=lambda item: -item[1]))
