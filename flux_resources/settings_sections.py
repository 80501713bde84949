"""The sections of `flux.yaml`: every key, its type, its limits and its default."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from flux_resources.settings_time_zone import time_zone_name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    return text


def _absolute_folder(path: Path) -> Path:
    path = path.expanduser()
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    if path.exists() and not path.is_dir():
        raise ValueError("is a file, not a folder")
    return path


def _absolute_file(path: Path) -> Path:
    path = path.expanduser()
    if not path.is_absolute():
        raise ValueError("must be an absolute path")
    if not path.is_file():
        raise ValueError("is no file")
    return path


def _nominatim_server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be the address of a server, as http://localhost:8080")
    host = f".{parts.hostname.rstrip('.')}"
    if host.endswith((".openstreetmap.org", ".osm.org", ".osmfoundation.org", ".geocoding.ai")):
        raise ValueError("is a public server, which forbids batches: run your own, or leave null")
    return url.rstrip("/")


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be the address of a server, as https://s3.example.com")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("must be an address alone: credentials come from the environment")
    return url.rstrip("/")


Pattern = Annotated[str, AfterValidator(_pattern)]
Folder = Annotated[Path, AfterValidator(_absolute_folder)]
File = Annotated[Path, AfterValidator(_absolute_file)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
NominatimServer = Annotated[str, AfterValidator(_nominatim_server)]
TimeZone = Annotated[str, BeforeValidator(time_zone_name)]


class Section(BaseModel):
    """A part of `flux.yaml`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ArchiveSettings(Section):
    """What belongs to the archive, and which days it spans."""

    start: date = date(2022, 1, 1)
    end: date | None = None
    time_zone: TimeZone | None = None
    roots: tuple[Folder, ...] = ()
    endings: tuple[str, ...] = (
        *("jpg", "jpeg", "png", "webp", "tif", "tiff", "heic"),
        *("dng", "cr2", "cr3", "nef", "arw", "orf", "rw2"),
    )
    exclude: tuple[Pattern, ...] = (r"^\._", r"thumbs?")

    @model_validator(mode="after")
    def _in_order(self) -> "ArchiveSettings":
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end ({self.end}) lies before start ({self.start})")
        return self

    def zone(self) -> ZoneInfo | None:
        """Where instants without a zone are read; None is the zone of this computer."""
        return ZoneInfo(self.time_zone) if self.time_zone else None

    def spans(self, day: str) -> bool:
        """Whether a day (`YYYY-MM-DD`) lies in the archive.

        Without an `end` the last day is tomorrow by UTC: east of Greenwich it has begun.
        """
        last = self.end or datetime.now(UTC).date() + timedelta(days=1)
        return self.start.isoformat() <= day <= last.isoformat()


class IntakeSettings(Section):
    """How files are taken from the inbox."""

    photographer: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] = "DanteSisofo"
    settle_seconds: Annotated[float, Field(ge=0)] = 5.0
    default_clocks: tuple[date, ...] = (date(1970, 1, 1), date(1980, 1, 1), date(2000, 1, 1))


class ImagingSettings(Section):
    """Working copies and thumbnails; sizes are pixels on the long side."""

    proxy_pixels: Annotated[int, Field(ge=256, le=4096)] = 1024
    proxy_quality: Annotated[int, Field(ge=50, le=100)] = 90
    thumb_pixels: Annotated[int, Field(ge=64, le=2048)] = 800
    file_seconds: Annotated[float, Field(ge=1, le=3600)] = 20.0
    file_gigabytes: Annotated[float, Field(ge=0.5, le=64)] = 2.0
    workers: Annotated[int, Field(ge=1, le=256)] = Field(
        default_factory=lambda: os.cpu_count() or 1
    )


class VisionSettings(Section):
    """The image-text model, and how it is run."""

    model: str = "mini"
    checkpoint: File | None = None
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    batch_size: Annotated[int, Field(ge=1, le=4096)] = 32
    vocabulary: File | None = None


class StorageSettings(Section):
    """Stores that want a local disk, when the data root is not on one."""

    ledger: Folder | None = None
    vectors: Folder | None = None
    dagster: Folder | None = None


