"""Phase 5: what the pictures look like."""

from functools import cache, partial

import dagster as dg
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.dagster_support import (
    LANCEDB_POOL,
    columns_of,
    day_asset,
    record_day,
    whole_asset,
)
from flux_assets.imaging.assets import perceptual_hashes, proxies, quality
from flux_assets.imaging.proxies import PROXIES
from flux_assets.keepers.matching.assets import keeper_matches
from flux_assets.metadata.assets import capture_times, exif, places
from flux_assets.refresh import refresh_day
from flux_assets.search.answers.background import (
    background_queries,
    background_version,
    measure_background,
    read_background,
    write_background,
)
from flux_assets.vision.bursts import (
    BURSTS,
    BURSTS_VERSION,
    Bursts,
    as_one_day,
    bursts_version,
    find_bursts,
)
from flux_assets.vision.duplicate_pairs import DuplicatePairs, search_pairs
from flux_assets.vision.duplicates import (
    DUPLICATE_PAIRS,
    DUPLICATES,
    DUPLICATES_VERSION,
    Duplicates,
    find_duplicates,
    taking_part,
)
from flux_assets.vision.embeddings import (
    EMBEDDINGS,
    EMBEDDINGS_VERSION,
    EmbeddingRange,
    Embeddings,
)
from flux_assets.vision.inputs import (
    copies_of,
    embedded_in_order,
    matched_originals,
    of_bursts,
    of_duplicates,
    vectors_by_month,
    vectors_of,
)
from flux_assets.vision.keeper_inputs import of_verification
from flux_assets.vision.keeper_looks import copy_path
from flux_assets.vision.keeper_review import list_undecided, review_sheet, verification_report
from flux_assets.vision.keeper_sight import look_at_keepers, verify_archive
from flux_assets.vision.keeper_verification import (
    KEEPER_VERIFICATION_VERSION,
    KeeperVerification,
)
from flux_assets.vision.montages import as_markdown, burst_sheet, duplicates_sheet, save_sheet
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
from flux_assets.vision.vector_index import (
    VECTOR_INDEX,
    VECTOR_INDEX_VERSION,
    VectorIndex,
    refresh_index,
)
from flux_assets.vision.vector_index_plot import plot_index
from flux_resources.resources import ArchiveResource, ClipResource

GROUP = "phase_5_vision"
_SHOWN_KEEPERS = 6


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


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[keeper_matches, exif, capture_times, places, perceptual_hashes, quality, embeddings],
    metadata=columns_of(Bursts),
    code_version=BURSTS_VERSION,
)
def bursts(context: dg.AssetExecutionContext, archive: ArchiveResource, clip: ClipResource) -> None:
    """Frames of one moment with the best of them, and exposure brackets."""
    opened = archive.open()
    tables, settings, vectors = opened.tables, opened.settings.bursts, clip.vectors(opened)
    said, matched = opened.decisions.table("keep"), matched_originals(tables)

    def compute(todo: pl.DataFrame, *, day: str, read: pl.DataFrame) -> pl.DataFrame:
        looks = vectors.rows([day]).select("photo_id", "vector")
        found = find_bursts(read.join(looks, on="photo_id", how="left"), settings=settings)
        return found.join(todo, on="photo_id", how="semi")

    for day in context.partition_keys:
        read = as_one_day(of_bursts(tables, day, said, matched))
        report = refresh_day(
            tables,
            BURSTS,
            day,
            inputs=read,
            version=bursts_version(settings),
            compute=partial(compute, day=day, read=read),
        )
        rows, sheet = tables.read_day(BURSTS.name, day, Bursts), opened.paths.burst_sheet(day)
        if report.computed or report.removed:
            save_sheet(burst_sheet(rows, opened.paths.thumb), sheet)
        shown = {"largest_burst": sheet} if sheet.exists() else {}
        record_day(context, report, bursts=rows["burst_id"].drop_nulls().n_unique(), **shown)


