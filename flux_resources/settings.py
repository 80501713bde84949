"""Settings of one archive: the `flux.yaml` in its data root, validated.

A missing file means the defaults. Every mistake is reported with its key and file, so that a
photographer can mend it without reading code.
"""

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from flux_resources.errors import FluxError

SETTINGS_FILE = "flux.yaml"
ROOT_VARIABLE = "FLUX_ROOT"


class SettingsError(FluxError):
    """`flux.yaml` cannot be used; the message names the key, the file and the remedy."""


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


class Settings(Section):
    """Everything `flux.yaml` may say."""

    archive: ArchiveSettings = ArchiveSettings()
    intake: IntakeSettings = IntakeSettings()
    imaging: ImagingSettings = ImagingSettings()
    vision: VisionSettings = VisionSettings()
    storage: StorageSettings = StorageSettings()

    @model_validator(mode="before")
    @classmethod
    def _headings_alone(cls, content: object) -> object:
        """A section whose keys are all commented out is one that was left out."""
        if not isinstance(content, dict):
            return content
        return {
            key: section
            for key, section in content.items()
            if section is not None or key not in cls.model_fields
        }

    def first_moment(self) -> datetime:
        """Midnight of the first archive day, local time, no zone."""
        return datetime.combine(self.archive.start, datetime.min.time())


def data_root() -> Path:
    """The data root: `$FLUX_ROOT`, else `./data`, as an absolute path."""
    return Path(os.environ.get(ROOT_VARIABLE) or "data").expanduser().resolve()


def load_settings(root: Path) -> Settings:
    """Read `root/flux.yaml`.

    Raises:
        SettingsError: the file is not YAML, or a key is unknown, mistyped or impossible.
    """
    file = root / SETTINGS_FILE
    if not file.exists():
        return Settings()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid YAML: {error}") from error
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise SettingsError(_explain(error, file)) from error
    _refuse_overlap(settings, root, file)
    return settings


def _explain(error: ValidationError, file: Path) -> str:
    """One line per mistake: key, what is wrong, what was given."""
    lines = [f"{file} has {error.error_count()} mistake(s):"]
    for item in error.errors():
        key = ".".join(str(part) for part in item["loc"]) or "(top level)"
        if item["type"] == "extra_forbidden":
            lines.append(f"  {key}: unknown key (see `flux init --print` for the known ones)")
        else:
            message = item["msg"].removeprefix("Value error, ")
            lines.append(f"  {key}: {message} (given: {item['input']!r})")
    return "\n".join(lines)


def _refuse_overlap(settings: Settings, root: Path, file: Path) -> None:
    """A read-only root inside the data root, or around it, would index FLUX's own products."""
    for number, folder in enumerate(settings.archive.roots):
        other, own = folder.resolve(), root.resolve()
        if other == own or own in other.parents or other in own.parents:
            raise SettingsError(
                f"{file} has 1 mistake(s):\n  archive.roots.{number}: {folder} overlaps the data "
                f"root {root}; list a folder outside it, or move photographs in through the inbox"
            )
