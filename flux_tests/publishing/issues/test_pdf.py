"""The PDF of an issue: its pages, its pictures, and that it is the same each time."""

import io
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from flux_assets.publishing.issues.atlas import unwrapped, view_of
from flux_assets.publishing.issues.edition import Edition, positions, spaced
from flux_assets.publishing.issues.issue_manifests import IssueRefused
from flux_assets.publishing.issues.issue_pdfs import make_pdfs, pdfs_to_make
from flux_assets.publishing.issues.pdf import pdf_file, write_pdf
from flux_assets.publishing.issues.prints import BOX, DPI, Original, make_print
from flux_assets.publishing.issues.publish import make_manifests
from flux_resources.data_root import DataRoot
from flux_resources.files import sha256_of
from flux_resources.tables import TableStore
from flux_tests.publishing.issues.conftest import Assign

CITIES = ("Łódź", "東京", "서울", "São Paulo", "Αθήνα", None)


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    file = tmp_path_factory.mktemp("original") / "a.jpg"
    Image.new("RGB", (300, 200), (200, 60, 20)).save(file)
    return Original(file, "JPEG", sha256_of(file))


def edition(*, located: bool = True) -> Edition:
    start = datetime(2022, 1, 15, 13, 22)
    frames: list[dict[str, Any]] = [
        {
            "position": n + 1,
            "filename": f"{n}.JPG",
            "sha256": sha256(str(n).encode()).hexdigest(),
            "captured_at": (start + timedelta(days=20 * n)).isoformat(),
            "lat": 40.0 + n if located else None,
            "lon": 170.0 + n if located else None,
            "location_city": CITIES[n % 6] if located else None,
            "location_country": None,
        }
        for n in range(36)
    ]
    manifest = {"issue_id": "FLUX_019", "generated_at": "2026-01-01T00:00:00Z", "frame_count": 36}
    return Edition({**manifest, "frames": frames}, "Dante Sisofo", ("RICOH GR III",))


