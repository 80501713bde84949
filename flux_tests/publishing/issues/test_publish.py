"""Manifests: what is published, what is refused, and what stays as it was."""

import json
from pathlib import Path

import pytest

from flux_assets.publishing.issues.issue_manifests import read_issue_manifests
from flux_assets.publishing.issues.publish import check_issue, issue_states, make_manifests
from flux_resources.data_root import DataRoot
from flux_tests.publishing.issues.conftest import Assign

Rows = list[dict[str, str]]


def names(photographs: Rows, first: int = 0, last: int = 36) -> list[str]:
    return [row["filename"] for row in photographs[first:last]]


def manifest(archive: DataRoot, issue_id: str = "FLUX_001") -> Path:
    return archive.paths.issues / issue_id / "manifest.json"


def publish(archive: DataRoot, *issue_ids: str) -> str:
    """The faults of a run, one a line."""
    outcomes = make_manifests(archive, issue_ids or ["FLUX_001"])
    return "\n".join(fault for outcome in outcomes for fault in outcome.faults)


def test_a_manifest_has_the_published_schema_in_order(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    listed = [photographs[0]["photo_id"], photographs[1]["sha256"], *names(photographs, 2)]
    assign(listed[::-1])
    assert not publish(archive)
    content = json.loads(manifest(archive).read_text())
    assert list(content) == ["issue_id", "generated_at", "frame_count", "frames"]
    assert (content["issue_id"], content["frame_count"]) == ("FLUX_001", 36)
    last = content["frames"][-1]
    assert list(last) == [
        *("position", "filename", "sha256", "captured_at"),
        *("lat", "lon", "location_city", "location_country"),
    ]
    assert last["position"] == 36
    assert last["filename"] == photographs[0]["filename"]
    assert last["captured_at"] == "2022-01-15T12:00:00"
    assert (last["location_city"], last["location_country"]) == ("Łódź", "Poland")
    stored = read_issue_manifests(archive.tables)
    assert stored["sha256"].to_list() == [frame["sha256"] for frame in content["frames"]]


def test_nothing_is_written_when_nothing_changed(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    assign(names(photographs))
    publish(archive)
    table = next(archive.paths.tables.glob("issue_manifests/*"))
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in (manifest(archive), table)]
    publish(archive)
    after = [(file.read_bytes(), file.stat().st_mtime_ns) for file in (manifest(archive), table)]
    assert after == before


def test_a_manifest_keeps_its_moment_until_something_changes(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    assign(names(photographs))
    publish(archive)
    file = manifest(archive)
    file.write_text(file.read_text().replace('generated_at": "20', 'generated_at": "19'))
    publish(archive)
    assert '"generated_at": "19' in file.read_text()
    assign(names(photographs, 1, 37))
    publish(archive)
    assert '"generated_at": "20' in file.read_text()


def test_every_mistake_is_named_with_its_line_and_the_last_manifest_stays(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    assign(names(photographs))
    publish(archive)
    before = manifest(archive).read_bytes()
    gone, changed = (archive.paths.absolute(row["path"]) for row in photographs[4:6])
    gone.unlink()
    changed.write_bytes(changed.read_bytes() + b"!")
    listed = names(photographs, 0, 35)
    listed[1], listed[2] = "nowhere.JPG", listed[0]
    file = assign(listed)
    faults = publish(archive)
    assert f"{file}, line 35: the list ends with 35 frames; an issue has 36" in faults
    assert f"{file}, line 2: nowhere.JPG is no photograph of the archive" in faults
    assert f"{file}, line 3: {listed[0]} stands on line 1 already" in faults
    assert f"{file}, line 5: {listed[4]}: its original {gone} is missing" in faults
    assert f"{file}, line 6: {listed[5]}: its original {changed} has changed" in faults
    assert manifest(archive).read_bytes() == before
    assert check_issue(archive, "FLUX_001") == faults.split("\n")


@pytest.mark.parametrize("count", [0, 35, 37])
def test_an_issue_has_36_frames(
    archive: DataRoot, photographs: Rows, assign: Assign, count: int
) -> None:
    assign(names(photographs, 0, count))
    assert "36" in publish(archive) or "no frames" in publish(archive)
    assert not manifest(archive).exists()


def test_a_frame_of_another_issue_is_refused_and_others_are_published(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    assign(names(photographs))
    file = assign(names(photographs, 4, 40), "FLUX_002")
    faults = publish(archive, "FLUX_002", "FLUX_001")
    assert f"{file}, line 1: {photographs[4]['filename']} is in FLUX_001 already" in faults
    assert manifest(archive).exists()
    assert not manifest(archive, "FLUX_002").exists()
    assert "is in FLUX_001" in check_issue(archive, "FLUX_002")[0]


def test_issues_of_one_run_may_swap_frames(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    others = names(photographs, 36, 72)
    assign(names(photographs))
    assign(others, "FLUX_002")
    assert not publish(archive, "FLUX_001", "FLUX_002")
    assign(others)
    assign(names(photographs), "FLUX_002")
    assert "is in FLUX_002 already" in publish(archive, "FLUX_001")
    assert not publish(archive, "FLUX_001", "FLUX_002")


def test_a_refused_issue_keeps_its_frames_from_others_of_the_run(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    assign(names(photographs), "FLUX_002")
    publish(archive, "FLUX_002")
    assign(names(photographs))
    assign(["nowhere"], "FLUX_002")
    assert "is in FLUX_002 already" in publish(archive, "FLUX_001", "FLUX_002")
    assert not manifest(archive).exists()


def test_states_tell_new_changed_refused_and_published(
    archive: DataRoot, photographs: Rows, assign: Assign
) -> None:
    file = assign(names(photographs))
    assign(["nowhere"], "FLUX_002")
    assert issue_states(archive) == {"FLUX_001": "new", "FLUX_002": "refused"}
    publish(archive)
    assert issue_states(archive)["FLUX_001"] == "published"
    assign(names(photographs, 1, 37))
    assert issue_states(archive)["FLUX_001"] == "changed"
    file.unlink()
    assert issue_states(archive)["FLUX_001"] == "without file"


def test_originals_are_only_read(archive: DataRoot, photographs: Rows, assign: Assign) -> None:
    files = [archive.paths.absolute(row["path"]) for row in photographs]
    before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
    assign(names(photographs))
    publish(archive)
    assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before
