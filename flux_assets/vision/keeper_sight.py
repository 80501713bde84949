"""The keepers of an archive as they look: tables in, tables out, for `keeper_verification`."""

from collections.abc import Callable
from functools import partial

import polars as pl

from flux_assets.corpus.take_in import open_ledger
from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex
from flux_assets.keepers.matching.keeper_matches import KEEPER_MATCHES, KeeperMatches
from flux_assets.vision.close_look import look_closely
from flux_assets.vision.keeper_decisions import originals_said
from flux_assets.vision.keeper_looks import (
    KEEPER_LOOKS,
    KeeperLooks,
    LooksReport,
    keepers_to_look_at,
    refresh_looks,
)
from flux_assets.vision.keeper_verification import (
    KEEPER_VERIFICATION,
    KeeperVerification,
    compare_looks,
    verify_keepers,
)
from flux_resources.clip.embedder import Embedder
from flux_resources.data_root import DataRoot
from flux_resources.vectors import VectorStore


def look_at_keepers(
    archive: DataRoot,
    photographs: pl.DataFrame,
    *,
    model: str,
    version: str,
    embedder: Callable[[], Embedder],
) -> LooksReport:
    """Bring `keeper_looks` up to date; `photographs` is `of_verification`."""
    tables = archive.tables
    return refresh_looks(
        keepers_to_look_at(tables.read(KEEPER_INDEX, KeeperIndex), photographs.select("sha256")),
        tables.read(KEEPER_LOOKS, KeeperLooks),
        paths=archive.paths,
        imaging=archive.settings.imaging,
        model=model,
        version=version,
        embedder=embedder,
        save=lambda rows: tables.write(KEEPER_LOOKS, rows, KeeperLooks),
    )


def verify_archive(
    archive: DataRoot, photographs: pl.DataFrame, looks: pl.DataFrame, vectors: VectorStore
) -> pl.DataFrame:
    """Write `keeper_verification`, and mark the days whose keepers changed for enrichment."""
    tables = archive.tables
    matches = tables.read(KEEPER_MATCHES, KeeperMatches)
    rows = verify_keepers(
        matches,
        photographs,
        looks,
        compare_looks(matches, photographs, looks, vectors=vectors.rows),
        said=originals_said(archive.decisions.standing("keeper_of"), photographs),
        settings=archive.settings.keeper_matching,
        closely=partial(
            look_closely,
            looks=looks,
            photographs=photographs,
            paths=archive.paths,
            workers=archive.settings.imaging.workers,
        ),
    )
    before = tables.read(KEEPER_VERIFICATION, KeeperVerification)
    with open_ledger(archive) as ledger:
        ledger.mark_changed(days_that_changed(before, rows, photographs))
        tables.write(KEEPER_VERIFICATION, rows, KeeperVerification)
    return rows


def days_that_changed(
    before: pl.DataFrame, after: pl.DataFrame, photographs: pl.DataFrame
) -> list[str]:
    """Days of photographs that gained or lost a keeper file, ascending.

    `before` and `after` have `keeper_path, photo_id`, `photographs` has `day, photo_id`.
    """
    pair = ["keeper_path", "photo_id"]
    then, now = (rows.select(pair).drop_nulls() for rows in (before, after))
    changed = pl.concat([then.join(now, on=pair, how="anti"), now.join(then, on=pair, how="anti")])
    return sorted(photographs.join(changed, on="photo_id", how="semi")["day"].unique())
