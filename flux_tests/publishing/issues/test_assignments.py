"""Assignment files: three formats, one list of frames."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.issues.assignments import (
    ISSUE_ID,
    AssignmentError,
    Frame,
    folders,
    parse,
    read_assignment,
)

# What a line can say: no line breaks, nothing at its ends, no comment.
names = (
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith(("#", "\ufeff")))
)


def texts(frames: list[Frame]) -> list[str]:
    return [frame.text for frame in frames]


def folder_with(tmp_path: Path, name: str, content: bytes) -> Path:
    folder = tmp_path / "FLUX_001"
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


@given(st.lists(names, max_size=40), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_text_file_lists_its_lines(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[str], ending: str, with_mark: bool
) -> None:
    mark = "\ufeff" if with_mark else ""
    content = (mark + ending.join(wanted) + ending).encode()
    folder = folder_with(tmp_path_factory.mktemp("issue"), "frames.txt", content)
    assert texts(read_assignment(folder)[1]) == wanted


@given(st.lists(names, max_size=40))
def test_a_json_list_reads_as_it_was_written(wanted: list[str]) -> None:
    assert texts(parse(json.dumps(wanted), ".json")) == wanted


@given(st.lists(names, min_size=1, max_size=20), st.sampled_from(",;\t"))
def test_a_table_reads_as_it_was_written(wanted: list[str], separator: str) -> None:
    rows = "\n".join(separator.join(['""', '"' + name.replace('"', '""') + '"']) for name in wanted)
    assert texts(parse(f"note{separator}filename\n{rows}\n", ".csv")) == wanted


@given(st.text(max_size=200), st.sampled_from([".txt", ".csv", ".json"]))
def test_any_text_is_a_list_or_a_mistake_that_is_named(text: str, ending: str) -> None:
    try:
        frames = parse(text, ending)
    except ValueError as error:
        assert str(error)
    else:
        assert all(frame.text == frame.text.strip() != "" for frame in frames)


def test_blank_lines_and_comments_are_passed_over_and_lines_keep_their_numbers() -> None:
    frames = parse("# a roll\n\n  a.JPG  \n   # no\nb.JPG\n", ".txt")
    assert frames == [Frame("line 3", "a.JPG"), Frame("line 5", "b.JPG")]


def test_text_in_utf_16_is_read(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "frames.txt", "Łódź.JPG\r\n".encode("utf-16"))
    assert texts(read_assignment(folder)[1]) == ["Łódź.JPG"]


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "frames.txt", b"a.JPG\nb\xff.JPG\n")
    with pytest.raises(AssignmentError, match=r"frames\.txt: line 2: is no UTF-8"):
        read_assignment(folder)


def test_of_several_columns_the_most_exact_counts() -> None:
    table = "position,filename,sha256\n1,a.JPG,AB\n2,b.JPG,\n"
    assert texts(parse(table, ".csv")) == ["AB", "b.JPG"]


def test_a_column_without_a_header_is_a_list() -> None:
    assert texts(parse("a.JPG\nb.JPG\n", ".csv")) == ["a.JPG", "b.JPG"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "line 1: the header must name"),
        ("filename,note\na.JPG\n", "line 2: 1 columns, not 2"),
        ('filename\n"a\n', "line 2: is no row"),
        ("filename,note\n,x\n", "line 2: names no photograph"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(text, ".csv")


def test_a_manifest_can_be_used_as_an_assignment() -> None:
    manifest = {"frames": [{"position": 1, "filename": "a.JPG", "sha256": "00"}]}
    assert parse(json.dumps(manifest), ".json") == [Frame("entry 1", "00")]


@pytest.mark.parametrize("text", ["{", "3", "{}", "[1]", "[{}]", '[{"filename": 3}]', "[" * 9999])
def test_json_that_lists_no_frames_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"JSON|list|entry 1"):
        parse(text, ".json")


def test_several_assignment_files_are_refused_by_name(tmp_path: Path) -> None:
    folder_with(tmp_path, "frames.csv", b"a.JPG")
    folder = folder_with(tmp_path, "frames.txt", b"a.JPG")
    with pytest.raises(AssignmentError, match=r"found frames\.csv, frames\.txt"):
        read_assignment(folder)


def test_only_folders_with_an_assignment_file_and_an_issue_name_count(tmp_path: Path) -> None:
    for name in ("FLUX_001", "FLUX_1000", "FLUX_1", "flux_002", "CAT_001"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "frames.txt").touch()
    (tmp_path / "FLUX_003").mkdir()
    assert folders(tmp_path, ISSUE_ID) == ["FLUX_001", "FLUX_1000"]
    assert folders(tmp_path / "nowhere", ISSUE_ID) == []
