"""Rows of photographs and keepers for `benchmarks.keeper_matching`, made from a seed."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from flux_assets.keepers.matching.keeper_index import KeeperIndex

_BEGIN, _DAYS = date(2022, 1, 1), 1461
_COUNTER = 9999
_OTHER_CAMERA, _RAW, _BURSTS = 0.15, 0.1, 0.1  # shares of the presses

# What befalls keepers, and how many of those from sessions whose clock is right.
_KINDS = {
    "copy": 0.2,
    "copy, renamed": 0.1,
    "re-encoded": 0.18,
    "edited, name of the archive": 0.17,
    "sub-seconds lost, name of the camera": 0.12,
    "one hour off alone, name of the camera": 0.05,
    "no EXIF, name of the archive": 0.05,
    "no EXIF, name of the camera (wraps)": 0.04,
    "no EXIF, no name": 0.02,
    "stranger of another time": 0.02,
    "stranger, name of the camera (wraps)": 0.02,
    "stranger, other camera, same time": 0.02,
    "stranger, same camera, same time (*)": 0.01,
}
_DRIFTED = ("session one hour off, names", "session one hour off, no names")


def photographs(random: np.random.Generator, rows: int) -> pl.DataFrame:
    """A corpus as `match_keepers` reads it: presses by day, tenths of them with a RAW file."""
    presses = int(rows / (1 + _RAW))
    day = np.sort(random.integers(0, _DAYS, presses))
    begin = random.integers(8 * 3600, 18 * 3600, _DAYS)[day]
    second = begin + random.gamma(2.0, 3600.0, presses).astype(np.int64)
    ms = random.integers(0, 100, presses) * 10
    stamp = (day * 86_400 + second) * 1000 + ms
    burst = np.flatnonzero(random.random(presses - 3) < _BURSTS / 3)
    for step in (1, 2, 3):
        stamp[burst + step] = stamp[burst] + step * 250
    stamp.sort()
    other = random.random(presses) < _OTHER_CAMERA
    number = np.where(other, np.cumsum(other), np.cumsum(~other)) % _COUNTER + 1
    first_year = stamp < 365 * 86_400_000
    stamp = np.where(first_year, stamp // 1000 * 1000, stamp)  # its camera knew no sub-seconds
    frame = pl.DataFrame({"stamp": stamp, "other": other, "number": number})
    name = pl.format("R{}", pl.col("number").cast(pl.String).str.zfill(7))
    captured = pl.lit(datetime.combine(_BEGIN, datetime.min.time())) + pl.duration(
        milliseconds="stamp"
    )
    frame = frame.with_columns(
        name=name, captured_at=captured.cast(pl.Datetime("ms"))
    ).with_columns(
        photo_id=pl.format(
            "{}_DanteSisofo_{}", pl.col("captured_at").dt.strftime("%Y-%m-%d_%H-%M-%S"), "name"
        ),
        day=pl.col("captured_at").dt.date(),
    )
    jpegs = frame.unique("photo_id", keep="first", maintain_order=True)
    raw = jpegs.sample(fraction=_RAW, seed=0).with_columns(
        pair_id="photo_id", photo_id=pl.format("{}_DNG", "photo_id")
    )
    jpegs = jpegs.join(raw.select("pair_id", photo_id="pair_id"), on="photo_id", how="left")
    return (
        pl.concat([jpegs, raw.select(jpegs.columns)])
        .with_columns(
            sha256=pl.col("photo_id").hash(0).cast(pl.String).str.zfill(64),
            original_filename=pl.format("{}.JPG", "name"),
            bytes=pl.col("photo_id").hash(1) % 4_000_000 + 3_000_000,
            width=pl.lit(6000),
            height=pl.lit(4000),
            subsecond=pl.when(pl.col("captured_at").dt.year() > 2022).then(
                (pl.col("captured_at").dt.millisecond() // 10).cast(pl.String).str.zfill(2)
            ),
            camera_model=pl.when("other").then(pl.lit("GR IIIx")).otherwise(pl.lit("GR III")),
            serial=pl.when("other").then(pl.lit("2")).otherwise(pl.lit("1")),
        )
        .drop("stamp", "number", "other")
    )


def keepers_of(random: np.random.Generator, corpus: pl.DataFrame, count: int) -> pl.DataFrame:
    """Rows of `KeeperIndex` with their `kind` and the photo_id that is the `truth`."""
    jpegs = corpus.filter(pl.col("photo_id") == pl.coalesce("pair_id", "photo_id"))
    chosen = jpegs.sample(count, seed=1).with_columns(truth="photo_id")
    days = chosen["day"].unique().sort()
    off = days.sample(fraction=0.2, seed=2)
    drifted = chosen.filter(pl.col("day").is_in(off.implode()))
    by_name = pl.col("day").is_in(off.head(len(off) // 2).implode())
    kind = pl.when(by_name).then(pl.lit(_DRIFTED[0])).otherwise(pl.lit(_DRIFTED[1]))
    right = chosen.filter(~pl.col("day").is_in(off.implode()))
    shares = np.array(list(_KINDS.values()))
    kinds = random.choice(list(_KINDS), len(right), p=shares / shares.sum())
    both = pl.concat(
        [drifted.with_columns(kind=kind), right.with_columns(kind=pl.Series(kinds))]
    ).with_row_index("n")
    order = [*_KINDS, *_DRIFTED]
    return _as_index(
        pl.concat([_befallen(rows) for rows in both.partition_by("kind")], how="vertical_relaxed")
    ).sort(pl.col("kind").replace_strict({name: n for n, name in enumerate(order)}))


def _befallen(rows: pl.DataFrame) -> pl.DataFrame:
    """What became of keepers of one kind: columns of `KeeperIndex`, `kind` and `truth`."""
    kind = str(rows["kind"][0])
    edited = pl.format("{}", 10**9 + pl.col("n")).str.zfill(64).alias("sha256")
    rows = (
        rows
        if kind.startswith("copy")
        else rows.with_columns(edited, bytes=1_000_000 + pl.col("n"))
    )
    if "no EXIF" in kind:
        rows = rows.with_columns(
            pl.lit(None).alias(name)
            for name in ("captured_at", "subsecond", "camera_model", "serial")
        )
    if "one hour off" in kind:
        rows = rows.with_columns(pl.col("captured_at").dt.offset_by("1h"))
    if "lost" in kind:
        rows = rows.with_columns(pl.col("captured_at").dt.truncate("1s"), subsecond=None)
    if kind.startswith("stranger"):
        rows = rows.with_columns(_strange(kind), truth=pl.lit(None, pl.String))
    return rows.with_columns(_filename(kind))


def _strange(kind: str) -> list[pl.Expr]:
    if "other camera" in kind:
        return [pl.lit("X100V").alias("camera_model"), pl.lit("77").alias("serial")]
    if "same time" in kind:
        return []
    return [pl.col("captured_at") + timedelta(days=97, seconds=1234, milliseconds=130)]


def _filename(kind: str) -> pl.Expr:
    plain = pl.format("web_{}.jpg", "n")
    names: dict[str, pl.Expr] = {
        "copy": pl.format("{}.JPG", "photo_id"),
        "re-encoded": pl.format("{}.jpg", "photo_id"),
        "edited, name of the archive": pl.format("{}_edit.jpg", "photo_id"),
        "no EXIF, name of the archive": pl.format("{}-web.jpg", "photo_id"),
        "stranger, same camera, same time (*)": plain,
    }
    if kind in names:
        return names[kind].alias("filename")
    camera = pl.format("{}-2.jpg", "name")
    return (camera if "name of the camera" in kind or kind == _DRIFTED[0] else plain).alias(
        "filename"
    )


def _as_index(rows: pl.DataFrame) -> pl.DataFrame:
    types = {name: column.dtype for name, column in KeeperIndex.columns().items()}
    return rows.with_columns(
        keeper_path=pl.format("FLUX_ARCHIVE/KEEPERS/{}/{}", "n", "filename"),
        modified_at=pl.lit(datetime(2025, 1, 1)).dt.replace_time_zone("UTC"),
        format=pl.lit("JPEG"),
        camera_make=pl.lit("RICOH"),
        error=None,
        fingerprint=None,
    ).select("kind", "truth", *(pl.col(name).cast(dtype) for name, dtype in types.items()))
