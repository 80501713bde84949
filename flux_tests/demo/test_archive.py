"""The demo archive as a whole: what lies where, and that it is built exactly once."""

import shutil
from collections import Counter
from datetime import datetime
from math import cos, hypot, radians
from pathlib import Path

import exifread
import numpy as np
import pytest
from PIL import Image

from flux_assets.demo import photographs
from flux_assets.demo.archive import STAGING, DemoArchive, NotADemoRootError, build_demo
from flux_assets.demo.keepers import KeeperKind
from flux_assets.demo.photographs import MissingPhotographsError
from flux_assets.demo.truth import FrameTruth, KeeperTruth, Oddity


def ordinary(demo: DemoArchive) -> list[FrameTruth]:
    return [f for f in demo.truth.frames if f.oddity in {None, Oddity.NO_GPS}]


def odd(demo: DemoArchive, oddity: Oddity) -> list[FrameTruth]:
    return [f for f in demo.truth.frames if f.oddity is oddity]


def exif_time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace(":", "-", 2))


def test_three_years_three_cities_enough_frames(demo: DemoArchive) -> None:
    frames = ordinary(demo)
    days = {str(f.captured_at)[:10] for f in frames}
    assert len(frames) >= 240
    assert len(days) >= 14
    assert {day[:4] for day in days} == {"2022", "2023", "2024"}
    assert {f.city for f in frames} == {"Philadelphia", "Rome", "Tokyo"}
    assert {"2022-01", "2022-02"} <= {d[:7] for d in days}
    assert any(f.city == "Rome" and str(f.captured_at).startswith("2023") for f in frames)


def test_the_inbox_holds_exactly_what_the_truth_lists(demo: DemoArchive) -> None:
    on_disk = {
        p.relative_to(demo.root).as_posix()
        for p in (demo.root / "FLUX_INBOX").rglob("*")
        if p.is_file()
    }
    assert on_disk == {f.path for f in demo.truth.frames}
    assert not (demo.root / STAGING).exists()


def test_contents_are_distinct_but_for_the_duplicates(demo: DemoArchive) -> None:
    copies = odd(demo, Oddity.DUPLICATE)
    assert len(copies) >= 2
    assert len({f.sha256 for f in demo.truth.frames}) == len(demo.truth.frames) - len(copies)
    for copy in copies:
        assert copy.duplicate_of is not None
        assert (demo.root / copy.path).read_bytes() == (demo.root / copy.duplicate_of).read_bytes()


def test_exif_agrees_with_the_truth(demo: DemoArchive) -> None:
    for frame in ordinary(demo)[::20]:
        with (demo.root / frame.path).open("rb") as file:
            tags = exifread.process_file(file, details=False)
        taken = exif_time(str(tags["EXIF DateTimeOriginal"]))
        assert taken.isoformat() == frame.captured_at
        assert exifread.utils.get_gps_coords(tags) == pytest.approx(frame.gps, abs=1e-5)


def test_some_frames_lie_within_80_m_of_40th_and_walnut(demo: DemoArchive) -> None:
    def metres(gps: tuple[float, float]) -> float:
        east = (gps[1] + 75.2036) * cos(radians(39.9537))
        return 111_320 * hypot(gps[0] - 39.9537, east)

    near = [f for f in ordinary(demo) if f.gps and metres(f.gps) < 80]
    assert len(near) >= 20


def test_odd_files_are_what_they_claim(demo: DemoArchive) -> None:
    (truncated,) = odd(demo, Oddity.TRUNCATED)
    with Image.open(demo.root / truncated.path) as image, pytest.raises(OSError, match="truncated"):
        image.load()
    (text,) = odd(demo, Oddity.NOT_AN_IMAGE)
    assert b"bread" in (demo.root / text.path).read_bytes()
    (bare,) = odd(demo, Oddity.NO_EXIF)
    with Image.open(demo.root / bare.path) as image:
        assert not image.getexif()
    assert [f.gps for f in odd(demo, Oddity.NO_GPS)] == [None]


def test_two_pictures_want_the_same_name(demo: DemoArchive) -> None:
    (clash,) = odd(demo, Oddity.SAME_NAME)
    rivals = [f for f in demo.truth.frames if f.canonical == clash.canonical]
    assert len({f.sha256 for f in rivals}) == len({Path(f.path).parent for f in rivals}) == 2
    assert f"{clash.canonical}.JPG" not in demo.truth.issue


def test_bursts_last_under_two_seconds(demo: DemoArchive) -> None:
    sizes = Counter(f.burst for f in ordinary(demo) if f.burst)
    assert len(sizes) >= 4
    for burst, size in sizes.items():
        times = [
            datetime.fromisoformat(str(f.captured_at)) for f in ordinary(demo) if f.burst == burst
        ]
        assert size >= 3
        assert (max(times) - min(times)).total_seconds() <= 2


