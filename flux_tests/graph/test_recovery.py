"""What a bad day, a bad disk or a killed run leaves behind is found and done later."""

import shutil
from pathlib import Path

import pytest

from flux_assets.corpus.take_in import open_ledger
from flux_assets.execution import DAY_PRODUCTS, Graph, RunFailed
from flux_assets.imaging import proxies
from flux_assets.search import Archive
from flux_assets.unfinished import unfinished_days
from flux_resources.data_root import DataRoot
from flux_tests.conftest import changed_days
from flux_tests.graph.conftest import DAYS, Run


def test_a_finished_archive_has_no_unfinished_day(enriched: DataRoot) -> None:
    assert unfinished_days(enriched.tables) == []


def test_days_whose_enrichment_never_ran_are_found_by_the_nightly_scan(
    archive: DataRoot, dropped: list[Path], run: Run
) -> None:
    assert run("intake_log", "archive_scan").success
    assert run("photo_index", "exif", first=DAYS[0], last=DAYS[1]).success
    with open_ledger(archive) as ledger:
        assert changed_days(ledger) == [DAYS[2]]
    assert run("archive_scan").success
    with open_ledger(archive) as ledger:
        assert changed_days(ledger) == list(DAYS)


def test_a_full_disk_is_tried_again_and_a_broken_picture_is_not(
    archive: DataRoot, dropped: list[Path], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    assert run("intake_log", "archive_scan").success
    with monkeypatch.context() as patch:
        patch.setattr(proxies, "_save", full)
        assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert unfinished_days(archive.tables) == list(DAYS)
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert unfinished_days(archive.tables) == []
    last_day = archive.tables.read_day("proxies", DAYS[-1], proxies.Proxies)
    assert last_day["error"].count() == 1


def test_one_suspicious_day_does_not_keep_the_others_from_being_published(
    enriched: DataRoot,
) -> None:
    for file in enriched.paths.original_day(DAYS[0]).glob("*.JPG"):
        file.unlink()
    (enriched.paths.duckdb).unlink()
    graph = Graph(enriched)
    graph.run((*DAY_PRODUCTS, "photos"), DAYS)
    with pytest.raises(RunFailed, match=r"2022-01-14 had 2 photographs and shows 0 now"):
        graph.require_success()
    assert Archive(enriched.paths.root).photos().height == 6


def test_a_vector_that_vanished_is_made_again(enriched: DataRoot, run: Run) -> None:
    shutil.rmtree(enriched.paths.vectors)
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert Archive(enriched.paths.root).search("patches").height == 5
