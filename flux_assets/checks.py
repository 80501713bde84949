"""Asset checks made from the product list: structure is an error, coverage a warning.

A run over a range of days reports a check once and without a partition, so each names the days
that fail. Executed by hand, outside a run over days, a check looks at the whole archive.
"""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.matching.match_report import match_report
from flux_assets.partitions import days, stretches
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_assets.publishing.photos import read_photos
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_assets.vision.vector_index import VECTOR_INDEX, VectorIndex
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource, ClipResource

_LOW_COVERAGE = 0.9
_LOW_RECALL = 0.98
_LENGTH_TOLERANCE = 1e-3
_SHOWN = 20  # paths or groups in a check's metadata


def _rows_match_index(product: Product) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=product.name,
        blocking=True,
        description="Each day holds exactly the photographs of its index, each once.",
    )
    def rows_match_index(
        context: dg.AssetCheckExecutionContext, archive: ArchiveResource
    ) -> dg.AssetCheckResult:
        opened = archive.open()
        wrong = [
            day
            for day in _days(context, opened, product)
            if sorted(_photo_ids(opened, product, day)) != _photo_ids(opened, PHOTO_INDEX, day)
        ]
        return dg.AssetCheckResult(passed=not wrong, metadata={"days_that_differ": wrong})

    return rows_match_index


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "coverage",
            asset=product.name,
            description=f"At least {_LOW_COVERAGE:.0%} were computed without error.",
        )
        for product in ENRICHMENTS
    ],
    can_subset=True,
)
def computed_without_error(
    context: dg.AssetCheckExecutionContext, archive: ArchiveResource
) -> Iterator[dg.AssetCheckResult]:
    """One step for all products: a step costs more than what it counts."""
    opened = archive.open()
    asked = {key.asset_key.to_user_string() for key in context.selected_asset_check_keys}
    for product in ENRICHMENTS:
        if product.name in asked:
            yield _covered(opened, product, _days(context, opened, product))


def _covered(archive: DataRoot, product: Product, keys: Iterable[str]) -> dg.AssetCheckResult:
    photographs, errors = 0, dict[str, int]()
    for day in keys:
        rows = archive.tables.read_day(product.name, day, product.schema)
        photographs += rows.height
        if failed := rows["error"].count():
            errors[day] = failed
    share = 1 - sum(errors.values()) / photographs if photographs else 1.0
    return dg.AssetCheckResult(
        asset_key=product.name,
        check_name="coverage",
        passed=share >= _LOW_COVERAGE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"photographs": photographs, "share": share, "failed_by_day": errors},
    )


@dg.asset_check(
    asset=EMBEDDINGS.name,
    blocking=True,
    description="Each link row has a vector of unit length, and each vector a link row.",
)
def vectors_have_unit_length(
    context: dg.AssetCheckExecutionContext, archive: ArchiveResource, clip: ClipResource
) -> dg.AssetCheckResult:
    opened = archive.open()
    store = clip.vectors(opened)
    wrong = []
    known = set(days.get_partition_keys())
    for first, last in stretches(known.intersection(_days(context, opened, EMBEDDINGS))):
        keys = days.get_partition_keys_in_range(dg.PartitionKeyRange(first, last))
        vectors = store.rows(keys)
        length = pl.col("vector").list.eval(pl.element() ** 2).list.sum().sqrt()
        off = set(vectors.filter((length - 1).abs() > _LENGTH_TOLERANCE)["day"])
        stored = dict(vectors.group_by("day").agg("photo_id").select("day", "photo_id").iter_rows())
        for day in keys:
            links = opened.tables.read_day(EMBEDDINGS.name, day, EMBEDDINGS.schema)
            linked = links.filter(pl.col("embedding_id").is_not_null())["photo_id"].to_list()
            if day in off or sorted(stored.get(day, [])) != sorted(linked):
                wrong.append(day)
    return dg.AssetCheckResult(passed=not wrong, metadata={"days_that_differ": wrong})


