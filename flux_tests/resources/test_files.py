"""Writes and copies that survive a crash, and the lock of single writers."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flux_resources.files import (
    Busy,
    CopyError,
    atomic_file,
    copy_proven,
    legible,
    sha256_of,
    single_writer,
)

_HOLD = """
import sys
from pathlib import Path
from flux_resources.files import single_writer
with single_writer(Path(sys.argv[1]), "vectors"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_an_atomic_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.txt"

    with atomic_file(target) as temporary:
        temporary.write_text("half")
        assert not target.exists()
        temporary.write_text("whole")

    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("durable", [True, False])
def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path, durable: bool) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")

    with pytest.raises(KeyboardInterrupt), atomic_file(target, durable=durable) as temporary:
        temporary.write_text("new")
        raise KeyboardInterrupt

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_copy_keeps_content_and_time(tmp_path: Path) -> None:
    source, copy = tmp_path / "a", tmp_path / "b" / "c"
    source.write_bytes(os.urandom(3_000_000))
    os.utime(source, ns=(1, 1_642_000_000_123_456_789))

    copy_proven(source, copy, sha256_of(source))

    assert copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_mtime_ns == 1_642_000_000_123_456_789


def test_a_copy_that_does_not_read_back_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, copy = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"content")

    def bad_disk(_: Path, target: Path) -> None:
        target.write_bytes(b"cantent")

    monkeypatch.setattr("shutil.copyfile", bad_disk)
    with pytest.raises(CopyError, match="changed its content"):
        copy_proven(source, copy, sha256_of(source))

    assert list(tmp_path.iterdir()) == [source]


def test_digests_are_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")

    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"content").hexdigest()
    with pytest.raises(IsADirectoryError):
        sha256_of(tmp_path)


def test_a_second_process_cannot_write_and_can_when_the_first_is_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with (
            pytest.raises(Busy, match="another process is writing"),
            single_writer(tmp_path, "vectors", timeout=0.1),
        ):
            pytest.fail("both held the lock")
        with single_writer(tmp_path, "duckdb", timeout=0.1):
            pass  # another name is another lock
        process.kill()

    with single_writer(tmp_path, "vectors", timeout=1):
        pass


def test_a_writer_that_fails_lets_the_next_one_in(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), single_writer(tmp_path, "x"):
        raise ValueError("mine")

    with single_writer(tmp_path, "x", timeout=0.1):
        pass


def test_names_that_are_no_utf_8_become_legible() -> None:
    assert legible(os.fsdecode(b"caf\xe9/a.jpg")) == "caf\ufffd/a.jpg"
    assert legible(Path("plain/ü.jpg")) == "plain/ü.jpg"
