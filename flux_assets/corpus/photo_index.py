"""`photo_index`: which photographs a day holds. Phase 2; source: ORIGINALS and read-only roots."""

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.corpus.loss_guard import require_plausible
from flux_assets.corpus.naming import press_of
from flux_assets.corpus.scan import Scanner
from flux_assets.photo_table import PhotoTable, Product
from flux_assets.refresh import DayReport
from flux_resources.data_root import DataRoot
from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import Content, Location
from flux_resources.paths import Paths


class PhotoIndex(PhotoTable):
    """Grain: one distinct content. Copies of it elsewhere are locations in the ledger."""

    filename = dy.String(description="Name of the file as it lies now.")
    original_filename = dy.String(description="Name as dropped into the inbox, or as found.")
    path = dy.String(description="Relative to the data root; absolute in a read-only root.")
    source_path = dy.String(nullable=True, description="Where it was before filing.")
    sha256 = dy.String(regex="^[0-9a-f]{64}$", unique=True, description="Digest of the content.")
    bytes = dy.Int64(min=1, description="Size of the file.")
    width = dy.Int32(nullable=True, min=1, description="Pixels, before rotation; null for RAW.")
    height = dy.Int32(nullable=True, min=1, description="Pixels, before rotation; null for RAW.")
    format = dy.String(description="JPEG, DNG, HEIC, ...; judged by content.")
    pair_id = dy.String(nullable=True, description="Shared by RAW and JPEG of one shutter press.")
    captured_at = dy.Datetime(
        nullable=True, time_unit="ms", description="DateTimeOriginal as the camera wrote it."
    )
    camera_model = dy.String(nullable=True, description="Without the brand: `GR IIIx`.")
    serial = dy.String(nullable=True, description="Serial number of the camera body.")
    file_modified_at = dy.Datetime(time_unit="ms", time_zone="UTC", description="File time.")


PHOTO_INDEX = Product("photo_index", PhotoIndex, value="sha256")


def index_day(ledger: Ledger, paths: Paths, day: str) -> pl.DataFrame:
    """The index rows of a day, ordered by photo_id.

    The fingerprint covers content and id only: a file that merely moved makes nothing stale.
    """
    photographs = ledger.photographs(day)
    rows = [_row(content, location, paths) for content, location in photographs]
    columns = PhotoIndex.columns()
    frame = pl.DataFrame(
        rows, schema={name: column.dtype for name, column in columns.items()}, orient="row"
    )
    press = pl.Series(
        [press_of(content.photo_id, content.format) for content, _ in photographs], dtype=pl.String
    )
    paired = press.is_duplicated()
    return frame.with_columns(pl.when(paired).then(press).otherwise(None).alias("pair_id")).sort(
        "photo_id"
    )


def _row(content: Content, location: Location, paths: Paths) -> dict[str, object]:
    root = Path(location.root) if location.root else paths.originals
    file = root / location.path
    fingerprint = hashlib.sha256(f"{content.sha256}|{content.photo_id}".encode()).hexdigest()
    captured_at = datetime.fromisoformat(content.captured_at) if content.captured_at else None
    return {
        "photo_id": content.photo_id,
        "filename": file.name,
        "original_filename": content.original_filename,
        "path": paths.relative(file),
        "source_path": content.source_path,
        "sha256": content.sha256,
        "bytes": content.bytes,
        "width": content.width,
        "height": content.height,
        "format": content.format,
        "pair_id": None,
        "captured_at": captured_at,
        "camera_model": content.camera_model,
        "serial": content.serial,
        "file_modified_at": datetime.fromtimestamp(location.mtime_ns / 1e9, UTC),
        "error": None,
        "fingerprint": fingerprint[:32],
    }


def refresh_index(
    archive: DataRoot, ledger: Ledger, day: str, *, accept_loss: bool = False
) -> DayReport:
    """Scan a day's folder and write its index if anything changed.

    Raises:
        LossSuspected: the archive is not mounted, or most of the day vanished; nothing is written.
    """
    started = time.perf_counter()
    folder = archive.paths.original_day(day)
    folder_mtime = folder.stat().st_mtime_ns if folder.is_dir() else None
    Scanner(archive, ledger).scan_day(day, accept_loss=accept_loss)
    revision = ledger.revision(day)
    before = archive.tables.read_day(PHOTO_INDEX.name, day, PhotoIndex)
    rows = index_day(ledger, archive.paths, day)
    if not accept_loss:
        require_plausible(day, before.height, rows.height)
    if not rows.equals(before) or not archive.tables.has_day(PHOTO_INDEX.name, day):
        archive.tables.write_day(PHOTO_INDEX.name, day, rows, PhotoIndex)
    ledger.indexed(day, folder_mtime, revision)
    progress.advance(PHOTO_INDEX.name, rows.height)
    return DayReport(
        product=PHOTO_INDEX.name,
        day=day,
        photographs=rows.height,
        computed=rows.join(before, on=["photo_id", "fingerprint"], how="anti").height,
        failed=0,
        removed=tuple(before.join(rows, on="photo_id", how="anti")["photo_id"]),
        seconds=time.perf_counter() - started,
    )
