"""Phase 5: what the pictures look like."""

from functools import cache, partial

import dagster as dg
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import LANCEDB_POOL, columns_of, day_asset, record_day
from flux_assets.imaging.assets import proxies
from flux_assets.imaging.proxies import PROXIES
from flux_assets.refresh import refresh_day
from flux_assets.vision.embeddings import (
    EMBEDDINGS,
    EMBEDDINGS_VERSION,
    EmbeddingRange,
    Embeddings,
)
from flux_assets.vision.tags import (
    TAGS,
    TAGS_VERSION,
    TagBook,
    Tags,
    load_vocabulary,
    open_tag_book,
    tag_photographs,
    vocabulary_version,
)
from flux_resources.resources import ArchiveResource, ClipResource

GROUP = "phase_5_vision"


@day_asset(
    group_name=GROUP,
    kinds={"pytorch", "lancedb", "parquet"},
    deps=[proxies],
    metadata=columns_of(Embeddings),
    code_version=EMBEDDINGS_VERSION,
    pool=LANCEDB_POOL,
)
def embeddings(
    context: dg.AssetExecutionContext, archive: ArchiveResource, clip: ClipResource
) -> None:
    """A vector of each photograph in LanceDB, by the image-text model named in the settings."""
    opened = archive.open()
    vision, tables = opened.settings.vision, opened.tables

    def inputs(day: str) -> pl.DataFrame:
        copies = tables.read_day(PROXIES.name, day, PROXIES.schema)
        index = tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema)
        return copies.join(index.select("photo_id", "sha256"), on="photo_id", how="inner")

    work = EmbeddingRange(
        tables,
        clip.vectors(opened),
        opened.paths,
        model=clip.table(vision),
        embedder=partial(clip.embedder, vision),
        version=clip.version(vision),
    )
    for report in work.refresh(context.partition_keys, inputs):
        record_day(context, report)


@day_asset(
    group_name=GROUP,
    kinds={"pytorch", "parquet"},
    deps=[embeddings],
    metadata=columns_of(Tags),
    code_version=TAGS_VERSION,
)
def tags(context: dg.AssetExecutionContext, archive: ArchiveResource, clip: ClipResource) -> None:
    """Words of the vocabulary that fit each photograph, with their scores."""
    opened = archive.open()
    vision, vectors = opened.settings.vision, clip.vectors(opened)
    vocabulary = load_vocabulary(vision.vocabulary)

    @cache
    def book() -> TagBook:
        return open_tag_book(vocabulary, clip.embedder(vision))

    def compute(todo: pl.DataFrame, *, day: str) -> pl.DataFrame:
        return tag_photographs(todo, vectors=vectors.rows([day]), book=book())

    for day in context.partition_keys:
        report = refresh_day(
            opened.tables,
            TAGS,
            day,
            inputs=opened.tables.read_day(EMBEDDINGS.name, day, Embeddings),
            version=vocabulary_version(vocabulary, clip.table(vision)),
            compute=partial(compute, day=day),
        )
        record_day(context, report)
