"""The ledger: what is known of every file, in transactions."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import ORIGINALS, Content, IntakeEntry, Location
from flux_tests.conftest import changed_days

DAY, OTHER = "2022-01-15", "2022-07-01"
CONTENT = Content(
    "a" * 64, "id-a", "JPEG", 9, 3, 2, "2022-01-15T13:22:44", "R1.JPG", "inbox/R1.JPG"
)
FILE = Location(ORIGINALS, f"2022/2022-01/{DAY}/id-a.JPG", 9, 1, CONTENT.sha256, DAY)
COPY = Location("/disk", "R1.JPG", 9, 1, CONTENT.sha256, OTHER)
ENTRY = IntakeEntry("inbox/R1.JPG", CONTENT.sha256, "id-a", "filed", None, "2024-01-01")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def test_what_was_registered_is_known(ledger: Ledger) -> None:
    assert not ledger.knows(ORIGINALS)

    ledger.register([CONTENT], [FILE, COPY], ENTRY)

    assert ledger.content(CONTENT.sha256) == CONTENT
    assert ledger.owner_of("id-a") == CONTENT.sha256
    assert ledger.locations_of(CONTENT.sha256) == [FILE, COPY]
    assert ledger.locations_in("/disk") == {COPY.path: COPY}
    assert ledger.locations_in(ORIGINALS, OTHER) == {}
    assert ledger.entries() == [ENTRY]
    assert ledger.filed_from(CONTENT.sha256) == "inbox/R1.JPG"
    assert ledger.knows(ORIGINALS)


def test_a_ledger_of_an_earlier_version_learns_its_new_columns(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    with closing(Ledger(file)) as ledger:
        ledger.register([CONTENT], [FILE])
    with closing(sqlite3.connect(file)) as database:
        database.execute("ALTER TABLE contents DROP COLUMN serial")

    with closing(Ledger(file)) as ledger:
        assert ledger.content(CONTENT.sha256) == CONTENT


def test_the_first_location_by_root_and_path_stands_for_a_content(ledger: Ledger) -> None:
    ledger.register([CONTENT], [COPY, FILE])

    assert ledger.photographs(DAY) == [(CONTENT, FILE)]
    assert ledger.photographs(OTHER) == []
    assert ledger.photographs_per_day() == {DAY: 1}

    ledger.forget([FILE])

    assert ledger.photographs(OTHER) == [(CONTENT, COPY)]
    assert ledger.photographs_per_day() == {OTHER: 1}


def test_a_content_keeps_its_id_when_all_its_files_are_gone(ledger: Ledger) -> None:
    ledger.register([CONTENT], [FILE])
    ledger.forget([FILE])

    assert ledger.locations_of(CONTENT.sha256) == []
    assert ledger.owner_of("id-a") == CONTENT.sha256


def test_the_first_knowledge_of_a_content_stays_but_a_missing_source_is_learned(
    ledger: Ledger,
) -> None:
    ledger.register([replace(CONTENT, source_path=None, original_filename="id-a.JPG")], [])

    ledger.register([replace(CONTENT, photo_id="another")], [])
    ledger.register([replace(CONTENT, source_path="elsewhere")], [])

    assert ledger.content(CONTENT.sha256) == CONTENT


def test_a_failed_registration_leaves_nothing_behind(ledger: Ledger) -> None:
    ledger.register([CONTENT], [FILE])
    other = replace(CONTENT, sha256="b" * 64)

    with pytest.raises(sqlite3.IntegrityError):
        ledger.register([other], [replace(FILE, path="b", sha256=other.sha256)], ENTRY)

    assert ledger.content(other.sha256) is None
    assert set(ledger.locations_in(ORIGINALS)) == {FILE.path}
    assert ledger.entries() == []


def test_days_change_with_their_files_until_they_are_indexed(ledger: Ledger) -> None:
    ledger.register([CONTENT], [FILE, COPY])
    assert changed_days(ledger) == [DAY, OTHER]

    ledger.indexed(DAY, 7, ledger.revision(DAY))
    ledger.indexed(OTHER, None, ledger.revision(OTHER))
    assert changed_days(ledger) == []
    assert [state.folder_mtime_ns for state in ledger.day_states().values()] == [7, None]

    ledger.forget([FILE])
    assert changed_days(ledger) == [DAY, OTHER]  # the copy takes over on its own day


def test_a_change_between_looking_and_indexing_is_not_forgotten(ledger: Ledger) -> None:
    ledger.register([CONTENT], [FILE])
    seen = ledger.revision(DAY)
    ledger.forget([FILE])
    ledger.indexed(DAY, 7, seen)
    assert changed_days(ledger) == [DAY]


def test_the_last_entry_of_a_file_counts(ledger: Ledger) -> None:
    ledger.journal(ENTRY)
    ledger.journal(replace(ENTRY, action="duplicate"))
    ledger.journal(replace(ENTRY, sha256=None, action="rejected"))

    found = ledger.last_entry(ENTRY.source_path, ENTRY.sha256)
    refused = ledger.last_entry(ENTRY.source_path, None)

    assert (found.action if found else None, refused.action if refused else None) == (
        "duplicate",
        "rejected",
    )
    assert ledger.last_entry("another", ENTRY.sha256) is None


def test_threads_and_processes_write_without_losing_a_row(ledger: Ledger, tmp_path: Path) -> None:
    second = Ledger(tmp_path / "ledger.sqlite")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: (ledger, second)[n % 2].journal(ENTRY), range(40)))
    second.close()

    assert len(ledger.entries()) == 40
