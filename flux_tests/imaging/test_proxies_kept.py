"""Copies that stay, come back, or go with their photographs."""

from pathlib import Path

import pytest
from PIL import Image

from flux_assets.corpus.photo_index import PhotoIndex
from flux_assets.imaging.proxies import remove_proxies
from flux_resources.data_root import DataRoot
from flux_tests.corpus.looking import index_day
from flux_tests.imaging.proxy_days import DAY, SETTINGS, refresh_proxies


@pytest.mark.parametrize("lost", ["proxy", "thumb"])
def test_a_file_that_was_removed_by_hand_is_made_again(
    archive: DataRoot, originals: list[Path], lost: str
) -> None:
    refresh_proxies(archive, *originals)
    file = archive.paths.proxy(DAY, "1") if lost == "proxy" else archive.paths.thumb("1")
    file.unlink()

    assert refresh_proxies(archive, *originals).computed == 1
    assert file.is_file()


def test_new_sizes_make_all_copies_anew(archive: DataRoot, originals: list[Path]) -> None:
    refresh_proxies(archive, *originals)

    larger = SETTINGS.model_copy(update={"proxy_pixels": 300})

    assert refresh_proxies(archive, *originals, settings=larger).computed == 3
    with Image.open(archive.paths.proxy(DAY, "0")) as image:
        assert image.size == (300, 200)


def test_copies_of_removed_photographs_go_with_them(
    archive: DataRoot, originals: list[Path]
) -> None:
    refresh_proxies(archive, *originals)

    report = refresh_proxies(archive, *originals[1:])
    for _ in range(2):
        remove_proxies(report.removed, day=DAY, paths=archive.paths, tables=archive.tables)

    assert report.removed == ("0",)
    for folder in (archive.paths.proxy(DAY, "0").parent, archive.paths.thumbs):
        assert {path.name for path in folder.iterdir()} == {"1.jpg", "2.jpg"}


def test_a_photograph_that_moved_to_another_day_keeps_its_thumbnail(
    archive: DataRoot, originals: list[Path]
) -> None:
    refresh_proxies(archive, *originals)
    target = archive.paths.original_day("2022-01-10")
    target.mkdir()
    originals[0].rename(target / "0.jpg")
    index_day(archive, "2022-01-10")
    (photo_id,) = archive.tables.read_day("photo_index", "2022-01-10", PhotoIndex)["photo_id"]
    for copies in (archive.paths.proxy(DAY, photo_id), archive.paths.thumb(photo_id)):
        copies.touch()

    remove_proxies((photo_id, "1"), day=DAY, paths=archive.paths, tables=archive.tables)

    assert not archive.paths.proxy(DAY, photo_id).exists()
    assert archive.paths.thumb(photo_id).exists()
    assert not archive.paths.thumb("1").exists()
