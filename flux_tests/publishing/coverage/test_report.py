"""The report as a page, as Markdown and on the terminal."""

import json
import re
from html.parser import HTMLParser

import pytest

from flux_assets.console import console
from flux_assets.imaging.proxies import PROXIES
from flux_assets.metadata.exif import EXIF
from flux_assets.publishing.coverage.html import as_html
from flux_assets.publishing.coverage.markdown import as_markdown
from flux_assets.publishing.coverage.measure import ArchiveCoverage, measure_coverage
from flux_assets.publishing.coverage.printed import as_json_text, show_status
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot
from flux_tests.publishing.coverage.counted import DAY, NEXT, indexed
from flux_tests.publishing.product_rows import write_rows

_HOSTILE = "exif: <script>alert(1)</script> [red] | $x"


@pytest.fixture
def coverage(archive: DataRoot) -> ArchiveCoverage:
    ids = indexed(archive, 2)
    indexed(archive, 1, NEXT)
    write_rows(archive, EXIF, DAY, photo_id=ids, error=[_HOSTILE, None])
    return measure_coverage(archive)


class _Page(HTMLParser):
    """Collects the tags of a page and what they point at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attributes if name in ("src", "href")]


def test_the_page_needs_no_network_and_no_script(coverage: ArchiveCoverage) -> None:
    text = as_html(coverage)

    page = _Page(text)
    assert not {"script", "link", "iframe", "object"}.intersection(page.tags)
    assert [source[:22] for source in page.sources] == ["data:image/png;base64,"] * 2
    assert not re.search(r"url\(|@import|https?://", text)


def test_the_page_is_made_for_light_and_dark(coverage: ArchiveCoverage) -> None:
    text = as_html(coverage)

    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_the_page_shows_each_command_and_the_days_it_is_for(coverage: ArchiveCoverage) -> None:
    text = as_html(coverage)

    for command in coverage.gaps["command"].drop_nulls():
        assert f"<pre>{command}</pre>" in text
    assert f"days: {DAY}, {NEXT}" in text


def test_markdown_holds_charts_tables_and_no_broken_row(coverage: ArchiveCoverage) -> None:
    text = as_markdown(coverage)

    assert text.count("](data:image/png;base64,") == 2
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [len(re.findall(r"(?<!\\)\|", row)) for row in rows if "exif" in row.split("|")[2]]
    assert len(set(cells)) == 1


def test_the_terminal_shows_messages_as_they_are(
    coverage: ArchiveCoverage, capsys: pytest.CaptureFixture[str]
) -> None:
    show_status(coverage)

    assert "[red]" in capsys.readouterr().out


def test_json_has_the_same_numbers(coverage: ArchiveCoverage, archive: DataRoot) -> None:
    found = json.loads(as_json_text(coverage, archive.paths.root))

    told = {row["product"]: row["count"] for row in found["products"]}
    assert told == dict(coverage.products.select("product", "count").iter_rows())
    assert len(found["by"]) == coverage.by.height


def _broken(archive: DataRoot, count: int) -> ArchiveCoverage:
    """Coverage after files that cannot be read: no working copies, and so no vectors."""
    ids = indexed(archive, count)
    broken: list[object] = [f"proxies: OSError: truncated at {n}" for n in range(count)]
    follow: list[object] = ["embeddings: no working copy (see proxies)"] * count
    write_rows(archive, PROXIES, DAY, photo_id=ids, error=broken)
    write_rows(archive, EMBEDDINGS, DAY, photo_id=ids, error=follow)
    return measure_coverage(archive)


def test_the_terminal_names_three_of_the_broken_files_and_what_is_wrong_with_each(
    archive: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    show_status(_broken(archive, 4))

    printed = capsys.readouterr().out
    for n in range(3):
        path = f"FLUX_ARCHIVE/{DAY}_13-00-0{n}_DanteSisofo_R1.JPG"
        assert f"{path}: proxies: OSError: truncated at {n}\n" in printed
    assert "truncated at 3" not in printed


def test_a_failure_that_follows_from_another_is_no_remedy_of_its_own(
    archive: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = _broken(archive, 1)

    show_status(broken)

    remedies = capsys.readouterr().out.partition("What to close first")[2]
    assert "proxies, failed" in remedies
    assert "embeddings, failed" not in remedies
    page = as_markdown(broken)
    assert "| embeddings | failed |" not in page
    (row,) = (line for line in page.splitlines() if "| proxies | failed |" in line)
    assert f"FLUX_ARCHIVE/{DAY}_13-00-00_DanteSisofo_R1.JPG: proxies: OSError: truncated" in row


def test_a_broken_file_is_named_though_other_gaps_concern_more_photographs(
    archive: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    indexed(archive, 9, NEXT)

    show_status(_broken(archive, 1))

    assert "truncated at 0" in capsys.readouterr().out


def test_remedies_are_numbered_without_holes_whatever_is_left_out(
    archive: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    indexed(archive, 9, NEXT)
    broken = _broken(archive, 1)

    show_status(broken)

    remedies = capsys.readouterr().out.partition("What to close first")[2]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", remedies, re.MULTILINE)]
    assert numbers == list(range(1, 7))
    rows = as_markdown(broken).partition("What to close first")[2].partition("###")[0]
    told = [int(number) for number in re.findall(r"^\| (\d+) \|", rows, re.MULTILINE)]
    assert told == list(range(1, len(told) + 1))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_setting_is_told_in_full_however_narrow_the_terminal(
    archive: DataRoot,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    width: int,
) -> None:
    monkeypatch.setattr(console, "_width", width)

    show_status(measure_coverage(archive))

    lines = capsys.readouterr().out.splitlines()
    start = lines[0].index("why not all")
    assert max(map(len, lines)) <= width
    assert width - start >= 15
    assert "(keeper_model.minimum_keepers" in "".join(line[start:].rstrip() for line in lines)


def test_of_a_damaged_original_a_sound_copy_is_asked_for(
    archive: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    show_status(_broken(archive, 1))

    assert "`flux ingest` a sound copy" in capsys.readouterr().out


def test_a_failure_on_a_day_on_which_its_cause_is_mended_is_told(archive: DataRoot) -> None:
    mended = indexed(archive, 1, NEXT)
    write_rows(archive, PROXIES, NEXT, photo_id=mended, proxy_path=["x"])
    errors: list[object] = ["embeddings: no working copy (see proxies)"]
    write_rows(archive, EMBEDDINGS, NEXT, photo_id=mended, error=errors)

    assert "| embeddings | failed |" in as_markdown(_broken(archive, 1))


def test_json_has_every_gap_and_the_files_that_failed(archive: DataRoot) -> None:
    found = json.loads(as_json_text(_broken(archive, 1), archive.paths.root))

    failed = {gap["product"] for gap in found["gaps"] if gap["why"] == "failed"}
    assert failed == {"proxies", "embeddings"}
    assert {row["path"] for row in found["failures"]} == {
        f"FLUX_ARCHIVE/{DAY}_13-00-00_DanteSisofo_R1.JPG"
    }
