"""Which of a photograph's times is the one: the rules, in the order in which they are asked.

DateTimeOriginal is taken where it can be believed. Every other time was written at the shutter or
later, so the earliest of them is nearest to it; a path that speaks says which of them to take.

Each function adds columns to a table. Times are local and naive.
"""

import polars as pl

from flux_assets.metadata.camera_clock import EXIF_TIMES, NEVER_SET, TimeRules, never_set, refusal
from flux_assets.metadata.clock_drift import REFUSED_HOURS, gps_refused

MANUAL, ORIGINAL, DIGITIZED, MODIFIED = "manual", "exif_original", "exif_digitized", "exif_modified"
GPS, PATH, FILE = "gps_time", "path", "file_time"
EXIF_SOURCES = dict(zip(EXIF_TIMES, (ORIGINAL, DIGITIZED, MODIFIED), strict=True))
BY_EXIF = pl.col("source").is_in([ORIGINAL, DIGITIZED, MODIFIED])
DAY = pl.duration(days=1)

Step = tuple[pl.Expr, str, pl.Expr]


def within_path(at: pl.Expr) -> pl.Expr:
    """Whether a time lies where the path puts the photograph; null where the path says nothing."""
    return (at >= pl.col("path_start")) & (at < pl.col("path_end"))


def judge_times(rows: pl.DataFrame, rules: TimeRules) -> pl.DataFrame:
    """Why times are not believed, or null: `no_captured_at`, ..., `no_gps`, `no_path`, `no_file`.

    `outlier` is no longer true where a satellite bears the camera out.
    """
    taken = pl.col("taken")
    borne_out = (pl.col("gps_at").is_not_null() & ~gps_refused()).fill_null(False)
    rows = rows.with_columns(outlier=pl.col("outlier").fill_null(False) & ~borne_out)
    far = pl.duration(days=rules.settings.outlier_days)
    misplaced = (pl.col("order_after") - taken > far) | (taken - pl.col("order_before") > far)
    new_year = (taken.dt.month() == 1) & (taken.dt.day() == 1)  # the epoch of a firmware
    lost = (
        pl.when(new_year & ~borne_out & (pl.col("outlier") | misplaced.fill_null(False)))
        .then(pl.lit(NEVER_SET))
        .when(pl.col("outlier") & ~within_path(taken))
        .then(pl.lit("far from its folder, and the path disagrees"))
    )
    day_or_less = pl.col("path_end") - pl.col("path_start") <= DAY
    rows = rows.with_columns(
        *(
            pl.when(pl.col(name).is_not_null())
            .then(pl.coalesce(refusal(name, rules), lost))
            .alias(f"no_{name}")
            for name in EXIF_TIMES
        ),
        no_gps=pl.when(gps_refused())
        .then(pl.lit(f"over {REFUSED_HOURS} hours from the camera"))
        .otherwise(refusal("gps_local", rules)),
        no_path=pl.when(day_or_less & never_set(pl.col("path_start"), rules)).then(
            pl.lit(NEVER_SET)
        ),
    )
    same_clock = (pl.col("file_local") - pl.col("captured_at")).abs() <= DAY
    unbelieved = pl.when(pl.col("no_captured_at").is_not_null() & same_clock)
    same = unbelieved.then(pl.lit("the camera's clock, which is not believed"))
    return rows.with_columns(no_file=pl.coalesce(refusal("file_local", rules), same))


def choose_time(rows: pl.DataFrame) -> pl.DataFrame:
    """`source` and `at`; `until` is later where only a day, month or year is known.

    `source` is null where no time is believed, and `at` the file's, under which it was filed.
    `camera_at` is the chosen time by the camera's own clock, right or wrong.
    """
    source, at = pl.lit(None, pl.String), pl.col("file_local")
    for holds, name, time in reversed(_steps()):
        source = pl.when(holds).then(pl.lit(name)).otherwise(source)
        at = pl.when(holds).then(time).otherwise(at)
    coarse = (pl.col("source") == PATH) & _without_clock()
    return rows.with_columns(source=source, at=at).with_columns(
        until=pl.when(coarse).then("path_end").otherwise("at"),
        camera_at=pl.when(BY_EXIF).then(pl.col("at") + _drift()).otherwise("at"),
    )


def _steps() -> list[Step]:
    """Condition, source and time; the first whose condition holds is taken."""
    believed = {
        name: pl.col(name).is_not_null() & pl.col(f"no_{name}").is_null() for name in EXIF_TIMES
    }
    right = {name: pl.col(name) - _drift() for name in EXIF_TIMES}
    path = pl.col("path_start").is_not_null() & pl.col("no_path").is_null()
    file = pl.col("no_file").is_null()
    gps = pl.col("gps_at").is_not_null() & pl.col("no_gps").is_null()
    written = pl.coalesce(*EXIF_TIMES, "file_local") + pl.duration(seconds="said_shift_s")
    later = [pl.when(believed[name]).then(name) for name in EXIF_TIMES[1:]]
    earliest = pl.min_horizontal(later)
    midnight = pl.col("captured_at").dt.truncate("1d")
    # The hour of a wrong clock is wrong as well; it keeps the frames of a session in order.
    by_path = pl.when(_without_clock() & pl.col("captured_at").is_not_null()).then(
        pl.col("path_start") + (pl.col("captured_at") - midnight)
    )
    exact = pl.coalesce(by_path, "path_local", "path_start")
    return [
        (pl.col("said_at").is_not_null(), MANUAL, pl.col("said_at")),
        (pl.col("said_shift_s").is_not_null(), MANUAL, written),
        (believed["captured_at"], ORIGINAL, right["captured_at"]),
        (gps & pl.col("taken").is_null(), GPS, pl.col("gps_local")),
        *(
            (path & within_path(pl.col(name)) & _only_old(name), source, right[name])
            for name, source in EXIF_SOURCES.items()
        ),
        (path & file & within_path(pl.col("file_local")), FILE, pl.col("file_local")),
        (path & ~(earliest < pl.col("path_start")).fill_null(False), PATH, exact),
        *((earliest == pl.col(name), EXIF_SOURCES[name], right[name]) for name in EXIF_TIMES[1:]),
        (file, FILE, pl.col("file_local")),
    ]


def _without_clock() -> pl.Expr:
    """Whether a path says whole days at best, and no time of day."""
    days = pl.col("path_end") - pl.col("path_start") >= DAY
    return days & pl.col("path_instant").is_null()


def _drift() -> pl.Expr:
    """What the camera's clock is ahead, as a duration; none where nothing is known."""
    return pl.duration(seconds=pl.col("clock_offset_s").fill_null(0))


def _only_old(name: str) -> pl.Expr:
    """Believed, or refused for its age alone: a scan that somebody has dated by hand."""
    return pl.col(f"no_{name}").fill_null("before").str.starts_with("before")
