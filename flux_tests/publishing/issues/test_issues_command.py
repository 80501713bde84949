"""`flux issues`, as a person types it."""

import json

from typer.testing import CliRunner, Result

from flux_assets.commands.issues import app
from flux_resources.data_root import DataRoot
from flux_tests.publishing.issues.conftest import Assign


def flux_issues(archive: DataRoot, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(archive.paths.root)}).invoke(app, list(arguments))


def test_publish_makes_what_is_new_names_what_is_refused_and_then_has_nothing_to_do(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    assign([row["filename"] for row in photographs[:36]])
    file = assign(["nowhere"], "FLUX_002")
    result = flux_issues(archive, "publish")
    assert result.exit_code == 1
    assert f"{file}, line 1: nowhere is no photograph of the archive" in result.stderr
    listed = json.loads(flux_issues(archive, "list", "--json").stdout)
    assert [(row["issue_id"], row["state"]) for row in listed] == [
        ("FLUX_001", "published"),
        ("FLUX_002", "refused"),
    ]
    assert listed[0]["pdf_path"] == "FLUX_ISSUES/FLUX_001/FLUX_001.pdf"
    file.unlink()
    assert "nothing new to publish" in flux_issues(archive, "publish").stdout


def test_check_tells_every_fault_and_writes_nothing(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    assign([row["filename"] for row in photographs[:36]])
    assert "FLUX_001 can be published" in flux_issues(archive, "check", "FLUX_001").stdout
    assign([photographs[0]["filename"]] * 2)
    result = flux_issues(archive, "check", "FLUX_001")
    assert result.exit_code == 1
    assert "line 2: the list ends with 2 frames" in result.stderr
    assert "stands on line 1 already" in result.stderr
    assert not (archive.paths.issues / "FLUX_001" / "manifest.json").exists()


def test_a_name_that_is_no_issue_is_a_sentence(archive: DataRoot) -> None:
    for name, told in (("FLUX_9", "is called like FLUX_019"), ("FLUX_999", "does not exist")):
        result = flux_issues(archive, "check", name)
        assert result.exit_code == 1
        assert told in result.stderr
