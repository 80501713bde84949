"""The keepers of the demo, whose originals are known, by time, name and content."""

from pathlib import Path

import polars as pl
import pytest

from flux_assets.corpus.pictures import identify
from flux_assets.demo.archive import DemoArchive
from flux_assets.demo.keepers import KeeperKind
from flux_assets.demo.truth import FrameTruth, KeeperTruth, Oddity
from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex, update_keeper_index
from flux_assets.keepers.matching.keeper_matches import match_keepers
from flux_assets.metadata.exif_fields import read_rows
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import KeeperMatchSettings

_NO_ROW = {Oddity.DUPLICATE, Oddity.TRUNCATED, Oddity.NOT_AN_IMAGE}
_BY_LOOK_ALONE = {KeeperKind.STRIPPED, KeeperKind.WRAPPED}
_TAKEN = ("captured_at", "subsecond", "camera_model", "serial")
Row = dict[str, object]


@pytest.fixture(scope="module")
def matches(demo: DemoArchive) -> list[tuple[KeeperTruth, Row]]:
    """Each keeper with its row of `keeper_matches`."""
    archive = DataRoot.open(demo.root)
    update_keeper_index(archive)
    frames = [frame for frame in demo.truth.frames if frame.oddity not in _NO_ROW]
    corpus = pl.DataFrame([_row(demo.root, frame) for frame in frames], infer_schema_length=None)
    rows = match_keepers(
        archive.tables.read(KEEPER_INDEX, KeeperIndex),
        corpus.cast({"captured_at": pl.Datetime("ms"), "pair_id": pl.String}),
        settings=KeeperMatchSettings(),
    )
    by_path = {row["keeper_path"]: row for row in rows.iter_rows(named=True)}
    return [(keeper, by_path[keeper.path]) for keeper in demo.truth.keepers]


def _row(root: Path, frame: FrameTruth) -> Row:
    path = root / frame.path
    (exif,), picture = read_rows([(frame.path, path)]), identify(path)
    return {
        "photo_id": frame.canonical or path.stem,
        "pair_id": None,
        "sha256": frame.sha256,
        "original_filename": path.name,
        "bytes": path.stat().st_size,
        "width": picture.width,
        "height": picture.height,
        **{name: exif[name] for name in _TAKEN},
    }


def test_all_but_those_that_only_a_look_can_tell_are_matched(
    matches: list[tuple[KeeperTruth, Row]],
) -> None:
    for keeper, row in matches:
        if keeper.original and keeper.kind not in _BY_LOOK_ALONE:
            assert row["photo_id"] == keeper.original_canonical, keeper


def test_what_only_a_look_can_tell_is_left_to_it(matches: list[tuple[KeeperTruth, Row]]) -> None:
    for keeper, row in matches:
        if keeper.kind in _BY_LOOK_ALONE:
            assert row["photo_id"] is None, keeper
        if keeper.kind == KeeperKind.WRAPPED:
            assert isinstance(row["candidates"], list)
            assert keeper.original_canonical in row["candidates"]


def test_the_session_that_is_off_is_found_though_its_names_are_lost(
    matches: list[tuple[KeeperTruth, Row]],
) -> None:
    offsets = {k.kind: set[object]() for k, _ in matches}
    for keeper, row in matches:
        offsets[keeper.kind].add(row["clock_offset_s"])
    assert offsets.pop(KeeperKind.SESSION_DRIFTED) == {3600}
    assert set.union(*offsets.values()) == {None}


def test_impostors_are_matched_by_time_to_the_frame_they_pretend_to_be(
    matches: list[tuple[KeeperTruth, Row]], demo: DemoArchive
) -> None:
    """Only the picture gives them away; the cross-check by look refuses them."""
    canonical = {frame.path: frame.canonical for frame in demo.truth.frames}
    found = [(k, row) for k, row in matches if k.kind == KeeperKind.IMPOSTOR]
    for keeper, row in found:
        assert row["photo_id"] == canonical[str(keeper.same_time_as)]
