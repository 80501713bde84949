"""Phase 3: which files the photographer kept, and which originals they come from."""

import dagster as dg

from flux_assets.corpus.assets import LossConfig, photo_index
from flux_assets.corpus.loss_guard import LossSuspected
from flux_assets.dagster_support import columns_of, whole_asset
from flux_assets.keepers.matching.keeper_index import (
    KEEPER_INDEX,
    KEEPER_INDEX_VERSION,
    KeeperIndex,
    update_keeper_index,
)
from flux_assets.keepers.matching.keeper_matches import (
    KEEPER_MATCHES,
    KEEPER_MATCHES_VERSION,
    KeeperMatches,
    match_keepers,
)
from flux_assets.keepers.matching.match_inputs import match_corpus
from flux_assets.keepers.matching.match_report import match_report
from flux_resources.resources import ArchiveResource

GROUP = "phase_3_keepers"


@whole_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    metadata=columns_of(KeeperIndex),
    code_version=KEEPER_INDEX_VERSION,
)
def keeper_index(archive: ArchiveResource, config: LossConfig) -> dg.MaterializeResult[None]:
    """The files of the KEEPERS tree and what each says of itself; only changed ones are read."""
    try:
        report = update_keeper_index(archive.open(), accept_loss=config.accept_loss)
    except LossSuspected as loss:
        raise dg.Failure(str(loss)) from loss
    return dg.MaterializeResult(
        metadata={
            "files": report.files,
            "read": report.read,
            "failed": report.failed,
            "removed": len(report.removed),
            "seconds": round(report.seconds, 3),
        }
    )


@whole_asset(
    group_name=GROUP,
    kinds={"polars", "parquet"},
    deps=[keeper_index, photo_index],
    metadata=columns_of(KeeperMatches),
    code_version=KEEPER_MATCHES_VERSION,
)
def keeper_matches(archive: ArchiveResource) -> dg.MaterializeResult[None]:
    """The original of each keeper by capture time, file name and content, or why none is sure."""
    opened = archive.open()
    rows = match_keepers(
        opened.tables.read(KEEPER_INDEX, KeeperIndex),
        match_corpus(opened.tables),
        settings=opened.settings.keeper_matching,
    )
    opened.tables.write(KEEPER_MATCHES, rows, KeeperMatches)
    return dg.MaterializeResult(metadata=match_report(rows).numbers())
