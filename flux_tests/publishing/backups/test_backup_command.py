"""`flux backup`: create, list, verify, restore."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from flux_assets.commands.backup import app
from flux_assets.publishing.backups.shelf import Shelf
from flux_resources.data_root import DataRoot
from flux_tests.publishing.backups.conftest import decided


def _flux_backup(archive: DataRoot, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(archive.paths.root)}).invoke(app, list(arguments))


def test_a_backup_is_made_listed_proved_and_restored(filled: DataRoot, tmp_path: Path) -> None:
    made = _flux_backup(filled, "create")
    assert made.exit_code == 0, made.output
    name = made.output.split(":")[0]
    listed = _flux_backup(filled, "list")
    assert name in listed.output
    proved = _flux_backup(filled, "verify", name)
    assert proved.exit_code == 0
    assert f"{name} is whole" in proved.output
    back = _flux_backup(filled, "restore", name, "--to", str(tmp_path / "back"))
    assert back.exit_code == 0
    assert (tmp_path / "back" / "flux.yaml").exists()


def test_answers_come_as_json(filled: DataRoot, tmp_path: Path) -> None:
    made = json.loads(_flux_backup(filled, "create", "--json").output)
    listed = json.loads(_flux_backup(filled, "list", "--json").output)
    assert [backup["name"] for backup in listed["backups"]] == [made["name"]]
    assert listed["stored_bytes"] == made["new_bytes"] > 0
    verdict = json.loads(_flux_backup(filled, "verify", "--json").output)
    assert verdict["whole"] is True
    arguments = ("restore", made["name"], "--to", str(tmp_path / "back"), "--json")
    assert json.loads(_flux_backup(filled, *arguments).output)["restored"] == made["files"]


def test_a_restore_over_other_files_is_refused_until_told(filled: DataRoot) -> None:
    name = json.loads(_flux_backup(filled, "create", "--json").output)["name"]
    filled.decisions.record([decided(3)])
    root = str(filled.paths.root)

    refused = _flux_backup(filled, "restore", name, "--to", root)
    told = _flux_backup(filled, "restore", name, "--to", root, "--overwrite")

    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
    assert told.exit_code == 0
    assert len(filled.decisions.history()) == 2


def test_a_damaged_object_fails_verify_and_is_named(filled: DataRoot, shelf: Shelf) -> None:
    _flux_backup(filled, "create")
    file = next(shelf.pool.folder.rglob("*.zst"))
    file.write_bytes(b"rot")

    proved = _flux_backup(filled, "verify")

    assert proved.exit_code == 1
    assert str(file) in proved.stderr
    assert "not whole" in proved.output


def test_no_backup_yet_says_how_to_make_one(archive: DataRoot) -> None:
    assert "flux backup create" in _flux_backup(archive, "list").output
    proved = _flux_backup(archive, "verify")
    assert proved.exit_code == 1
    assert "flux backup create" in proved.stderr
    assert "no backup is called x" in _flux_backup(archive, "restore", "x", "--to", "y").stderr
