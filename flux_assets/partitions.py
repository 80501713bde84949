"""How the archive is cut: days, and the one backfill policy. Nothing else belongs here."""

from collections.abc import Iterable
from datetime import date, timedelta

import dagster as dg

from flux_resources.settings import ArchiveSettings, data_root, load_settings

MAX_PARTITIONS_PER_RUN = 60
BACKFILL = dg.BackfillPolicy.multi_run(max_partitions_per_run=MAX_PARTITIONS_PER_RUN)


def day_partitions(settings: ArchiveSettings) -> dg.DailyPartitionsDefinition:
    """One partition per archive day, from `start` up to and with `end`, or today."""
    start = settings.start.isoformat()
    if settings.end is None:
        return dg.DailyPartitionsDefinition(start_date=start, end_offset=1)
    after = (settings.end + timedelta(days=1)).isoformat()
    return dg.DailyPartitionsDefinition(start_date=start, end_date=after)


days = day_partitions(load_settings(data_root()).archive)


def stretches(keys: Iterable[str]) -> list[tuple[str, str]]:
    """Runs of consecutive days as `(first, last)`, none longer than a run may be.

    >>> stretches(["2022-01-02", "2022-01-01", "2022-01-05"])
    [('2022-01-01', '2022-01-02'), ('2022-01-05', '2022-01-05')]
    """
    found: list[list[date]] = []
    for day in sorted(map(date.fromisoformat, set(keys))):
        current = found[-1] if found else None
        if (
            current is None
            or day - current[-1] > timedelta(days=1)
            or len(current) == MAX_PARTITIONS_PER_RUN
        ):
            found.append([day])
        else:
            current.append(day)
    return [(part[0].isoformat(), part[-1].isoformat()) for part in found]
