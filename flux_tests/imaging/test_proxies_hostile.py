"""Files that do harm, by design or by accident: each costs one row and keeps to its limits."""

import os
import signal
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from flux_assets.corpus.pictures import NotAPhotograph, identify
from flux_assets.imaging import proxies as building
from flux_assets.imaging.proxies import build_proxies
from flux_assets.imaging.working_copy import Copied, Failure, Order, make_copies
from flux_resources.data_root import DataRoot
from flux_tests.imaging.pictures import quarters
from flux_tests.imaging.proxy_days import DAY, SETTINGS, proxy_rows, refresh_proxies
from flux_tests.imaging.raw_files import write_dng

register_heif_opener()
TIGHT = SETTINGS.model_copy(update={"file_seconds": 1.0, "file_gigabytes": 0.3})


def misbehave(order: Order) -> Copied | Failure:
    """What a decoder may do to a file named after it."""
    if order.original.stem == "hangs":
        time.sleep(60)
    if order.original.stem == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    return make_copies(order)


def test_a_decoder_that_hangs_or_crashes_costs_one_row(
    archive: DataRoot, originals: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "make_copies", misbehave)
    hangs = originals[0].rename(originals[0].with_name("hangs.jpg"))
    crashes = originals[1].rename(originals[1].with_name("crashes.jpg"))
    files = (hangs, crashes, originals[2])

    refresh_proxies(archive, *files, settings=TIGHT)
    again = refresh_proxies(archive, *files, settings=TIGHT)

    rows = proxy_rows(archive)
    assert rows["hangs"]["error"] == "proxies: took over 1 s"
    assert str(rows["crashes"]["error"]).startswith("proxies: killed by signal 11")
    assert rows["2"]["error"] is None
    assert again.computed == 1  # what took too long may have been a slow disk


def _png(path: Path, width: int, height: int) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000_000, 9)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def _jpeg(path: Path, width: int, height: int) -> None:
    Image.new("RGB", (64, 64)).save(path)
    content = bytearray(path.read_bytes())
    size = content.index(b"\xff\xc0") + 5
    content[size : size + 4] = struct.pack(">HH", height, width)
    path.write_bytes(content)


def _tiff(path: Path, width: int, height: int) -> None:
    """One strip, uncompressed, mostly a hole in the file."""
    strip = width * height * 3
    entries = {256: width, 257: height, 258: 8, 259: 1, 262: 2, 273: 200, 277: 3}
    entries |= {278: height, 279: strip}
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    head += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    path.write_bytes(head + b"\0" * 4)
    os.truncate(path, 200 + strip)


@pytest.mark.parametrize(
    ("write", "width", "height", "reason"),
    [
        (_png, 30_000, 30_000, "DecompressionBombError"),
        (_jpeg, 65_500, 65_500, "DecompressionBombError"),
        (_tiff, 30_000, 30_000, "DecompressionBombError"),
        (_png, 13_000, 13_000, "needed more than 0.3 GB"),
        (_tiff, 13_000, 13_000, "needed more than 0.3 GB"),
    ],
)
def test_a_bomb_is_an_error_row(
    archive: DataRoot,
    photograph: Callable[..., Path],
    write: Callable[[Path, int, int], None],
    width: int,
    height: int,
    reason: str,
) -> None:
    bomb = archive.paths.root / "bomb.jpg"
    write(bomb, width, height)

    report = refresh_proxies(
        archive, bomb, photograph(archive.paths.root / "a.jpg"), settings=TIGHT
    )

    assert report.failed == 1
    assert reason in str(proxy_rows(archive)["bomb"]["error"])


def test_mutated_files_give_copies_or_error_rows(archive: DataRoot, tmp_path: Path) -> None:
    scene, random = quarters((320, 240)), np.random.default_rng(0)
    whole = [write_dng(tmp_path / "a.dng", scene, scene.resize((1024, 768)))]
    for ending in ("jpg", "png", "webp", "tif", "heic"):
        scene.save(tmp_path / f"a.{ending}")
        whole.append(tmp_path / f"a.{ending}")
    files = []
    for number in range(90):
        source = whole[number % len(whole)]
        content = bytearray(source.read_bytes())
        reach = min(len(content), random.choice([400, 10**7]))  # often the headers alone
        for place in random.integers(12, reach, 1 + number % 9):
            content[place] = random.integers(256)
        files.append(tmp_path / f"{number}{source.suffix}")
        files[-1].write_bytes(content)

    report = refresh_proxies(archive, *files)

    assert report.computed == len(files)
    for row in proxy_rows(archive).values():
        _is_complete(archive, row)


def test_real_files_give_copies_or_error_rows(archive: DataRoot, real_photographs: Path) -> None:
    found: list[tuple[str, str, str]] = []
    for file in sorted(real_photographs.rglob("*")):
        if file.is_file():
            try:
                found.append((str(len(found)), str(file), identify(file).format))
            except NotAPhotograph:
                continue
    inputs = pl.DataFrame(found, schema=["photo_id", "path", "format"], orient="row")

    rows = build_proxies(inputs, day=DAY, paths=archive.paths, settings=SETTINGS)

    assert rows.height == len(found)
    assert not rows["retry"].any()
    for row in rows.iter_rows(named=True):
        _is_complete(archive, row)


def _is_complete(archive: DataRoot, row: dict[str, object]) -> None:
    """Two pictures without an error, or an error."""
    if row["error"] is not None:
        assert str(row["error"]).startswith("proxies: ")
        assert row["proxy_path"] is None
        return
    for stored in (row["proxy_path"], row["thumb_path"]):
        with Image.open(archive.paths.absolute(str(stored))) as image:
            image.load()
