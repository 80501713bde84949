"""The catalog: entries from a table, photographs from assignment files."""

import pytest

from flux_assets.publishing.issues.catalog import CatalogRefused, read_catalog
from flux_resources.data_root import DataRoot
from flux_tests.publishing.issues.conftest import Assign

HEADER = "catalog_id,photographer,title,submitted_at,pdf_path,s3_key"


def write_catalog(archive: DataRoot, *lines: str) -> None:
    archive.paths.issues.mkdir(exist_ok=True)
    text = "\ufeff" + "\r\n".join((HEADER, *lines))
    (archive.paths.issues / "catalog.csv").write_bytes(text.encode())


def test_without_a_catalog_there_are_no_entries(archive: DataRoot) -> None:
    entries, links = read_catalog(archive)
    assert (entries.height, links.height) == (0, 0)


def test_entries_are_read_and_linked_to_their_photographs(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    write_catalog(
        archive, 'CAT_008,Éva,"Fog, and more",2026-05-13,,', "CAT_007,Dante,,,a.pdf,issues/a.pdf"
    )
    assign([photographs[1]["filename"], photographs[0]["photo_id"]], "CAT_007")
    entries, links = read_catalog(archive)
    assert entries.rows() == [
        ("CAT_007", "Dante", None, None, "a.pdf", "issues/a.pdf"),
        ("CAT_008", "Éva", "Fog, and more", "2026-05-13", None, None),
    ]
    assert links.rows() == [("CAT_007", row["photo_id"]) for row in photographs[:2]]


def test_every_mistake_is_named_with_its_line(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    write_catalog(
        archive, "CAT_7,a,b,,,", "CAT_007,a,b,yesterday,,", "CAT_008,a", "CAT_009,,,,,",
        "CAT_009,,,,,", "CAT_010,,,,,",
    )  # fmt: skip
    assign([photographs[0]["filename"], "nowhere"], "CAT_009")
    assign([photographs[0]["filename"]], "CAT_010")
    assign([photographs[1]["filename"]], "CAT_011")
    with pytest.raises(CatalogRefused) as refused:
        read_catalog(archive)
    told = str(refused.value)
    for part in (
        "catalog.csv, line 2: catalog_id must be like CAT_007, not 'CAT_7'",
        "catalog.csv, line 3: submitted_at must be like 2026-05-13",
        "catalog.csv, line 4: it must have as many cells as the header",
        "catalog.csv, line 6: this catalog_id stands above",
        "CAT_009/frames.txt, line 2: nowhere is no photograph of the archive",
        "CAT_011: there is no line CAT_011 in catalog.csv",
    ):
        assert part in told


def test_a_photograph_is_in_one_entry_at_most(
    archive: DataRoot, photographs: list[dict[str, str]], assign: Assign
) -> None:
    write_catalog(archive, "CAT_007,,,,,", "CAT_008,,,,,")
    for catalog_id in ("CAT_007", "CAT_008"):
        assign([photographs[0]["filename"]], catalog_id)
    with pytest.raises(CatalogRefused, match="is in CAT_007 already"):
        read_catalog(archive)


def test_another_header_is_refused(archive: DataRoot) -> None:
    archive.paths.issues.mkdir()
    (archive.paths.issues / "catalog.csv").write_text("id,title\n")
    with pytest.raises(CatalogRefused, match="line 1: the header must be catalog_id"):
        read_catalog(archive)
