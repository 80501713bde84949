"""How a demo archive is built: repeatably, from one's own pictures too, and never by halves."""

import hashlib
import logging
import shutil
from pathlib import Path

import pytest

from flux_assets.demo import plan
from flux_assets.demo.archive import STAGING, build_demo
from flux_assets.demo.photographs import MissingPhotographsError, own_photographs
from flux_assets.demo.truth import TRUTH_FILE


class KilledError(Exception):
    """Stands for the process ending here."""


@pytest.fixture(autouse=True)
def short_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sessions of the plan are enough where only the way of building is looked at."""
    monkeypatch.setattr(plan, "SESSIONS", plan.SESSIONS[:2])


def contents(root: Path) -> dict[str, tuple[str, float]]:
    """Digest and modification time of every file but the truth, which names the sources."""
    return {
        p.relative_to(root).as_posix(): (
            hashlib.sha256(p.read_bytes()).hexdigest(),
            p.stat().st_mtime if p.suffix.lower() == ".jpg" and "RICOH" in p.parent.name else 0.0,
        )
        for p in root.rglob("*")
        if p.is_file()
    }


def test_same_seed_same_archive_other_seed_other_pictures(tmp_path: Path) -> None:
    first = build_demo(tmp_path / "a", seed=7)
    assert build_demo(tmp_path / "b", seed=7).truth == first.truth
    truncated = "R0009001.JPG"  # not a shot: the file time is when it was written
    a, b = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert {k: v for k, v in a.items() if truncated not in k} == {
        k: v for k, v in b.items() if truncated not in k
    }
    other = build_demo(tmp_path / "c", seed=8).truth
    assert not {f.sha256 for f in first.truth.frames[:9]} & {f.sha256 for f in other.frames}


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    build_demo(tmp_path, on_frame=lambda done, total: seen.append((done, total)))
    assert seen == [(n + 1, len(seen)) for n in range(len(seen))]
    assert len(seen) == sum(session.frames for session in plan.SESSIONS)


def test_killed_while_drawing_it_starts_over(tmp_path: Path) -> None:
    def kill(done: int, total: int) -> None:
        if done == 5:
            raise KilledError

    with pytest.raises(KilledError):
        build_demo(tmp_path / "a", on_frame=kill)
    assert [p.name for p in (tmp_path / "a").iterdir()] == [STAGING]
    (tmp_path / "a" / STAGING / "FLUX_INBOX" / "half a file.JPG").write_bytes(b"half")
    assert build_demo(tmp_path / "a").newly_built
    build_demo(tmp_path / "b")
    assert contents(tmp_path / "a").keys() == contents(tmp_path / "b").keys()


def test_killed_while_moving_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_demo(tmp_path / "whole")
    moved = 0
    replace = Path.replace

    def dying_replace(source: Path, target: Path) -> Path:
        nonlocal moved
        moved += 1
        if moved == 9:
            raise KilledError
        return replace(source, target)

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(Path, "replace", dying_replace)
        build_demo(tmp_path / "cut")
    assert not (tmp_path / "cut" / TRUTH_FILE).exists()
    build_demo(tmp_path / "cut")
    assert contents(tmp_path / "cut").keys() == contents(tmp_path / "whole").keys()


def test_own_photographs_are_used_and_left_alone(
    tmp_path: Path, own_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = contents(own_folder)
    built = build_demo(tmp_path / "root", photos=own_folder)
    assert {f.shows for f in built.truth.frames if f.shows} == {
        "a bridge",
        "a bridge, as a silhouette",
    }
    assert contents(own_folder) == before
    assert "broken.jpg" in caplog.text


def test_a_folder_without_pictures_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingPhotographsError, match="empty"):
        build_demo(tmp_path / "root", photos=tmp_path / "empty")
    with pytest.raises(NotADirectoryError):
        own_photographs(tmp_path / "nowhere")
    assert not (tmp_path / "root").exists()


def test_asking_for_other_pictures_warns_and_keeps_the_old(
    tmp_path: Path, own_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = build_demo(tmp_path / "root")
    shutil.rmtree(tmp_path / "root" / "FLUX_INBOX")
    with caplog.at_level(logging.WARNING):
        again = build_demo(tmp_path / "root", photos=own_folder)
    assert again.truth == first.truth
    assert "left as it is" in caplog.text
    assert not (tmp_path / "root" / "FLUX_INBOX").exists()
