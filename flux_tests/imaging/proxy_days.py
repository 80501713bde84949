"""Refresh the proxies of one day, and look at their rows."""

from functools import partial
from pathlib import Path

import polars as pl

from flux_assets.corpus.pictures import sniff
from flux_assets.imaging.proxies import (
    PROXIES,
    Proxies,
    build_proxies,
    files_exist,
    proxies_version,
)
from flux_assets.refresh import DayReport, refresh_day
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import ImagingSettings

DAY = "2022-01-15"
SETTINGS = ImagingSettings(proxy_pixels=256, thumb_pixels=128, workers=2)


def refresh_proxies(
    archive: DataRoot, *files: Path, settings: ImagingSettings = SETTINGS
) -> DayReport:
    """Refresh the proxies of files whose names are their ids and whose sizes their content."""
    inputs = pl.DataFrame(
        {
            "photo_id": [file.stem for file in files],
            "path": [archive.paths.relative(file) for file in files],
            "format": [_format(file) for file in files],
            "fingerprint": [str(file.stat().st_size) if file.exists() else "" for file in files],
        },
        schema=dict.fromkeys(("photo_id", "path", "format", "fingerprint"), pl.String),
    )
    return refresh_day(
        archive.tables,
        PROXIES,
        DAY,
        inputs=inputs,
        version=proxies_version(settings),
        compute=partial(build_proxies, day=DAY, paths=archive.paths, settings=settings),
        still_valid=partial(files_exist, paths=archive.paths),
    )


def _format(file: Path) -> str:
    """What the index would say; a file that is not there was a JPEG."""
    if not file.exists():
        return "JPEG"
    with file.open("rb") as opened:
        return sniff(opened.read(32), file.suffix) or "JPEG"


def proxy_rows(archive: DataRoot) -> dict[str, dict[str, object]]:
    rows = archive.tables.read_day(PROXIES.name, DAY, Proxies)
    return {row["photo_id"]: row for row in rows.iter_rows(named=True)}
