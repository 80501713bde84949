"""What the times in EXIF are worth by themselves: clocks that were never set, and impossible times.

Pure on tables with `captured_at, digitized_at, modified_at` (local, naive) of `exif`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from flux_resources.settings import Settings
from flux_resources.settings_sections import CaptureTimeSettings

EXIF_TIMES = ("captured_at", "digitized_at", "modified_at")
NEVER_SET = "a clock that was never set"


@dataclass(frozen=True)
class TimeRules:
    """The settings that judge times; `now` is local, without a zone.

    `time_zone` is where instants are read that nothing else places; None is this computer's.
    """

    settings: CaptureTimeSettings
    default_clocks: tuple[date, ...]
    time_zone: str | None
    now: datetime

    @classmethod
    def of(cls, settings: Settings, now: datetime) -> "TimeRules":
        clocks, zone = settings.intake.default_clocks, settings.archive.time_zone
        return cls(settings.capture_times, clocks, zone, now)

    @property
    def latest(self) -> datetime:
        return self.now + timedelta(days=self.settings.ahead_days)


def never_set(at: pl.Expr, rules: TimeRules) -> pl.Expr:
    """Whether a time is of a day that clocks show when nobody has set them."""
    default = at.dt.date().is_in(list(rules.default_clocks))
    for model, epoch in rules.settings.camera_epochs.items():
        of_model = pl.col("camera_model").str.to_lowercase() == model.lower()
        default |= of_model.fill_null(False) & (at.dt.date() == epoch)
    return default


def refusal(time: str, rules: TimeRules) -> pl.Expr:
    """Why a time is not believed, whatever else is known; null where it is, or is null itself."""
    at = pl.col(time)
    earliest = rules.settings.earliest
    return (
        pl.when(never_set(at, rules))
        .then(pl.lit(NEVER_SET))
        .when(at.dt.date() < earliest)
        .then(pl.lit(f"before {earliest.year}"))
        .when(at > rules.latest)
        .then(pl.lit("in the future"))
    )


def camera_time(rules: TimeRules) -> pl.Expr:
    """The camera's time where it can be believed: DateTimeOriginal, else CreateDate.

    ModifyDate is a program's as often, and counts where there is nothing else.
    """
    original, digitized, modified = (
        pl.when(refusal(name, rules).is_null()).then(name) for name in EXIF_TIMES
    )
    alone = pl.all_horizontal(pl.col(EXIF_TIMES[:2]).is_null())
    return pl.coalesce(original, digitized, pl.when(alone).then(modified))


def camera() -> pl.Expr:
    """Which body it was, as far as EXIF says: its serial number, else make and model."""
    model = pl.concat_str("camera_make", "camera_model", separator=" ", ignore_nulls=True)
    return pl.coalesce("serial", pl.when(model != "").then(model))
