"""What a person said is kept, whatever happens."""

import json

import pytest

from flux_resources.data_root import DataRoot
from flux_resources.decisions import Decision, DecisionsBroken, Kind

SHA = "a" * 64
OTHER = "b" * 64


def _said(value: dict[str, object] | None, sha256: str = SHA, kind: Kind = "time") -> Decision:
    return Decision("2022-01-15T12:00:00+00:00", kind, sha256, "R0001234", value)


def test_the_last_word_on_a_content_holds(archive: DataRoot) -> None:
    archive.decisions.record([_said({"at": "2022-01-15T13:00:00"}), _said({"shift_seconds": 60})])

    assert archive.decisions.standing("time")[SHA].value == {"shift_seconds": 60}
    assert archive.decisions.standing("zone") == {}


def test_a_decision_can_be_taken_back_and_stays_in_the_history(archive: DataRoot) -> None:
    archive.decisions.record([_said({"shift_seconds": 60})])
    archive.decisions.record([_said(None)])

    assert archive.decisions.standing("time") == {}
    assert len(archive.decisions.history()) == 2


def test_a_table_holds_what_stands_of_each_content(archive: DataRoot) -> None:
    archive.decisions.record(
        [_said({"zone": "Asia/Tokyo"}, kind="zone"), _said({}, OTHER, "place")]
    )

    found = archive.decisions.table("time", "zone")

    assert found.columns == ["sha256", "time", "zone"]
    assert found.rows() == [(SHA, None, '{"zone": "Asia/Tokyo"}')]


def test_an_archive_without_decisions_has_none(archive: DataRoot) -> None:
    assert archive.decisions.history() == []
    assert archive.decisions.table("time").is_empty()


def test_a_file_saved_without_its_last_newline_loses_nothing(archive: DataRoot) -> None:
    archive.decisions.record([_said({"shift_seconds": 60}), _said({"zone": "Asia/Tokyo"}, OTHER)])
    file = archive.paths.decisions
    file.write_bytes(file.read_bytes().rstrip(b"\n"))

    assert len(archive.decisions.history()) == 2
    archive.decisions.record([_said(None)])

    assert len(archive.decisions.history()) == 3
    assert set(archive.decisions.standing("time")) == {OTHER}


def test_a_killed_write_loses_its_own_line_alone(archive: DataRoot) -> None:
    archive.decisions.record([_said({"shift_seconds": 60})])
    with archive.paths.decisions.open("ab") as file:
        file.write(b'{"at": "2022-01')

    assert len(archive.decisions.history()) == 1
    archive.decisions.record([_said({"shift_seconds": 90})])

    assert archive.decisions.standing("time")[SHA].value == {"shift_seconds": 90}
    assert len(archive.decisions.history()) == 2


def test_lines_are_readable_by_people(archive: DataRoot) -> None:
    archive.decisions.record([_said({"name": "Zürich"}, kind="place")])

    line = archive.paths.decisions.read_text().splitlines()[0]

    assert "Zürich" in line
    assert json.loads(line)["photo_id"] == "R0001234"


@pytest.mark.parametrize("line", ["no json", '{"at": "2022"}', "[1]"])
def test_a_broken_line_is_named(archive: DataRoot, line: str) -> None:
    archive.paths.decisions.parent.mkdir(parents=True, exist_ok=True)
    archive.paths.decisions.write_text(f"\n{line}\n")

    with pytest.raises(DecisionsBroken, match=r"decisions\.jsonl, line 2"):
        archive.decisions.history()