@whole_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[bursts],
    metadata=columns_of(Duplicates),
    code_version=DUPLICATES_VERSION,
)
def duplicates(archive: ArchiveResource, clip: ClipResource) -> dg.MaterializeResult[None]:
    """Groups of files that hold the same content or the same picture, and which one to keep."""
    opened = archive.open()
    photographs = of_duplicates(opened.tables)
    search = search_pairs(
        taking_part(photographs),
        opened.tables.read(DUPLICATE_PAIRS, DuplicatePairs),
        settings=opened.settings.duplicates,
        vectors=vectors_of(photographs, clip.vectors(opened)),
        workers=opened.settings.imaging.workers,
    )
    if search.searched or search.removed:
        opened.tables.write(DUPLICATE_PAIRS, search.rows, DuplicatePairs)
    rows = find_duplicates(
        photographs,
        search.rows,
        copies_of(opened),
        told_apart=opened.decisions.standing("not_duplicates"),
        to_keep=opened.decisions.standing("keep"),
    )
    opened.tables.write(DUPLICATES, rows, Duplicates)
    sheet = duplicates_sheet(rows, opened.paths.thumb)
    groups = rows.unique("group_id")["relation"]
    return dg.MaterializeResult(
        metadata={
            "identical_groups": int((groups == "identical").sum()),
            "near_groups": int((groups == "near").sum()),
            "searched": search.searched,
            "complete_to_bits": search.complete_to,
            "largest_groups": dg.MetadataValue.md(as_markdown(sheet) if sheet else "none"),
        }
    )


@whole_asset(
    group_name=GROUP,
    kinds={"pytorch", "parquet"},
    deps=[keeper_matches, proxies, perceptual_hashes, embeddings],
    metadata=columns_of(KeeperVerification),
    code_version=KEEPER_VERIFICATION_VERSION,
)
def keeper_verification(archive: ArchiveResource, clip: ClipResource) -> dg.MaterializeResult[None]:
    """The originals of keepers by look where time, name and content left it open, all checked."""
    opened = archive.open()
    vision = opened.settings.vision
    photographs = of_verification(opened.tables)
    looks = look_at_keepers(
        opened,
        photographs,
        model=clip.table(vision),
        version=clip.version(vision),
        embedder=partial(clip.embedder, vision),
    )
    rows = verify_archive(opened, photographs, looks.rows, clip.vectors(opened))
    undecided = list_undecided(rows, opened.decisions.standing("keeper_of"))
    sheet = review_sheet(
        undecided.head(_SHOWN_KEEPERS), partial(copy_path, opened.paths), opened.paths.thumb
    )
    report = verification_report(rows)
    return dg.MaterializeResult(
        metadata={
            **report.matches.numbers(),
            "refused": report.refused,
            "decided": report.decided,
            "without_original": report.without_original,
            "looked_at": looks.computed,
            "undecided": dg.MetadataValue.md(as_markdown(sheet) if sheet else "none"),
        }
    )


@whole_asset(
    group_name=GROUP,
    kinds={"lancedb"},
    deps=[embeddings, tags],
    metadata=columns_of(VectorIndex),
    code_version=VECTOR_INDEX_VERSION,
    pool=LANCEDB_POOL,
)
def vector_index(archive: ArchiveResource, clip: ClipResource) -> dg.MaterializeResult[None]:
    """The index over the vectors, measured against exact search, and what unrelated words find."""
    opened = archive.open()
    vision, store = opened.settings.vision, clip.vectors(opened)
    vocabulary = load_vocabulary(vision.vocabulary)
    file, version = opened.paths.background(store.table_name), background_version(store.table_name)
    known = opened.tables.read(VECTOR_INDEX, VectorIndex)
    report = refresh_index(
        store,
        opened.settings.search,
        texts=lambda: open_tag_book(vocabulary, clip.embedder(vision)).vectors,
        words=vocabulary.model_dump_json(),
        photo_ids=embedded_in_order(opened.tables),
        before=known if read_background(file, version) else known.clear(),
    )
    if report.rows.is_empty():
        opened.tables.write(VECTOR_INDEX, report.rows, VectorIndex)
        return dg.MaterializeResult(metadata={"vectors": 0})
    if report.is_new:
        background = measure_background(
            vectors_by_month(opened.tables, store),
            clip.embedder(vision).encode_texts(list(background_queries())),
            sample=opened.settings.search.background_sample,
        )
        write_background(background, file, version)
        # Last: what is killed before this measures again.
        opened.tables.write(VECTOR_INDEX, report.rows, VectorIndex)
    worst, slowest = report.rows.select(pl.min("recall_at_12"), pl.max("p95_ms")).row(0)
    plot = plot_index(report.tried, report.rows, wanted=opened.settings.search.recall)
    return dg.MaterializeResult(
        metadata={
            "work": report.work,
            "vectors": store.count(),
            "recall_at_12": worst,
            "p95_ms": slowest,
            "plot": dg.MetadataValue.md(plot),
        }
    )