class TimeWeights(Section):
    """What each signal adds to the trust in a time it agrees with."""

    exif_original: Annotated[float, Field(ge=0, le=1)] = 0.6
    exif_other: Annotated[float, Field(ge=0, le=1)] = 0.2
    file_time: Annotated[float, Field(ge=0, le=1)] = 0.2
    copied_file_time: Annotated[float, Field(ge=0, le=1)] = 0.1
    path: Annotated[float, Field(ge=0, le=1)] = 0.2
    order: Annotated[float, Field(ge=0, le=1)] = 0.2


class CaptureTimeSettings(Section):
    """How the time of a photograph is resolved, and when it is called uncertain."""

    weights: TimeWeights = TimeWeights()
    threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    earliest: date = date(1990, 1, 1)
    ahead_days: Annotated[float, Field(ge=0, le=30)] = 2.0
    outlier_days: Annotated[float, Field(gt=0)] = 30.0
    copy_minutes: Annotated[float, Field(ge=0)] = 10.0
    drift_minutes: Annotated[float, Field(ge=1)] = 5.0
    camera_epochs: dict[str, date] = {}


class PlaceSettings(Section):
    """How positions become places, and when a photograph borrows one from its neighbours."""

    max_distance_km: Annotated[float, Field(gt=0, le=100)] = 25.0
    nominatim: NominatimServer | None = None
    nominatim_per_second: Annotated[float, Field(gt=0, le=1000)] = 5.0
    borrow_hours: Annotated[float, Field(ge=0, le=48)] = 37.0
    borrow_km: Annotated[float, Field(ge=0)] = 100.0
    borrow_kmh: Annotated[float, Field(ge=0)] = 900.0


class WeatherSettings(Section):
    """The weather service: Open-Meteo, or a server of one's own that speaks like it."""

    enabled: bool = True
    url: Annotated[str, Field(pattern=r"^https?://[^/]+")] = (
        "https://archive-api.open-meteo.com/v1/archive"
    )
    calls_per_minute: Annotated[int, Field(ge=1)] | None = 600
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30.0
    recent_cache_hours: Annotated[float, Field(ge=0)] = 6.0


class SearchSettings(Section):
    """Places that questions may name, in degrees; how long a block is; the index; the cut-off."""

    places: dict[str, tuple[Latitude, Longitude]] = {"40th and Walnut": (39.9537, -75.2036)}
    block_m: Annotated[float, Field(gt=0, le=10_000)] = 120.0
    index_from_rows: Annotated[int, Field(ge=1)] = 100_000
    rebuild_share: Annotated[float, Field(gt=0)] = 0.25
    exact_rows: Annotated[int, Field(ge=0)] = 200_000
    recall: Annotated[float, Field(gt=0, le=1)] = 0.995
    cut_off: Annotated[float, Field(ge=0, le=1)] = 0.6
    background_sample: Annotated[int, Field(ge=50)] = 20_000


class QualitySettings(Section):
    """How much each fault weighs in `quality_score`; only the proportions matter."""

    sharpness: Annotated[float, Field(ge=0)] = 0.45
    exposure: Annotated[float, Field(ge=0)] = 0.2
    contrast: Annotated[float, Field(ge=0)] = 0.1
    noise: Annotated[float, Field(ge=0)] = 0.05
    compression: Annotated[float, Field(ge=0)] = 0.2

    @model_validator(mode="after")
    def _one_counts(self) -> "QualitySettings":
        if not any(self.model_dump().values()):
            raise ValueError("give at least one fault a weight above 0")
        return self


class BurstSettings(Section):
    """What makes frames a burst or a bracket; gaps in seconds, exposure in stops."""

    gap_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    gap_seconds_without_subseconds: Annotated[float, Field(ge=0, le=60)] = 2.0
    hash_distance: Annotated[int, Field(ge=0, le=32)] = 10
    cosine_distance: Annotated[float, Field(ge=0, le=1)] = 0.12
    bracket_gap_seconds: Annotated[float, Field(ge=0, le=60)] = 3.0
    bracket_step_stops: Annotated[float, Field(gt=0, le=4)] = 0.5
    bracket_span_stops: Annotated[float, Field(gt=0, le=16)] = 1.0


class DuplicateSettings(Section):
    """What makes two photographs duplicates; distances in bits of 64."""

    near_distance: Annotated[int, Field(ge=0, le=16)] = 5
    agreeing_distance: Annotated[int, Field(ge=0, le=16)] = 12
    cosine: Annotated[float, Field(ge=-1, le=1)] = 0.90


