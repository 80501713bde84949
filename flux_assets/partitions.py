"""How the archive is cut: days and issues, and how backfills run. Nothing else belongs here."""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from flux_resources.settings import data_root, load_settings
from flux_resources.settings_sections import ArchiveSettings

MAX_PARTITIONS_PER_RUN = 60
_BRIDGED = timedelta(days=7)
BACKFILL = dg.BackfillPolicy.multi_run(max_partitions_per_run=MAX_PARTITIONS_PER_RUN)


def day_partitions(settings: ArchiveSettings) -> dg.DailyPartitionsDefinition:
    """One partition per archive day, from `start` up to and with the last day."""
    start = settings.start.isoformat()
    if settings.end is None:
        return dg.DailyPartitionsDefinition(start_date=start, end_offset=2)
    after = (settings.end + timedelta(days=1)).isoformat()
    return dg.DailyPartitionsDefinition(start_date=start, end_date=after)


days = day_partitions(load_settings(data_root()).archive)
# Issues are added as their assignment files appear; any number of them is one run.
issues = dg.DynamicPartitionsDefinition(name="issue_id")
ISSUE_BACKFILL = dg.BackfillPolicy.single_run()


def range_tags(first: str, last: str) -> dict[str, str]:
    """Run tags that make one run cover all partitions from `first` to `last`."""
    return {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": last,
    }


def stretches(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Days in as few runs as may be: `(first, last)`, none longer than a run may be.

    A week without photographs is passed through, since empty days cost little and runs cost more.

    >>> stretches(["2022-01-04", "2022-01-01", "2022-02-05"])
    [('2022-01-01', '2022-01-04'), ('2022-02-05', '2022-02-05')]
    """
    found: list[list[date]] = []
    for day in sorted(map(date.fromisoformat, set(keys))):
        current = found[-1] if found else None
        if (
            current is None
            or day - current[-1] > _BRIDGED
            or (day - current[0]).days >= MAX_PARTITIONS_PER_RUN
        ):
            found.append([day])
        else:
            current.append(day)
    return [(part[0].isoformat(), part[-1].isoformat()) for part in found]
