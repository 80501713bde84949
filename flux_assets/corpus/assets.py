"""Phase 2: what came in, and what the archive holds."""

from collections import Counter

import dagster as dg

from flux_assets.corpus.changes import changed_days
from flux_assets.corpus.inbox import settled_files
from flux_assets.corpus.intake_log import IntakeLog
from flux_assets.corpus.loss_guard import LossSuspected, require_originals
from flux_assets.corpus.photo_index import PhotoIndex, refresh_index
from flux_assets.corpus.scan import Scanner
from flux_assets.corpus.take_in import open_ledger, take_in
from flux_assets.dagster_support import columns_of, day_asset, record_day, whole_asset
from flux_assets.unfinished import unfinished_days
from flux_resources.files import legible
from flux_resources.resources import ArchiveResource

GROUP = "phase_2_corpus"


class LossConfig(dg.Config):
    """Set `accept_loss` when photographs were deleted on purpose."""

    accept_loss: bool = False


@whole_asset(
    group_name=GROUP,
    kinds={"python", "sqlite", "parquet"},
    metadata=columns_of(IntakeLog),
    code_version="1",
)
def intake_log(
    context: dg.AssetExecutionContext, archive: ArchiveResource
) -> dg.MaterializeResult[None]:
    """Takes photographs from the inbox into ORIGINALS, and says what became of every file."""
    opened = archive.open()
    files = settled_files(opened.paths, opened.settings.intake.settle_seconds)
    outcomes = take_in(opened, files)
    for outcome in outcomes:
        if outcome.warning or outcome.action in ("rejected", "failed"):
            context.log.warning(f"{legible(outcome.source)}: {outcome.warning or outcome.reason}")
    failed = [outcome for outcome in outcomes if outcome.action == "failed"]
    if failed:
        raise dg.Failure(
            f"{len(failed)} files could not be filed and stay in the inbox; the first: "
            f"{legible(failed[0].source)}: {failed[0].reason}"
        )
    counts = Counter(outcome.action for outcome in outcomes)
    return dg.MaterializeResult(
        metadata={
            **{action: counts[action] for action in ("filed", "duplicate", "rejected")},
            "days": sorted({outcome.day for outcome in outcomes if outcome.day}),
        }
    )


@whole_asset(group_name=GROUP, kinds={"python", "sqlite"}, deps=[intake_log], code_version="1")
def archive_scan(
    context: dg.AssetExecutionContext, archive: ArchiveResource, config: LossConfig
) -> dg.MaterializeResult[None]:
    """Compares every known file with the disk, and finds days that were left unfinished."""
    opened = archive.open()
    with open_ledger(opened) as ledger:
        report = Scanner(opened, ledger).scan_everything(accept_loss=config.accept_loss)
        unfinished = {*unfinished_days(opened.tables), *changed_days(ledger, opened.paths)}
        ledger.mark_changed(unfinished)
        per_day = ledger.photographs_per_day()
    for path, reason in report.unreadable:
        context.log.warning(f"{path}: {reason}")
    if report.losses:
        raise dg.Failure("\n".join(report.losses))
    return dg.MaterializeResult(
        metadata={
            "files": report.files,
            "new": report.new,
            "gone": report.gone,
            "unreadable": len(report.unreadable),
            "unfinished_days": len(unfinished),
            "photographs_outside_the_day_range": sum(
                n for day, n in per_day.items() if not opened.settings.archive.spans(day)
            ),
        }
    )


@day_asset(
    group_name=GROUP,
    kinds={"python", "parquet"},
    deps=[intake_log, archive_scan],
    metadata=columns_of(PhotoIndex),
    code_version="1",
)
def photo_index(
    context: dg.AssetExecutionContext, archive: ArchiveResource, config: LossConfig
) -> None:
    """The photographs of a day: one row per distinct content in ORIGINALS and read-only roots."""
    opened = archive.open()
    with open_ledger(opened) as ledger:
        require_originals(opened, ledger, accept_loss=config.accept_loss)
        for day in context.partition_keys:
            try:
                report = refresh_index(opened, ledger, day, accept_loss=config.accept_loss)
                record_day(context, report)
            except LossSuspected as loss:  # its neighbours go on; a check reports the day
                context.log.error(str(loss))
                context.add_asset_metadata({"loss_suspected": str(loss)}, partition_key=day)