@dg.asset_check(
    asset=PHOTO_INDEX.name,
    description="Each indexed photograph lies where the index says.",
)
def originals_are_there(
    context: dg.AssetCheckExecutionContext, archive: ArchiveResource
) -> dg.AssetCheckResult:
    opened = archive.open()
    missing = [
        (day, path)
        for day in _days(context, opened, PHOTO_INDEX)
        for path in opened.tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema)["path"]
        if not opened.paths.absolute(path).is_file()
    ]
    days_affected = sorted({day for day, _ in missing})
    return dg.AssetCheckResult(
        passed=not missing,
        description=_loss_message(len(missing), days_affected) if missing else None,
        metadata={"days": days_affected, "missing": [path for _, path in missing[:_SHOWN]]},
    )


def _loss_message(count: int, days_affected: list[str]) -> str:
    first, last = days_affected[0], days_affected[-1]
    return (
        f"{count} indexed photographs of {len(days_affected)} days ({first} to {last}) are not "
        "where the index says. The index was kept. If they were deleted on purpose: "
        f"flux materialize --days {first}..{last} --accept-loss"
    )


@dg.asset_check(
    asset=DUPLICATES, description="Each group has one medoid, a file to keep, and several files."
)
def groups_are_whole(archive: ArchiveResource) -> dg.AssetCheckResult:
    rows = archive.open().tables.read(DUPLICATES, Duplicates)
    groups = rows.group_by("group_id").agg(
        pl.len().alias("files"),
        pl.col("keep").any(),
        pl.col("photo_id").filter("medoid").n_unique(),
    )
    broken = groups.filter((pl.col("files") < 2) | ~pl.col("keep") | (pl.col("photo_id") != 1))
    return dg.AssetCheckResult(
        passed=broken.is_empty(),
        metadata={"groups": groups.height, "broken": broken["group_id"].head(_SHOWN).to_list()},
    )


@dg.asset_check(
    asset=KEEPER_VERIFICATION, description="Nearly all keepers have an original in the archive."
)
def keepers_have_originals(archive: ArchiveResource) -> dg.AssetCheckResult:
    opened = archive.open()
    report = match_report(opened.tables.read(KEEPER_VERIFICATION, KeeperVerification))
    warning = report.warning(opened.settings.keeper_matching.unmatched_warning)
    return dg.AssetCheckResult(
        passed=warning is None,
        severity=dg.AssetCheckSeverity.WARN,
        description=warning,
        metadata=report.numbers(),
    )


@dg.asset_check(
    asset=VECTOR_INDEX, description=f"At least {_LOW_RECALL:.0%} of true hits are found."
)
def recall_is_high(archive: ArchiveResource) -> dg.AssetCheckResult:
    rows = archive.open().tables.read(VECTOR_INDEX, VectorIndex)
    poor = rows.filter(pl.col("recall_at_12") < _LOW_RECALL)
    return dg.AssetCheckResult(
        passed=poor.is_empty(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"shares_of_the_archive": poor["share"].to_list()},
    )


@dg.asset_check(
    asset="photos", description="The published table holds each indexed photograph once."
)
def one_row_per_photograph(archive: ArchiveResource) -> dg.AssetCheckResult:
    opened = archive.open()
    index = opened.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).select("photo_id").collect()
    published = read_photos(opened.paths, "SELECT photo_id FROM photos")
    return dg.AssetCheckResult(
        passed=sorted(index["photo_id"]) == sorted(published["photo_id"]),
        metadata={"indexed": index.height, "published": published.height},
    )


def _days(
    context: dg.AssetCheckExecutionContext, archive: DataRoot, product: Product
) -> Sequence[str]:
    if context.has_partition_key or context.has_partition_key_range:
        keys: Sequence[str] = context.partition_keys
        return keys
    return archive.tables.days(product.name)


def _photo_ids(archive: DataRoot, product: Product, day: str) -> list[str]:
    return archive.tables.read_day(product.name, day, product.schema)["photo_id"].to_list()


CHECKS: list[dg.AssetChecksDefinition] = [
    *map(_rows_match_index, ENRICHMENTS),
    computed_without_error,
    vectors_have_unit_length,
    originals_are_there,
    groups_are_whole,
    keepers_have_originals,
    recall_is_high,
    one_row_per_photograph,
]