class KeeperMatchSettings(Section):
    """How keepers are matched with their originals."""

    drift_hours: Annotated[float, Field(ge=0, le=48)] = 26.0
    drift_keepers: Annotated[int, Field(ge=3)] = 3
    cosine: Annotated[float, Field(ge=-1, le=1)] = 0.98
    margin: Annotated[float, Field(ge=0, le=1)] = 0.1
    differing_cosine: Annotated[float, Field(ge=-1, le=1)] = 0.7
    differing_bits: Annotated[int, Field(ge=0, le=64)] = 12
    unmatched_warning: Annotated[float, Field(ge=0, le=1)] = 0.05


FeatureGroup = Literal[
    "linear", "nearest", "projection", "quality", "light", "time", "burst", "session"
]


class KeeperLabelSettings(Section):
    """What comes close to a keeper, what it counts, and what the model sees beside photographs."""

    near_miss: Annotated[float, Field(ge=0, le=1)] = 0.5
    near_miss_seconds: Annotated[float, Field(gt=0)] = 300.0
    near_miss_cosine: Annotated[float, Field(gt=0, le=2)] = 0.2
    midnight_seconds: Annotated[float, Field(ge=0, le=3600)] = 30.0
    augmented_variants: Annotated[int, Field(ge=0, le=16)] = 2


class KeeperModelSettings(Section):
    """What the model of the photographer's taste learns from, and how."""

    minimum_keepers: Annotated[int, Field(ge=20)] = 50
    retrain_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    groups: Annotated[tuple[FeatureGroup, ...], Field(min_length=1)] = get_args(FeatureGroup)
    trees: Annotated[int, Field(ge=1, le=10_000)] = 600
    leaves: Annotated[int, Field(ge=2, le=1024)] = 15
    leaf_rows: Annotated[int, Field(ge=1)] = 50
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.05
    seed: Annotated[int, Field(ge=0)] = 0
    workers: Annotated[int, Field(ge=1, le=256)] = Field(
        default_factory=lambda: os.cpu_count() or 1
    )


class DraftWeights(Section):
    """What counts when the frames of a draft are chosen; only the proportions matter."""

    relevance: Annotated[float, Field(ge=0, le=100)] = 1.0
    look: Annotated[float, Field(ge=0, le=100)] = 1.0
    places: Annotated[float, Field(ge=0, le=100)] = 0.3
    light: Annotated[float, Field(ge=0, le=100)] = 0.3
    time: Annotated[float, Field(ge=0, le=100)] = 0.3


class DraftSettings(Section):
    """Which photographs an issue may be proposed from, and what makes a good choice of 36."""

    weights: DraftWeights = DraftWeights()
    least_score: Annotated[float, Field(ge=0, le=1)] = 0.1
    alike: Annotated[float, Field(gt=0, le=1)] = 0.95
    theme: Annotated[float, Field(ge=0, le=1)] = 0.7
    theme_fit: Annotated[float, Field(ge=0, le=1)] = 0.97
    pool: Annotated[int, Field(ge=36)] = 10_000


class BackupSettings(Section):
    """How many backups stay: the newest of each of so many days, weeks and months."""

    daily: Annotated[int, Field(ge=1)] = 7
    weekly: Annotated[int, Field(ge=0)] = 4
    monthly: Annotated[int, Field(ge=0)] = 12


class CoverageSettings(Section):
    """How gaps are filled when `coverage_sensor` is turned on."""

    runs_per_hour: Annotated[int, Field(ge=1, le=60)] = 4


class ObjectStoreSettings(Section):
    """A bucket of any store that speaks S3. Credentials come from the environment alone."""

    url: Annotated[str, Field(pattern=r"^s3://[a-z0-9][a-z0-9.-]+(/[\w.=-]+)*/?$")] | None = None
    endpoint: Annotated[str, AfterValidator(_server)] | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] = "us-east-1"
    parallel: Annotated[int, Field(ge=1, le=64)] = 8

    @model_validator(mode="before")
    @classmethod
    def _no_credentials(cls, content: object) -> object:
        words = ("key", "secret", "token", "password", "credential")
        names = [str(name) for name in content] if isinstance(content, dict) else []
        if found := [name for name in names if any(word in name.lower() for word in words)]:
            raise ValueError(
                f"{', '.join(found)}: credentials do not belong here; set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY in the environment"
            )
        return content