@pytest.fixture(scope="session")
def printed(original: Original, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("printed") / "a.pdf"
    write_pdf(file, edition(), [original] * 36)
    return file


def test_an_issue_has_43_pages_in_order(printed: Path) -> None:
    pages = [page.extract_text() for page in PdfReader(printed).pages]
    assert len(pages) == 43
    wanted = {0: "019", 1: "Dante Sisofo", 2: "Contact sheet", 3: "Places", 4: "Time line"}
    assert all(text in pages[number] for number, text in wanted.items())
    assert "RICOH GR III" in pages[5]
    assert "15 January 2022, 13:22" in pages[6]
    assert sha256(b"35").hexdigest() in pages[42]
    assert {"Łódź", "東京", "서울", "Αθήνα"} <= set(pages[3].split())


def test_the_same_issue_gives_the_same_bytes(
    original: Original, printed: Path, tmp_path: Path
) -> None:
    write_pdf(tmp_path / "again.pdf", edition(), [original] * 36)
    assert (tmp_path / "again.pdf").read_bytes() == printed.read_bytes()


def test_all_fonts_are_embedded_but_those_that_viewers_bring_along(printed: Path) -> None:
    brought: set[str] = set()
    for page in PdfReader(printed).pages:
        resources = cast(DictionaryObject, page["/Resources"])
        for font in cast(DictionaryObject, resources.get("/Font", {})).values():
            if font.get_object()["/Subtype"] == "/Type0":
                brought.add(font.get_object()["/BaseFont"])
            else:
                assert "/FontFile2" in font.get_object()["/FontDescriptor"]
    assert {name.split("-")[0] for name in brought} == {"/HYGothic", "/HeiseiKakuGo"}


def test_an_issue_without_positions_says_so(original: Original, tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", edition(located=False), [original] * 36)
    page = PdfReader(tmp_path / "a.pdf").pages[3].extract_text()
    assert "None of these frames has a position." in page


def test_a_large_picture_is_reduced_to_print_resolution(tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    Image.new("RGB", (6000, 4000)).save(file)
    made = make_print(Original(file, "JPEG", sha256_of(file)))
    with Image.open(io.BytesIO(made.jpeg)) as picture:
        assert picture.width == round(BOX[0] * DPI / 72)
    assert made.size[0] == pytest.approx(BOX[0], abs=0.1)


def test_a_small_picture_is_not_enlarged(original: Original) -> None:
    made = make_print(original)
    with Image.open(io.BytesIO(made.jpeg)) as picture:
        assert picture.size == (300, 200)
    assert made.size == (216, 144)  # 100 pixels per inch


def test_a_picture_stands_upright(real_photographs: Path) -> None:
    sizes = []
    for number in range(1, 9):
        file = real_photographs / "exif-orientation" / f"Landscape_{number}.jpg"
        made = make_print(Original(file, "JPEG", sha256_of(file)))
        sizes.append(made.size[0] > made.size[1])
    assert all(sizes)


def test_a_raw_file_is_printed(real_photographs: Path) -> None:
    file = real_photographs / "raw" / "DSC8695.dng"
    made = make_print(Original(file, "DNG", sha256_of(file)))
    with Image.open(io.BytesIO(made.jpeg)) as picture:
        assert picture.mode == "RGB"
        assert picture.size == (600, 400)  # half of the sensor, which is more than its preview


def test_an_original_that_changed_is_not_printed(original: Original) -> None:
    with pytest.raises(IssueRefused, match="has changed since the manifest was made"):
        make_print(original._replace(sha256="0" * 64))


def test_a_broken_original_is_named(original: Original, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(original.file.read_bytes()[:400])
    with pytest.raises(IssueRefused, match=r"broken\.jpg cannot be printed"):
        make_print(Original(broken, "JPEG", sha256_of(broken)))


def test_a_pdf_is_made_again_only_when_its_manifest_changed(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    assign([row["filename"] for row in photographs[:36]])
    assert make_pdfs(archive, ["FLUX_001"])[0].faults
    make_manifests(archive, ["FLUX_001"])
    assert pdfs_to_make(archive) == ["FLUX_001"]
    assert make_pdfs(archive, ["FLUX_001"])[0].changed
    assert pdfs_to_make(archive) == []
    assert not make_pdfs(archive, ["FLUX_001"])[0].changed
    before = pdf_file(archive.paths, "FLUX_001").read_bytes()
    assign([row["filename"] for row in photographs[36:]])
    make_manifests(archive, ["FLUX_001"])
    assert make_pdfs(archive, ["FLUX_001"])[0].changed
    assert pdf_file(archive.paths, "FLUX_001").read_bytes() != before


def test_pictures_that_are_not_those_of_the_captions_are_not_printed(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    listed = [row["photo_id"] for row in photographs[:36]]
    assign(listed)
    make_manifests(archive, ["FLUX_001"])
    assign(listed[::-1])
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(TableStore, "write_partition", die)
        make_manifests(archive, ["FLUX_001"])

    (refused,) = make_pdfs(archive, ["FLUX_001"])
    said = "FLUX_001: manifest.json and its table differ; publish it again"
    assert refused.faults == (said,)
    assert not pdf_file(archive.paths, "FLUX_001").exists()
    make_manifests(archive, ["FLUX_001"])
    assert make_pdfs(archive, ["FLUX_001"])[0].changed


def test_a_map_goes_over_the_date_line_where_that_is_shorter() -> None:
    lon = np.array([139.7, -122.4])
    assert np.ptp(unwrapped(lon)) == pytest.approx(97.9)
    view = view_of(np.array([35.7, 37.8]), lon, aspect=1.5)
    assert view.west < 139.7
    assert view.east > 360 - 122.4


def test_numbers_of_frames_are_told_in_runs() -> None:
    assert positions([{"position": n} for n in (7, 1, 2, 3, 9, 10)]) == "1–3, 7, 9–10"


def test_an_issue_of_one_day_names_it_once() -> None:
    one = edition()
    frames = [{**frame, "captured_at": "2022-01-15T12:00:00"} for frame in one.frames]
    assert replace(one, manifest={**one.manifest, "frames": frames}).period == "15 January 2022"
    assert spaced("DanteSisofo") == "Dante Sisofo"
