"""What a bad day, a bad disk or a killed run leaves behind is found and done later."""

import shutil
from pathlib import Path

import pytest

from flux_assets.corpus.changes import changed_days as corpus_changes
from flux_assets.corpus.take_in import open_ledger
from flux_assets.execution import DAY_PRODUCTS, Graph, RunFailed
from flux_assets.imaging import proxies
from flux_assets.search import Archive
from flux_assets.unfinished import unfinished_days
from flux_resources.data_root import DataRoot
from flux_resources.vectors import active_vectors
from flux_tests.conftest import SETTINGS, Photograph, changed_days
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


def test_a_disk_that_takes_no_files_is_tried_again_and_a_broken_picture_is_not(
    archive: DataRoot, dropped: list[Path], run: Run
) -> None:
    assert run("intake_log", "archive_scan").success
    thumbs = archive.paths.thumbs
    thumbs.parent.mkdir(parents=True, exist_ok=True)
    thumbs.touch()  # where the folder of thumbnails should be
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    thumbs.unlink()
    assert unfinished_days(archive.tables) == list(DAYS)
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert unfinished_days(archive.tables) == []
    last_day = archive.tables.read_day("proxies", DAYS[-1], proxies.Proxies)
    assert last_day["error"].count() == 1


def test_one_suspicious_day_does_not_keep_its_neighbours_from_being_enriched(
    enriched: DataRoot, photograph: Photograph
) -> None:
    photograph(enriched.paths.original_day(DAYS[1]) / "new.jpg", seed=70)
    for file in enriched.paths.original_day(DAYS[0]).glob("*.JPG"):
        file.unlink()
    (enriched.paths.duckdb).unlink()
    graph = Graph(enriched)
    graph.run((*DAY_PRODUCTS, "photos"), DAYS)
    with pytest.raises(RunFailed, match=r"2 indexed photographs of 1 days .* The index was kept"):
        graph.require_success()
    assert Archive(enriched.paths.root).photos().height == 7


def test_a_disk_that_is_away_does_not_keep_the_archive_from_being_indexed(
    archive: DataRoot, dropped: list[Path], tmp_path: Path
) -> None:
    (archive.paths.root / "flux.yaml").write_text(
        f"{SETTINGS}archive: {{roots: [{tmp_path / 'unplugged'}]}}"
    )
    graph = Graph(DataRoot.open(archive.paths.root))
    graph.run(("intake_log", "archive_scan", "photo_index"), DAYS)
    with pytest.raises(RunFailed, match=r"archive_scan: .*unplugged shows none"):
        graph.require_success()
    assert archive.tables.days("photo_index") == list(DAYS)


def test_a_run_that_never_began_is_asked_for_again_after_the_nightly_scan(
    archive: DataRoot, dropped: list[Path], run: Run
) -> None:
    assert run("intake_log").success
    with open_ledger(archive) as ledger:
        before = corpus_changes(ledger, archive.paths)
    assert run("archive_scan").success
    with open_ledger(archive) as ledger:
        after = corpus_changes(ledger, archive.paths)
    assert before.keys() == after.keys() == set(DAYS)
    assert all(before[day] != after[day] for day in DAYS)


def test_vectors_of_photographs_that_are_not_indexed_go(enriched: DataRoot, run: Run) -> None:
    shutil.rmtree(enriched.paths.tables / "embeddings")
    for file in enriched.paths.original_day(DAYS[0]).glob("*.JPG"):
        file.unlink()
    assert run(*DAY_PRODUCTS, first=DAYS[0], accept_loss=True).success
    assert active_vectors(enriched).photo_ids(DAYS[:1]) == {}


def test_a_vector_that_vanished_is_made_again(enriched: DataRoot, run: Run) -> None:
    shutil.rmtree(enriched.paths.vectors)
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert Archive(enriched.paths.root).search("patches").height == 5
