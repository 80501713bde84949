"""The published databases at the size of the archive: `python -m benchmarks.flux_db`.

`flux.db` beside one bare executemany of the same rows into a table without keys and indexes;
`flux.duckdb` beside one bare CREATE TABLE of the same rows.
"""

import argparse
import json
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from flux_assets.publishing.export.flux_db import export_flux_db
from flux_assets.publishing.export.wiki import PHOTOS, wiki_photos
from flux_assets.publishing.photos import Photos, publish_photos
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot

_DAYS = 1461
_TAGS = ("umbrella", "fog", "silhouette", "rain", "shadow", "crowd", "window", "dog")


def main() -> None:
    """Print seconds, ratios and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    count = parser.parse_args().photographs
    with tempfile.TemporaryDirectory() as folder:
        archive = DataRoot.open(Path(folder))
        archive.paths.metadata.mkdir()
        print(f"{count} photographs, {_DAYS} days; memory is the peak of each process")
        print(f"{'':44} {'s':>6} {'floor':>6} {'ratio':>6} {'GiB':>6}")
        publishing = multiprocessing.get_context("spawn").Process(
            target=_publish, args=(Path(folder), count)
        )
        publishing.start()
        publishing.join()
        whole = _seconds(lambda: export_flux_db(archive))
        peak = _peak()
        floor = _bare_sqlite(archive, folder)
        _show("flux.db: read, insert, index, prove, sync", whole, floor, peak)
        print(f"flux.db: {archive.paths.flux_db.stat().st_size / 1e6:.0f} MB")


def _publish(root: Path, count: int) -> None:
    """In a process of its own, so that the memory of each part is seen."""
    archive = DataRoot.open(root)
    photos = _photos(count)
    _write_embeddings(archive, photos)
    bare = archive.paths.root / "bare.duckdb"
    floor = _seconds(lambda: _bare_duckdb(photos, bare))
    for name in ("flux.duckdb, first", "flux.duckdb, again: rows compared"):
        seconds = _seconds(lambda: publish_photos(photos, archive.paths))
        _show(name, seconds, floor, _peak())
    with_views, alone = (_seconds(partial(_open, file)) for file in (archive.paths.duckdb, bare))
    print(f"opening flux.duckdb: {1000 * with_views:.0f} ms, the bare one: {1000 * alone:.0f} ms")
    bare.unlink()


def _show(name: str, seconds: float, floor: float, peak: float) -> None:
    print(f"{name:44} {seconds:6.2f} {floor:6.2f} {seconds / floor:6.1f} {peak:6.2f}")


def _peak() -> float:
    """Of this process so far, in GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _open(file: Path) -> None:
    duckdb.connect(str(file), read_only=True).close()


def _bare_duckdb(photos: pl.DataFrame, file: Path) -> None:
    with duckdb.connect(str(file)) as database:
        database.register("rows", photos.to_arrow())
        database.execute("CREATE TABLE photos AS SELECT * FROM rows")


def _bare_sqlite(archive: DataRoot, folder: str) -> float:
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        rows = wiki_photos(pl.DataFrame(database.sql("FROM photos").to_arrow_table())).rows()
    with closing(sqlite3.connect(Path(folder) / "bare.db")) as bare:
        bare.execute(f"CREATE TABLE photos ({', '.join(PHOTOS)})")
        insert = f"INSERT INTO photos VALUES ({', '.join('?' * len(PHOTOS))})"

        def run() -> None:
            bare.executemany(insert, rows)
            bare.commit()

        return _seconds(run)


def _photos(count: int) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    at = np.datetime64("2022-01-01", "s") + np.sort(rng.integers(0, _DAYS * 86400, count))
    ids = [
        f"{str(t).replace('T', '_').replace(':', '-')}_DanteSisofo_R{n:07d}"
        for n, t in enumerate(at)
    ]
    digests = [rng.bytes(32).hex() for _ in range(count)]
    tags = [json.dumps([str(tag) for tag in rng.choice(_TAGS, 4)]) for _ in range(5000)]
    days = at.astype("datetime64[D]").astype(str)
    columns: dict[str, object] = {
        "photo_id": ids,
        "filename": [f"{name}.JPG" for name in ids],
        "path": [f"FLUX_ARCHIVE/ORIGINALS/{name}.JPG" for name in ids],
        "day": days,
        "sha256": digests,
        "bytes": rng.integers(1_000_000, 6_000_000, count),
        "format": ["JPEG"] * count,
        "captured_at": at.astype("datetime64[ms]"),
        "camera_make": ["RICOH"] * count,
        "camera_model": ["GR IIIx"] * count,
        "focal_length_mm": np.full(count, 26.1),
        "aperture": ["f/5.6"] * count,
        "shutter_speed": ["1/500"] * count,
        "iso": rng.integers(100, 6400, count),
        "lat": rng.uniform(-40, 60, count),
        "lon": rng.uniform(-180, 180, count),
        "location_city": [f"City {n}" for n in rng.integers(0, 300, count)],
        "location_country": [f"Country {n}" for n in rng.integers(0, 40, count)],
        "weather": ["clear"] * count,
        "tags": [tags[k] for k in rng.integers(0, len(tags), count)],
        "keeper": (rng.random(count) < 0.04).astype(np.int8),
        "keeper_score": rng.random(count),
        "issue_id": [f"FLUX_{n:03}" if n < 423 else None for n in rng.integers(0, 11_000, count)],
        "embedding_id": [f"emb_{digest[:16]}_mini" for digest in digests],
        "thumb_path": [f"FLUX_PUBLIC/thumbs/{name}.jpg" for name in ids],
    }
    types = {name: column.dtype for name, column in Photos.columns().items()}
    frame = pl.DataFrame(columns).cast({name: types[name] for name in columns})
    missing = [pl.lit(None, dtype=types[name]).alias(name) for name in types if name not in columns]
    return frame.with_columns(missing).select(list(types))


def _write_embeddings(archive: DataRoot, photos: pl.DataFrame) -> None:
    rows = photos.select(
        "day",
        "photo_id",
        "embedding_id",
        error=pl.lit(None, dtype=pl.String),
        fingerprint=pl.lit("x"),
        model=pl.lit("mini"),
        dimensions=pl.lit(256, dtype=pl.Int32),
    )
    for (day,), part in rows.partition_by("day", as_dict=True, include_key=False).items():
        folder = archive.paths.tables / EMBEDDINGS.name
        folder.mkdir(parents=True, exist_ok=True)
        part.write_parquet(folder / f"day={day}.parquet")


if __name__ == "__main__":
    main()
