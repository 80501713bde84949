"""`exif`: what the camera wrote into the file. Phase 4; source: the original, in any format.

A field that is absent or makes no sense is null; `refused` names the second kind.
"""

from collections.abc import Iterator
from pathlib import Path

import dataframely as dy
import polars as pl

from flux_assets.metadata.exif_fields import Row, error_row, read_rows
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.isolation import Died, isolated_map
from flux_resources.paths import Paths

EXIF_VERSION = "2"
_CHUNK = 32  # files handed to a worker at once: fewer spend time on the pipe, more idle the others
_SECONDS = 60.0  # for a chunk, or for one file of a chunk that died; a network disk may be asleep
_GIGABYTES = 2.0

File = tuple[str, Path]


class Exif(PhotoTable):
    """Grain: photograph. Times without a zone are the camera's own.

    Dates from 1826 to two days from now are believed here, clocks that were never set included;
    `capture_times` weighs them.
    """

    captured_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeOriginal, local, with sub-seconds."
    )
    digitized_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeDigitized, local, with sub-seconds."
    )
    modified_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTime, local: last change by any program."
    )
    gps_at = dy.Datetime(
        nullable=True, time_unit="ms", time_zone="UTC", description="Time by satellite, UTC."
    )
    camera_make = dy.String(nullable=True, description="Brand, as people say it: `RICOH`.")
    camera_model = dy.String(nullable=True, description="Without the brand: `GR IIIx`.")
    camera_make_raw = dy.String(nullable=True, description="As written by the camera.")
    camera_model_raw = dy.String(nullable=True, description="As written by the camera.")
    lens_model = dy.String(nullable=True, description="As written by the camera.")
    focal_length_mm = dy.Float64(nullable=True, min=0, description="Millimetres, not equivalent.")
    aperture = dy.String(nullable=True, description="`f/5.6`.")
    shutter_speed = dy.String(nullable=True, description="`1/500`, or seconds from 0.3 s: `1.3`.")
    exposure_s = dy.Float64(nullable=True, min=0, description="Exposure time in seconds.")
    iso = dy.Int32(nullable=True, min=1, description="ISO speed.")
    lat = dy.Float64(nullable=True, min=-90, max=90, description="Degrees north, WGS 84.")
    lon = dy.Float64(nullable=True, min=-180, max=180, description="Degrees east, WGS 84.")
    altitude_m = dy.Float64(
        nullable=True, min=-500, max=20_000, description="Metres above sea level."
    )
    orientation = dy.Int8(nullable=True, min=1, max=8, description="EXIF orientation, 1-8.")
    subsecond = dy.String(
        nullable=True, regex="^[0-9]+$", description="SubSecTimeOriginal as written."
    )
    offset_time = dy.String(
        nullable=True, regex=r"^[+-]\d\d:\d\d$", description="Zone of captured_at, `+01:00`."
    )
    serial = dy.String(nullable=True, description="Body serial number.")
    camera_burst_id = dy.String(
        nullable=True, description="Shared by the frames of a burst (Apple, Google)."
    )
    file_number = dy.Int64(nullable=True, min=0, description="ImageNumber, counted by the camera.")
    keywords = dy.List(
        dy.String(), nullable=True, description="From IPTC, XMP and Windows, each once; else null."
    )
    refused = dy.List(
        dy.String(), nullable=True, description="`field: reason` of what made no sense; else null."
    )


EXIF = Product("exif", Exif, value="captured_at", gap="no EXIF time")


def read_exif(inputs: pl.DataFrame, *, paths: Paths, workers: int) -> pl.DataFrame:
    """EXIF rows for index rows (`photo_id`, `path`); an unreadable file gives an error row.

    Files are read in `workers` processes. One that hangs or ends its reader costs its own row.
    """
    files = [
        (photo_id, paths.absolute(path))
        for photo_id, path in inputs.select("photo_id", "path").iter_rows()
    ]
    schema = {name: column.dtype for name, column in Exif.columns().items()}
    rows = list(_rows(files, workers))
    return pl.DataFrame(rows, schema=schema | {"retry": pl.Boolean()}).drop("fingerprint")


def _rows(files: list[File], workers: int) -> Iterator[Row]:
    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    for chunk, rows in zip(chunks, _isolated(chunks, workers), strict=True):
        if not isinstance(rows, Died):
            yield from rows
            continue
        singles = [[file] for file in chunk]
        for ((photo_id, _),), row in zip(singles, _isolated(singles, workers), strict=True):
            if isinstance(row, Died):
                yield error_row(photo_id, row.reason, retry=row.passing)
            else:
                yield from row


def _isolated(chunks: list[list[File]], workers: int) -> Iterator[list[Row] | Died]:
    return isolated_map(read_rows, chunks, workers=workers, seconds=_SECONDS, gigabytes=_GIGABYTES)
