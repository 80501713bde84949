"""The report as a page, as Markdown and on the terminal."""

import json
import re
from html.parser import HTMLParser

import pytest

from flux_assets.metadata.exif import EXIF
from flux_assets.publishing.coverage.html import as_html
from flux_assets.publishing.coverage.markdown import as_markdown
from flux_assets.publishing.coverage.measure import ArchiveCoverage, measure_coverage
from flux_assets.publishing.coverage.printed import as_json_text, show_status
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
