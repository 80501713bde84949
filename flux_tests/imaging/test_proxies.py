"""Working copies and thumbnails on disk, and the rows that speak of them."""

from pathlib import Path

import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from flux_assets.imaging import proxies as building
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.imaging.pictures import BLUE, GREEN, GREY, RED, looks_like, quarters
from flux_tests.imaging.proxy_days import DAY, proxy_rows, refresh_proxies
from flux_tests.imaging.raw_files import write_dng

register_heif_opener()


def test_a_photograph_gets_a_copy_a_thumbnail_and_its_light(
    archive: DataRoot, originals: list[Path]
) -> None:
    report = refresh_proxies(archive, *originals)

    row = proxy_rows(archive)["0"]
    assert (report.computed, report.failed) == (3, 0)
    assert row["proxy_path"] == f"FLUX_PROXIES/2022/2022-01/{DAY}/0.jpg"
    assert row["thumb_path"] == "FLUX_PUBLIC/thumbs/0.jpg"
    for path, size in ((row["proxy_path"], (256, 171)), (row["thumb_path"], (128, 86))):
        with Image.open(archive.paths.absolute(str(path))) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)
            assert "icc_profile" not in image.info
            assert not image.getexif()
    assert 0 < float(str(row["median_luminance"])) < 1


def test_a_second_run_decodes_nothing(
    archive: DataRoot, originals: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_proxies(archive, *originals)
    monkeypatch.setattr(building, "isolated_map", lambda *_, **__: pytest.fail("decoded"))

    assert refresh_proxies(archive, *originals).computed == 0


def test_small_pictures_are_not_enlarged(archive: DataRoot, photograph: Photograph) -> None:
    refresh_proxies(archive, photograph(archive.paths.root / "small.jpg", size=(96, 64)))

    for path in (archive.paths.proxy(DAY, "small"), archive.paths.thumb("small")):
        with Image.open(path) as image:
            assert image.size == (96, 64)


def test_broken_pictures_are_error_rows_and_do_not_stop_the_others(
    archive: DataRoot, originals: list[Path]
) -> None:
    truncated, foreign = originals[0], originals[1]
    truncated.write_bytes(truncated.read_bytes()[: truncated.stat().st_size // 2])
    foreign.write_bytes(b"\xff\xd8\xff no picture")

    first = refresh_proxies(archive, *originals)
    second = refresh_proxies(archive, *originals)

    rows = proxy_rows(archive)
    assert (first.failed, second.failed, second.computed) == (2, 2, 0)
    assert "proxies: OSError: image file is truncated" in str(rows["0"]["error"])
    assert str(rows["1"]["error"]).startswith("proxies: UnidentifiedImageError")
    assert rows["0"]["proxy_path"] is None
    assert rows["2"]["error"] is None


def test_an_original_that_is_not_there_is_tried_again(
    archive: DataRoot, originals: list[Path]
) -> None:
    away = originals[0].rename(archive.paths.root / "away.jpg")
    assert refresh_proxies(archive, *originals).failed == 1

    away.rename(originals[0])

    report = refresh_proxies(archive, *originals)
    assert (report.computed, report.failed) == (1, 0)


def test_originals_are_not_touched(archive: DataRoot, originals: list[Path]) -> None:
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in originals]

    refresh_proxies(archive, *originals)

    assert before == [(file.read_bytes(), file.stat().st_mtime_ns) for file in originals]


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "tif", "heic", "dng"])
def test_every_kind_of_file_gets_its_copies(archive: DataRoot, ending: str) -> None:
    file = archive.paths.root / f"a.{ending}"
    scene = quarters((640, 480))
    if ending == "dng":
        write_dng(file, scene)
    else:
        scene.save(file)

    assert refresh_proxies(archive, file).failed == 0
    for path, size in (
        (archive.paths.proxy(DAY, "a"), (256, 192)),
        (archive.paths.thumb("a"), (128, 96)),
    ):
        with Image.open(path) as image:
            assert image.size == size
            assert looks_like(image, [RED, GREEN, BLUE, GREY])


def test_a_disk_that_fails_is_tried_again(archive: DataRoot, originals: list[Path]) -> None:
    archive.paths.thumbs.parent.mkdir()
    archive.paths.thumbs.touch()  # a file where a folder belongs
    assert refresh_proxies(archive, *originals).failed == 3

    archive.paths.thumbs.unlink()

    report = refresh_proxies(archive, *originals)
    assert (report.computed, report.failed) == (3, 0)
