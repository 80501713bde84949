"""Looking at keeper files: once per content, again when something changed, whatever they hold."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flux_assets.imaging.working_copy import Failure
from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex, update_keeper_index
from flux_assets.vision import keeper_looks as looking
from flux_assets.vision.keeper_copies import CopyOrder, make_copy
from flux_assets.vision.keeper_looks import (
    KeeperLooks,
    LooksReport,
    copy_path,
    keepers_to_look_at,
    refresh_looks,
)
from flux_resources.clip.embedder import Embedder
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph

NO_ORIGINALS = pl.DataFrame(schema={"sha256": pl.String})
Refresh = Callable[..., LooksReport]


@pytest.fixture
def refresh(archive: DataRoot, embedder: Embedder) -> Refresh:
    """Looks at the keepers of the archive; every call goes on from what the last one saved."""
    stored = [KeeperLooks.create_empty()]

    def run(
        originals: pl.DataFrame = NO_ORIGINALS, version: str = "1", seconds: float = 20
    ) -> LooksReport:
        update_keeper_index(archive, accept_loss=True)
        index = archive.tables.read(KEEPER_INDEX, KeeperIndex)
        imaging = archive.settings.imaging.model_copy(update={"file_seconds": seconds})
        return refresh_looks(
            keepers_to_look_at(index, originals),
            stored[-1],
            paths=archive.paths,
            imaging=imaging,
            model="mini",
            version=version,
            embedder=lambda: embedder,
            save=lambda rows: stored.append(KeeperLooks.validate(rows)),
        )

    return run


def by_name(archive: DataRoot, report: LooksReport) -> dict[str, dict[str, object]]:
    index = archive.tables.read(KEEPER_INDEX, KeeperIndex)
    rows = index.select("filename", "sha256").join(report.rows, on="sha256")
    return {row["filename"]: row for row in rows.iter_rows(named=True)}


def test_a_keeper_gets_a_working_copy_a_hash_and_a_vector(
    archive: DataRoot, photograph: Photograph, refresh: Refresh, embedder: Embedder
) -> None:
    photograph(archive.paths.keepers / "one.jpg")
    row = by_name(archive, refresh())["one.jpg"]
    assert copy_path(archive.paths, str(row["sha256"])).is_file()
    assert row["proxy_path"] == f"FLUX_PROXIES/keepers/{str(row['sha256'])[:2]}/{row['sha256']}.jpg"
    assert isinstance(row["vector"], list)
    assert len(row["vector"]) == embedder.clip.dimensions
    assert (row["flat"], row["error"], row["model"]) == (False, None, "mini")
    assert row["phash"] is not None


def test_copies_of_one_content_are_looked_at_once(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    one = photograph(archive.paths.keepers / "one.jpg")
    shutil.copy(one, archive.paths.keepers / "two.jpg")
    assert refresh().computed == 1


def test_a_content_that_is_an_original_needs_no_look(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    photograph(archive.paths.keepers / "one.jpg")
    update_keeper_index(archive)
    originals = archive.tables.read(KEEPER_INDEX, KeeperIndex).select("sha256")
    assert refresh(originals).rows.is_empty()


def test_only_what_is_new_is_looked_at(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    one = photograph(archive.paths.keepers / "one.jpg")
    before = refresh()
    one.rename(one.with_name("renamed.jpg"))
    photograph(archive.paths.keepers / "two.jpg", seed=2)
    after = refresh()
    assert (before.computed, after.computed, refresh().computed) == (1, 1, 0)
    assert before.rows.row(0) in after.rows.rows()


def test_another_model_looks_again(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    photograph(archive.paths.keepers / "one.jpg")
    refresh()
    assert refresh(version="2").computed == 1


def test_a_working_copy_that_vanished_is_made_again(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    photograph(archive.paths.keepers / "one.jpg")
    copy = copy_path(archive.paths, refresh().rows["sha256"][0])
    copy.unlink()
    assert refresh().computed == 1
    assert copy.is_file()


def test_a_keeper_that_is_gone_takes_its_working_copy_along(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    one = photograph(archive.paths.keepers / "one.jpg")
    copy = copy_path(archive.paths, refresh().rows["sha256"][0])
    one.unlink()
    report = refresh()
    assert (report.rows.height, report.removed, copy.exists()) == (0, 1, False)
    assert refresh().removed == 0


def test_keepers_themselves_are_never_touched(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    one = photograph(archive.paths.keepers / "one.jpg")
    before = one.read_bytes(), one.stat().st_mtime_ns
    refresh()
    assert (one.read_bytes(), one.stat().st_mtime_ns) == before
    assert [file.name for file in archive.paths.keepers.iterdir()] == ["one.jpg"]


def test_a_torn_picture_is_an_error_row_and_is_not_tried_again(
    archive: DataRoot, photograph: Photograph, refresh: Refresh
) -> None:
    torn = photograph(archive.paths.keepers / "torn.jpg", size=(640, 480))
    torn.write_bytes(torn.read_bytes()[:-4000])
    photograph(archive.paths.keepers / "whole.jpg", seed=2)
    report = refresh()
    rows = by_name(archive, report)
    assert str(rows["torn.jpg"]["error"]).startswith("keeper_looks: OSError")
    assert (rows["torn.jpg"]["vector"], rows["whole.jpg"]["error"]) == (None, None)
    assert (report.failed, refresh().computed) == (1, 0)


def test_hostile_files_cost_their_own_rows(
    archive: DataRoot, photograph: Photograph, refresh: Refresh, real_photographs: Path
) -> None:
    for folder in ("fuzz", "images/corrupt"):
        source = real_photographs / "bep-imagemeta" / folder
        if source.is_dir():
            shutil.copytree(source, archive.paths.keepers / Path(folder).name)
    photograph(archive.paths.keepers / "whole.jpg")
    rows = by_name(archive, refresh())
    assert rows["whole.jpg"]["error"] is None
    assert len(rows) > 1


def misbehave(order: CopyOrder) -> Failure | None:
    """What a decoder may do to a file named after it."""
    if order.keeper.stem == "hangs":
        time.sleep(60)
    if order.keeper.stem == "crashes":
        os.kill(os.getpid(), signal.SIGSEGV)
    return make_copy(order)


def test_a_decoder_that_hangs_or_crashes_costs_one_row(
    archive: DataRoot, photograph: Photograph, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "make_copy", misbehave)
    for seed, name in enumerate(("hangs", "crashes", "whole")):
        photograph(archive.paths.keepers / f"{name}.jpg", seed=seed)
    rows = by_name(archive, refresh(seconds=1))
    assert rows["hangs.jpg"]["error"] == "keeper_looks: took over 1 s"
    assert str(rows["crashes.jpg"]["error"]).startswith("keeper_looks: killed by signal 11")
    assert rows["whole.jpg"]["error"] is None
    assert refresh(seconds=1).computed == 1  # what took too long may have been a slow disk


def test_a_killed_run_loses_at_most_a_part(
    archive: DataRoot, photograph: Photograph, refresh: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_COMMIT_PICTURES", 1)
    for seed in range(3):
        photograph(archive.paths.keepers / f"{seed}.jpg", seed=seed)
    made: list[CopyOrder] = []

    def killed(order: CopyOrder) -> Failure | None:
        made.append(order)
        if len(made) == 3:
            raise KeyboardInterrupt
        return make_copy(order)

    with monkeypatch.context() as patched:
        patched.setattr(looking, "isolated_map", lambda work, orders, **_: map(killed, orders))
        with pytest.raises(KeyboardInterrupt):
            refresh()
    assert refresh().computed == 1
