"""Which backups stay: the newest of each of the last days, weeks and months that have one.

And all of the last 24 hours: one that was made by hand does not push out the one before it.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from flux_resources.settings_sections import BackupSettings


def kept(moments: Iterable[datetime], settings: BackupSettings) -> set[datetime]:
    """The moments to keep, in UTC; the newest is always among them.

    A backup may count as the one of its day, its ISO week and its month at once.
    """
    newest_first = sorted(moments, reverse=True)
    periods: list[tuple[int, Callable[[datetime], object]]] = [
        (settings.daily, lambda moment: moment.date()),
        (settings.weekly, lambda moment: moment.isocalendar()[:2]),
        (settings.monthly, lambda moment: (moment.year, moment.month)),
    ]
    day = timedelta(days=1)
    stay = {moment for moment in newest_first if newest_first[0] - moment < day}
    for count, period in periods:
        newest_of: dict[object, datetime] = {}
        for moment in newest_first:
            newest_of.setdefault(period(moment), moment)
        stay.update(list(newest_of.values())[:count])
    return stay
