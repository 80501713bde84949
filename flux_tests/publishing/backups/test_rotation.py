"""Backups are rotated by days, weeks and months."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.backups.rotation import kept
from flux_resources.settings_sections import BackupSettings

MOMENTS = st.lists(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)), max_size=60
)
DAY = timedelta(days=1)


def test_two_years_of_nights_leave_seven_days_four_weeks_and_twelve_months() -> None:
    newest = datetime(2026, 11, 21, 3, tzinfo=UTC)  # a Saturday
    stay = sorted(kept([newest - n * DAY for n in range(730)], BackupSettings()))

    days = [moment for moment in stay if newest - moment < 7 * DAY]
    assert len(days) == 7
    sundays = [moment.date().isoformat() for moment in stay if moment.isoweekday() == 7]
    assert {"2026-11-15", "2026-11-08", "2026-11-01"} <= set(sundays)
    months = {(moment.year, moment.month) for moment in stay}
    assert months == {(2025, 12), *((2026, month) for month in range(1, 12))}
    assert len(stay) == 7 + 2 + 11  # 15 November is a day and a week, the newest all three


def test_all_of_the_last_24_hours_stay() -> None:
    newest = datetime(2026, 11, 21, 12, tzinfo=UTC)
    by_hand = [newest - timedelta(hours=hours) for hours in (0, 1, 23, 24, 25)]

    stay = kept(by_hand, BackupSettings(daily=1, weekly=0, monthly=0))

    assert stay == set(by_hand[:3])


@given(MOMENTS)
def test_the_newest_stays_and_rotating_again_changes_nothing(moments: list[datetime]) -> None:
    stay = kept(moments, BackupSettings())

    assert stay <= set(moments)
    assert not moments or max(moments) in stay
    assert kept(stay, BackupSettings()) == stay


@given(MOMENTS, st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_every_recent_period_that_had_a_backup_has_one_still(
    moments: list[datetime], daily: int, weekly: int, monthly: int
) -> None:
    stay = kept(moments, BackupSettings(daily=daily, weekly=weekly, monthly=monthly))

    days, kept_days = ({moment.date() for moment in part} for part in (moments, stay))
    assert set(sorted(days)[-daily:]) <= kept_days
    months, kept_months = ({(m.year, m.month) for m in part} for part in (moments, stay))
    assert monthly == 0 or set(sorted(months)[-monthly:]) <= kept_months
