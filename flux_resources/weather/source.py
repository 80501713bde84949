"""Weather at cells and hours: from the cache where it has them, else from the service.

The service being out of reach is no failure: what is missing has a reason, and nothing is raised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from flux_resources.settings_sections import WeatherSettings
from flux_resources.tables import TableStore
from flux_resources.weather.cache import VALUES, HourlyWeather, WeatherCache
from flux_resources.weather.calls import CELL, Call, plan_calls
from flux_resources.weather.open_meteo import CallRefused, OpenMeteo, ServiceDown

_FIRST_DAY = date(1940, 1, 1)  # the archive has nothing older
_NOT_YET = "weather archive lags: it has this hour after about five days"
_FUTURE = "weather of the future: the capture time lies ahead of now"
_DAYS = {
    "cell_lat": pl.Int16(),
    "cell_lon": pl.Int16(),
    "day": pl.Date(),
    "call": pl.Int32(),
    "cached": pl.Boolean(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class WeatherAnswer:
    """What is known of the hours asked for.

    Attributes:
        hours: `cell_lat, cell_lon, hour, wmo_code, temperature_c, precipitation_mm`, as stamped.
        days: one row per `cell_lat, cell_lon, day` asked for: `call` (int32: the number of the
            call that was made for it, null where none was), `cached` (all its hours were known
            already), `reason` (why missing values may yet come; null where what is missing there
            stays missing).
    """

    hours: pl.DataFrame
    days: pl.DataFrame

    @classmethod
    def nothing(cls) -> "WeatherAnswer":
        """Neither values nor reasons."""
        hours = HourlyWeather.create_empty().select(*CELL, "hour", *VALUES)
        return cls(hours, pl.DataFrame(schema=_DAYS))


class WeatherSource:
    """Answers for one run; after the service failed once, it is not asked again.

    Args:
        recent_for: for how long an answer about unsettled days is believed.
        now: the time, UTC, aware.
    """

    def __init__(
        self,
        service: OpenMeteo,
        cache: WeatherCache,
        *,
        recent_for: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._service = service
        self._cache = cache
        self._recent_for = recent_for
        self._now = now
        self._down: str | None = None
        self._calls_made = 0

    @classmethod
    def open(cls, settings: WeatherSettings, tables: TableStore) -> "WeatherSource | None":
        """The source that flux.yaml describes; None where it turns weather off."""
        if not settings.enabled:
            return None
        service = OpenMeteo(
            settings.url,
            calls_per_minute=settings.calls_per_minute,
            timeout_s=settings.timeout_seconds,
        )
        recent_for = timedelta(hours=settings.recent_cache_hours)
        return cls(service, WeatherCache(tables), recent_for=recent_for)

    def ask(self, needed: pl.DataFrame) -> WeatherAnswer:
        """Look up `cell_lat, cell_lon` (int16) and `hour` (ms, UTC)."""
        now = self._now().astimezone(UTC).replace(tzinfo=None)
        days = needed.select(*CELL, day=pl.col("hour").dt.date()).unique()
        had = days.filter(pl.col("day").is_between(_FIRST_DAY, now.date()))
        known = self._cache.read(had)
        young = pl.col("fetched_at") > now - self._recent_for
        fresh = known.filter(pl.col("settled") | young).select(*CELL, "day").unique()
        asked = self._fetch(had.join(fresh, on=[*CELL, "day"], how="anti"), now)
        hours = self._cache.read(had) if asked.height else known
        settled = hours.filter("settled").select(*CELL, "day").unique()
        lasting = (pl.col("day") < _FIRST_DAY) | pl.col("settled")
        return WeatherAnswer(
            hours=hours.join(needed, on=[*CELL, "hour"], how="semi").select(*CELL, "hour", *VALUES),
            days=days.join(asked, on=[*CELL, "day"], how="left")
            .join(fresh.with_columns(cached=True), on=[*CELL, "day"], how="left")
            .join(settled.with_columns(settled=True), on=[*CELL, "day"], how="left")
            .with_columns(pl.col("cached", "settled").fill_null(False))
            .with_columns(
                reason=pl.when(lasting)
                .then(None)
                .when(pl.col("day") > now.date())
                .then(pl.lit(_FUTURE))
                .otherwise(pl.col("reason").fill_null(_NOT_YET))
            )
            .select(list(_DAYS)),
        )

    def _fetch(self, missing: pl.DataFrame, now: datetime) -> pl.DataFrame:
        """Fetch days into the cache.

        Returns:
            `cell_lat, cell_lon, day, call, reason`: the number of the call for it, and why it
            failed or was not made.
        """
        rows: list[tuple[int, int, date, int | None, str | None]] = []
        for call in plan_calls(missing):
            number, reason = self._make(call, now)
            rows += [
                (run.cell_lat, run.cell_lon, run.first + timedelta(days=day), number, reason)
                for run in call
                for day in range(run.days)
            ]
        schema = {name: _DAYS[name] for name in (*CELL, "day", "call", "reason")}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _make(self, call: Call, now: datetime) -> tuple[int | None, str | None]:
        """The number of a call, None where it was not made; and what went wrong."""
        if self._down is not None:
            return None, self._down
        self._calls_made += 1
        try:
            self._cache.add(self._service.fetch(call), now)
        except CallRefused as error:
            return self._calls_made, str(error)
        except ServiceDown as error:
            self._down = str(error)
            return self._calls_made, self._down
        return self._calls_made, None
