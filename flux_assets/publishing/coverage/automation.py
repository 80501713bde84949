"""The sensor that fills gaps: days on which a product was never materialized. Off by default."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg

from flux_assets.automation import JOBS, enrich_job
from flux_assets.instance import is_active
from flux_assets.partitions import days, range_tags, stretches
from flux_assets.publishing.coverage.budget import Requests, Stretch
from flux_assets.publishing.coverage.measure import photographs_by_range
from flux_assets.publishing.coverage.states import pending_days
from flux_resources.resources import ArchiveResource


@dg.sensor(
    job=enrich_job,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Requests runs for days that lack a product, so many in an hour; off by default.",
)
def coverage_sensor(
    context: dg.SensorEvaluationContext, archive: ArchiveResource
) -> dg.SensorResult | dg.SkipReason:
    if any(is_active(context.instance, job.name) for job in JOBS):
        return dg.SkipReason("A run is active.")
    opened, now = archive.open(), datetime.now(UTC)
    requests = Requests.from_cursor(context.cursor, now)
    allowed = requests.allowed(now, opened.settings.coverage.runs_per_hour)
    if not allowed:
        return dg.SkipReason("The runs of this hour are used up (coverage.runs_per_hour).")
    inside, _ = photographs_by_range(opened)
    known = set(days.get_partition_keys())
    open_days = requests.not_asked(known & pending_days(opened.tables, inside))
    if not open_days:
        return dg.SkipReason("Nothing is pending that was not requested in the last day.")
    chosen = stretches(open_days)[:allowed]
    return dg.SensorResult(
        run_requests=list(_run_requests(chosen, now)),
        cursor=requests.and_now(chosen, now).cursor(),
    )


def _run_requests(chosen: Sequence[Stretch], now: datetime) -> Iterator[dg.RunRequest]:
    for first, last in chosen:
        key = f"coverage:{first}..{last}@{now.isoformat(timespec='seconds')}"
        yield dg.RunRequest(run_key=key, tags=range_tags(first, last))