def originals(demo: DemoArchive) -> dict[str, tuple[KeeperTruth, FrameTruth]]:
    """Every keeper that has an original, by its path."""
    frames = {f.path: f for f in demo.truth.frames}
    return {k.path: (k, frames[k.original]) for k in demo.truth.keepers if k.original}


def taken_at(path: Path) -> datetime:
    with Image.open(path) as image:
        return exif_time(image.getexif().get_ifd(0x8769)[0x9003])


def test_keepers_of_every_kind_have_their_original(demo: DemoArchive) -> None:
    kinds = Counter(keeper.kind for keeper in demo.truth.keepers)
    assert set(kinds) == set(KeeperKind)
    assert min(kinds.values()) >= 4
    assert 0.1 < len(demo.truth.keepers) / len(ordinary(demo)) < 0.16
    for path, (keeper, original) in originals(demo).items():
        assert keeper.original_canonical == original.canonical
        same = (demo.root / path).read_bytes() == (demo.root / original.path).read_bytes()
        assert same == (keeper.kind in {KeeperKind.COPY, KeeperKind.RENAMED})


def test_edited_keepers_differ_as_their_kind_says(demo: DemoArchive) -> None:
    for path, (keeper, frame) in originals(demo).items():
        with Image.open(demo.root / path) as edited:
            edited.load()
            exif, size = edited.getexif(), edited.size
        with Image.open(demo.root / frame.path) as original:
            if keeper.kind == KeeperKind.CROPPED:
                shares = [a / b for a, b in zip(size, original.size, strict=True)]
                assert all(0.849 <= share < 0.95 for share in shares)
        if keeper.kind in {KeeperKind.STRIPPED, KeeperKind.WRAPPED}:
            assert not exif
            continue
        drift = taken_at(demo.root / path) - taken_at(demo.root / frame.path)
        drifted = keeper.kind in {KeeperKind.DRIFTED, KeeperKind.SESSION_DRIFTED}
        assert drift.total_seconds() == (3600 if drifted else 0)


def test_one_session_of_keepers_is_off_as_a_whole(demo: DemoArchive) -> None:
    kinds: dict[str, set[str]] = {}
    for keeper, original in originals(demo).values():
        kinds.setdefault(str(original.captured_at)[:10], set()).add(keeper.kind)
    off = [day for day, found in kinds.items() if KeeperKind.SESSION_DRIFTED in found]
    assert [kinds[day] for day in off] == [{KeeperKind.SESSION_DRIFTED}]


def test_numbers_of_a_wrapped_counter_name_several_frames(demo: DemoArchive) -> None:
    names = Counter(Path(frame.path).stem for frame in ordinary(demo))
    for path, (keeper, _) in originals(demo).items():
        if keeper.kind == KeeperKind.WRAPPED:
            assert names[Path(path).stem] > 1


def test_impostors_have_the_time_of_a_frame_and_no_original(demo: DemoArchive) -> None:
    impostors = [k for k in demo.truth.keepers if k.kind == KeeperKind.IMPOSTOR]
    kept = {keeper.original for keeper in demo.truth.keepers}
    for keeper in impostors:
        assert (keeper.original, keeper.original_canonical) == (None, None)
        assert keeper.same_time_as not in kept
        assert keeper.same_time_as is not None
        rival = demo.root / keeper.same_time_as
        assert taken_at(demo.root / keeper.path) == taken_at(rival)
        with Image.open(demo.root / keeper.path) as image, Image.open(rival) as other:
            small = [np.asarray(i.convert("L").resize((32, 32)), float) for i in (image, other)]
        assert np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1] < 0.5


def test_the_issue_has_36_frames_of_the_archive(demo: DemoArchive) -> None:
    listed = (demo.root / "FLUX_ISSUES/FLUX_001/frames.txt").read_text().splitlines()
    assert listed == demo.truth.issue
    assert len(set(listed)) == 36
    assert set(listed) <= {f"{f.canonical}.JPG" for f in demo.truth.frames}


def test_a_second_build_writes_nothing_even_after_ingestion(
    tmp_path: Path, demo: DemoArchive
) -> None:
    shutil.copy2(demo.truth_path, tmp_path / demo.truth_path.name)  # the inbox has been emptied
    again = build_demo(tmp_path)
    assert not again.newly_built
    assert again.truth == demo.truth
    assert [p.name for p in tmp_path.iterdir()] == [demo.truth_path.name]


def test_another_photographers_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "FLUX_INBOX").mkdir()
    (tmp_path / "FLUX_INBOX" / "mine.JPG").write_bytes(b"mine")
    with pytest.raises(NotADemoRootError, match=r"mine\.JPG"):
        build_demo(tmp_path)
    assert [p.name for p in tmp_path.rglob("*.JPG")] == ["mine.JPG"]


def test_absent_packages_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = photographs.Packaged("x", "x", "no-such-package", "x.png", "")
    monkeypatch.setattr(photographs, "CATALOGUE", (missing,))
    with pytest.raises(MissingPhotographsError, match=r"no-such-package.*flux-archive\[demo\]"):
        photographs.packaged_photographs()
