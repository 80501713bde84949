"""What commands refuse, and what they say."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flux_assets.cli import app


def flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, list(arguments))


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("materialize",),
        ("doctor",),
        ("ingest", __file__),
        ("search", "a cat"),
        ("bursts",),
        ("record", "x"),
        ("set", "x"),
    ],
)
def test_a_disk_that_is_not_mounted_does_not_look_like_an_empty_archive(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    missing = tmp_path / "unmounted"
    said = flux(missing, *command)

    assert said.exit_code == 1
    assert "unmounted is no folder; is the disk mounted?" in said.output
    assert not missing.exists()


def test_a_root_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    said = flux(file, "init")
    assert (said.exit_code, said.output.count("\n")) == (1, 1)
    assert f"{file} is a file, not a folder: name a folder" in said.output


def test_a_root_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = flux(tmp_path / "file" / "root", "init")
    assert said.exit_code == 1
    assert f"cannot create {tmp_path / 'file' / 'root'}: Not a directory" in said.output


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("bursts", "--day", "2022-13-45"), "--day 2022-13-45: write it as 2022-01-15"),
        (("bursts", "--day", "1999-01-01"), "no bursts on 1999-01-01"),
        (("materialize", "--days", "2022-05-01..2022-01-01"), "ends before it begins"),
        (("search", "a cat", "--sheet", "cats.txt"), "name a .jpg file"),
    ],
)
def test_what_cannot_be_meant_is_said(
    tmp_path: Path, command: tuple[str, ...], sentence: str
) -> None:
    assert sentence in flux(tmp_path, *command).output
