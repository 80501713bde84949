"""Products of the whole archive: built or not, and older than what they are made from or not."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.retraining import retraining
from flux_assets.keepers.taste.training_set import TRAINING_SET, TrainingSet
from flux_assets.keepers.taste.versions import open_models
from flux_assets.publishing.coverage.states import NEVER, Gap, gap_types
from flux_assets.publishing.coverage.upstream import OF_ARCHIVE, UPSTREAM
from flux_resources.clip.names import table_name
from flux_resources.data_root import DataRoot

_MODEL = "keeper_model"


def written_at(archive: DataRoot, product: str) -> datetime | None:
    """When a product's newest file was written, UTC; None where it has none."""
    files = {"photos": archive.paths.duckdb, "flux_db": archive.paths.flux_db}
    if product in files:
        return _changed_at(files[product])
    if product == _MODEL:
        models = open_models(archive)
        versions = models.versions()
        return _changed_at(models.files(versions[-1])) if versions else None
    return archive.tables.written_at(product)


def _changed_at(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def archive_gaps(
    archive: DataRoot, written: dict[str, datetime | None], photographs: int
) -> pl.DataFrame:
    """`GAP_FACTS` of the products that are not built or out of date.

    `written` says when each product was written. A gap concerns all `photographs`.
    """
    found: list[Gap] = []
    for product in OF_ARCHIVE:
        gap = _model_gap(archive) if product == _MODEL else _gap(product, written)
        if gap is not None:
            found.append((product, *gap, photographs, [], []))
    return pl.DataFrame(found, schema=gap_types(), orient="row")


def _gap(product: str, written: dict[str, datetime | None]) -> tuple[str, str] | None:
    """Kind and reason of a product's gap, by the times of files."""
    own = written[product]
    inputs = {name: written[name] for name in UPSTREAM[product]}
    if own is None:
        has_days = inputs.get(PHOTO_INDEX.name, True)  # without a day `keeper_matches` never runs
        inputs_there = has_days and any(inputs.values())
        return ("pending", NEVER) if inputs_there else ("expected", "nothing to make it of")
    newer = [name for name, at in inputs.items() if at is not None and at > own]
    return ("stale", f"older than {', '.join(newer)}") if newer else None


def _model_gap(archive: DataRoot) -> tuple[str, str] | None:
    """The keeper model is trained again only when the labels changed enough."""
    models = open_models(archive)
    asked = retraining(
        archive.tables.read(TRAINING_SET, TrainingSet),
        models,
        settings=archive.settings.keeper_model,
        table=table_name(archive.settings.vision.model),
    )
    if asked.due:
        return ("stale" if models.versions() else "pending"), asked.reason
    return None if models.versions() else ("expected", asked.reason)
