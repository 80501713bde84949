"""The sections of `flux.yaml`: every key, its type, its limits and its default."""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


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


Pattern = Annotated[str, AfterValidator(_pattern)]
Folder = Annotated[Path, AfterValidator(_absolute_folder)]
File = Annotated[Path, AfterValidator(_absolute_file)]


class Section(BaseModel):
    """A part of `flux.yaml`; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ArchiveSettings(Section):
    """What belongs to the archive, and which days it spans."""

    start: date = date(2022, 1, 1)
    end: date | None = None
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


class CaptureTimeSettings(Section):
    """How the time of a photograph is resolved."""


class PlaceSettings(Section):
    """How positions become places."""


class WeatherSettings(Section):
    """The weather service."""

    enabled: bool = True


class QualitySettings(Section):
    """How the technical quality of a picture is judged."""


class BurstSettings(Section):
    """What makes frames a burst or a bracket."""


class DuplicateSettings(Section):
    """What makes two photographs duplicates."""
