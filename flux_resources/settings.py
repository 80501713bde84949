"""Settings of one archive: the `flux.yaml` in its data root, validated.

A missing file means the defaults. Every mistake is reported with its key and file, so that a
photographer can mend it without reading code.
"""

import os
from datetime import datetime
from pathlib import Path

import yaml
from pydantic import ValidationError, model_validator

from flux_resources.errors import FluxError
from flux_resources.settings_sections import (
    ArchiveSettings,
    BackupSettings,
    BurstSettings,
    CaptureTimeSettings,
    CoverageSettings,
    DraftSettings,
    DuplicateSettings,
    ImagingSettings,
    IntakeSettings,
    KeeperLabelSettings,
    KeeperMatchSettings,
    KeeperModelSettings,
    ObjectStoreSettings,
    PlaceSettings,
    QualitySettings,
    SearchSettings,
    Section,
    StorageSettings,
    VisionSettings,
    WeatherSettings,
)

SETTINGS_FILE = "flux.yaml"
ROOT_VARIABLE = "FLUX_ROOT"


class SettingsError(FluxError):
    """`flux.yaml` cannot be used; the message names the key, the file and the remedy."""


class Settings(Section):
    """Everything `flux.yaml` may say."""

    archive: ArchiveSettings = ArchiveSettings()
    intake: IntakeSettings = IntakeSettings()
    capture_times: CaptureTimeSettings = CaptureTimeSettings()
    places: PlaceSettings = PlaceSettings()
    weather: WeatherSettings = WeatherSettings()
    imaging: ImagingSettings = ImagingSettings()
    quality: QualitySettings = QualitySettings()
    bursts: BurstSettings = BurstSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    keeper_matching: KeeperMatchSettings = KeeperMatchSettings()
    keeper_labels: KeeperLabelSettings = KeeperLabelSettings()
    keeper_model: KeeperModelSettings = KeeperModelSettings()
    vision: VisionSettings = VisionSettings()
    search: SearchSettings = SearchSettings()
    drafts: DraftSettings = DraftSettings()
    backups: BackupSettings = BackupSettings()
    object_store: ObjectStoreSettings = ObjectStoreSettings()
    coverage: CoverageSettings = CoverageSettings()
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
            # What was written there by mistake may be a secret.
            given = "" if key.startswith("object_store") else f" (given: {item['input']!r})"
            lines.append(f"  {key}: {message}{given}")
    return "\n".join(lines)


def _refuse_overlap(settings: Settings, root: Path, file: Path) -> None:
    """A read-only root inside the data root, or around it, would index FLUX's own products.

    The folders of the data root count where they really lie, and a root inside another one would
    make every photograph there a copy of itself.
    """
    links = [root, *root.glob("FLUX_*"), *root.glob("FLUX_ARCHIVE/*")]
    taken = {folder.resolve(): f"the data root ({folder})" for folder in reversed(links)}
    for number, folder in enumerate(settings.archive.roots):
        own = folder.resolve()
        for other, name in taken.items():
            if own == other or own in other.parents or other in own.parents:
                raise SettingsError(
                    f"{file} has 1 mistake(s):\n  archive.roots.{number}: {folder} overlaps "
                    f"{name}; list a folder outside it, or move photographs in through the inbox"
                )
        taken[own] = f"archive.roots.{number} ({folder})"
