"""What a frame may be called, and when that is not clear."""

import unicodedata
from pathlib import Path

import polars as pl
import pytest

from flux_assets.publishing.issues.candidates import candidates_of
from flux_assets.publishing.issues.frames import find_photographs

A, B = "2022-01-15_13-22-44_DanteSisofo_R1", "2022-01-16_13-22-44_DanteSisofo_R1"
SECOND = f"{A}_abcdef12"


def index(*rows: tuple[str, str, str]) -> pl.DataFrame:
    """`photo_id, filename, original_filename`; the hash is of the number of the row."""
    columns = ("photo_id", "filename", "original_filename")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    digests = pl.Series([f"{n:064x}" for n in range(len(rows))], dtype=pl.String)
    return frame.with_columns(sha256=digests)


INDEX = index(
    (A, f"{A}.JPG", "R1.JPG"),
    (f"{A}_DNG", f"{A}.DNG", "R1.DNG"),
    (B, f"{B}.JPG", "R1.JPG"),
    (SECOND, f"{SECOND}.JPG", f"{A}.JPG"),
    ("2022-02-01_10-00-00_DanteSisofo_café", "café.jpg", "café.jpg"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (A, [A]),
        (f"{A}_DNG", [f"{A}_DNG"]),
        (f"{A}.JPG", [A]),
        (f"{A}.jpg", [A]),
        (f"{A}.dng", [f"{A}_DNG"]),
        ("R1.DNG", [f"{A}_DNG"]),
        ("R1.jpg", [A, B]),
        ("r1.JPG", []),
        (f"{1:064x}", [f"{A}_DNG"]),
        (f"{10:064X}", []),
        (f"{3:064X}", [SECOND]),
        ("CAFÉ.jpg", []),
        (unicodedata.normalize("NFD", "café.JPG"), ["2022-02-01_10-00-00_DanteSisofo_café"]),
        ("R1", []),
        ("", []),
    ],
)
def test_a_frame_means_what_it_names(text: str, meant: list[str]) -> None:
    assert find_photographs([text], INDEX) == {text: meant}


def test_an_ambiguous_frame_is_refused_with_its_candidates(tmp_path: Path) -> None:
    folder = tmp_path / "FLUX_001"
    folder.mkdir()
    (folder / "frames.txt").write_text("# a comment\nR1.JPG\n")
    (candidate,) = candidates_of([folder], INDEX, length=None)
    fault = f"{folder / 'frames.txt'}, line 2: R1.JPG may be {A}, {B}; give the photo_id"
    assert candidate.faults == [fault]


def test_an_empty_archive_knows_no_frame() -> None:
    assert find_photographs(["R1.JPG"], index()) == {"R1.JPG": []}
