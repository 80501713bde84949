"""What runs by itself: jobs, sensors, the nightly schedule. No data is read here."""

import hashlib
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import AssetSelection

from flux_assets.corpus.changes import changed_days, with_neighbours
from flux_assets.corpus.inbox import changed_at, settled_files
from flux_assets.corpus.take_in import open_ledger
from flux_assets.instance import is_active
from flux_assets.keepers.matching.keeper_index import keeper_tree_state
from flux_assets.partitions import days, range_tags, stretches
from flux_assets.products import PRODUCTS
from flux_assets.publishing.issues.automation import generate_issue_metadata, issues_sensor
from flux_assets.unfinished import waiting_days
from flux_resources.resources import ArchiveResource

_RETRY_AFTER = timedelta(minutes=10)
_DAY_ASSETS = AssetSelection.assets(*(product.name for product in PRODUCTS))

intake_job = dg.define_asset_job(
    "intake",
    AssetSelection.assets("intake_log"),
    description="Take photographs from the inbox into the archive.",
)
enrich_job = dg.define_asset_job(
    "enrich",
    _DAY_ASSETS
    | AssetSelection.assets(
        *("keeper_matches", "duplicates", "keeper_verification", "photos", "coverage")
    ),
    description="Bring a range of days up to date, from the index to the published table.",
)
nightly_job = dg.define_asset_job(
    "nightly",
    AssetSelection.assets("archive_scan", "vector_index"),
    description="Compare the archive with the disk, and tend the index over the vectors.",
)
catch_up_job = dg.define_asset_job(
    "catch_up",
    AssetSelection.assets(
        *(product.name for product in PRODUCTS if product.waits), "photos", "coverage"
    ),
    description="Ask again for what was not to be had: the weather of yesterday, or while offline.",
)

keepers_job = dg.define_asset_job(
    "keepers",
    AssetSelection.assets("keeper_index", "keeper_matches", "keeper_verification"),
    description="Find the originals of keepers; `changed_days_sensor` labels what changed.",
)
taste_job = dg.define_asset_job(
    "taste",
    AssetSelection.assets("training_set", "keeper_model", "keeper_scores", "photos", "coverage"),
    description="Learn from the labels, if enough of them changed, and score every photograph.",
)

backup_job = dg.define_asset_job(
    "backup",
    AssetSelection.assets("flux_db", "issue_drafts", "coverage", "backups"),
    description="Bring exports, drafts and coverage up to date, and back up all but photographs.",
)

JOBS = [
    *(intake_job, enrich_job, nightly_job, catch_up_job, keepers_job, taste_job),
    *(generate_issue_metadata, backup_job),
]


@dg.sensor(
    job=intake_job,
    minimum_interval_seconds=15,
    description="Starts intake when files in the inbox have stopped growing.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, archive: ArchiveResource
) -> dg.SensorResult | dg.SkipReason:
    if is_active(context.instance, intake_job.name):
        return dg.SkipReason("Intake is running.")
    opened = archive.open()
    files = settled_files(opened.paths, opened.settings.intake.settle_seconds)
    times = ((file, changed_at(file)) for file in files)
    listing = [f"{file} {time}" for file, time in times if time < math.inf]
    if not listing:
        return dg.SkipReason(f"Nothing new in {opened.paths.inbox}.")
    digest = hashlib.sha256(os.fsencode("\n".join(listing))).hexdigest()[:16]
    seen, _, asked = (context.cursor or "").partition("@")
    now = datetime.now(UTC)
    if seen == digest and now - datetime.fromisoformat(asked) < _RETRY_AFTER:
        return dg.SkipReason(f"Intake of these {len(listing)} files was requested at {asked}.")
    cursor = f"{digest}@{now.isoformat(timespec='seconds')}"
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=cursor)], cursor=cursor)


@dg.sensor(
    job=enrich_job,
    minimum_interval_seconds=15,
    description="Enriches days whose folder changed, by intake or by hand.",
)
def changed_days_sensor(
    context: dg.SensorEvaluationContext, archive: ArchiveResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    if any(is_active(context.instance, job.name) for job in JOBS):
        yield dg.SkipReason("Intake, a scan or an earlier enrichment is running.")
        return
    opened = archive.open()
    with open_ledger(opened) as ledger:
        changes = changed_days(ledger, opened.paths)
        known = set(days.get_partition_keys())
        stale = {day: state for day, state in changes.items() if day in known}
        if not stale:
            yield dg.SkipReason(
                f"No day changed; {len(changes)} changed days lie outside the day range."
            )
            return
        inhabited = ledger.photographs_per_day()
    for first, last in stretches(known.intersection(with_neighbours(stale, inhabited))):
        # A stretch may hold neighbours alone: the key tells of every change that reaches it.
        reaching = with_neighbours((first, last), stale)
        states = sorted(
            f"{day}:{stale[day]}" for day in stale if reaching[0] <= day <= reaching[-1]
        )
        key = hashlib.sha256("|".join(states).encode()).hexdigest()[:16]
        yield dg.RunRequest(run_key=f"{first}..{last}:{key}", tags=range_tags(first, last))


@dg.sensor(
    job=keepers_job,
    minimum_interval_seconds=60,
    description="Matches keepers when the KEEPERS tree changed.",
)
def keepers_sensor(
    context: dg.SensorEvaluationContext, archive: ArchiveResource
) -> dg.SensorResult | dg.SkipReason:
    if is_active(context.instance, keepers_job.name):
        return dg.SkipReason("Keepers are being matched.")
    opened = archive.open()
    state = keeper_tree_state(opened)
    if state == context.cursor:
        return dg.SkipReason(f"Nothing changed in {opened.paths.keepers}.")
    # A tree may come back to an earlier state, and Dagster runs a key once.
    key = f"{state}@{datetime.now(UTC).isoformat(timespec='seconds')}"
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=key)], cursor=state)


nightly_schedule = dg.ScheduleDefinition(
    name="nightly_schedule",
    job=nightly_job,
    cron_schedule="0 3 * * *",
    description="Finds what changed in place or in read-only roots, and what was left unfinished.",
)


@dg.schedule(
    job=catch_up_job,
    cron_schedule="30 */6 * * *",
    description="Fills rows that wait: weather that was not to be had, places of neighbours.",
)
def catch_up_schedule(
    context: dg.ScheduleEvaluationContext, archive: ArchiveResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    waiting = waiting_days(archive.open().tables)
    if not waiting:
        yield dg.SkipReason("No row waits.")
    for first, last in stretches(set(days.get_partition_keys()).intersection(waiting)):
        yield dg.RunRequest(tags=range_tags(first, last))


@dg.schedule(
    job=taste_job,
    cron_schedule="0 4 * * 0",
    description="Trains the keeper model if enough labels changed, and scores every photograph.",
)
def weekly_schedule(
    context: dg.ScheduleEvaluationContext, archive: ArchiveResource
) -> dg.RunRequest | dg.SkipReason:
    indexed = set(archive.open().tables.days("photo_index"))
    inside = sorted(indexed.intersection(days.get_partition_keys()))
    if not inside:
        return dg.SkipReason("There are no photographs yet.")
    return dg.RunRequest(tags=range_tags(inside[0], inside[-1]))


backup_schedule = dg.ScheduleDefinition(
    name="backup_schedule",
    job=backup_job,
    cron_schedule="0 5 * * *",
    description="A backup each night; older ones are thinned out to weeks and months.",
)

SENSORS = [inbox_sensor, changed_days_sensor, keepers_sensor, issues_sensor]
SCHEDULES = [nightly_schedule, catch_up_schedule, weekly_schedule, backup_schedule]
