"""Proposes a draft: the one path of the asset and of the command."""

from dataclasses import replace

import numpy as np
import polars as pl

from flux_assets.publishing.drafts.candidates import Candidates, bounded, read_candidates
from flux_assets.publishing.drafts.compose import compose_draft, draft_id, require_enough
from flux_assets.publishing.drafts.issue_drafts import keep_draft, taken_frames
from flux_assets.publishing.drafts.request import ISSUE_FRAMES, Request
from flux_assets.publishing.drafts.theme import Theme, fits, read_theme
from flux_assets.search import Archive
from flux_assets.search.answers.background import (
    Background,
    background_version,
    read_background,
)
from flux_assets.search.archive import NotBuilt
from flux_assets.search.conditions import every
from flux_assets.search.finder import BOOST, Finder, Wanted
from flux_resources.data_root import DataRoot
from flux_resources.settings import Settings
from flux_resources.settings_sections import DraftSettings
from flux_resources.vectors import Vectors, VectorStore, active_vectors, as_matrix

_READ_AT_ONCE = 500  # vectors, by name
_NEAREST = 12 * ISSUE_FRAMES  # candidates of a theme: enough to choose from, and all about it


def propose(archive: DataRoot, search: Archive, request: Request) -> pl.DataFrame:
    """Propose a draft and keep it; returns its rows of `IssueDrafts`.

    `search` is opened on the same archive.

    Raises:
        NotBuilt: no photographs are published.
        BadRequest, TooFew: there is no such draft.
        flux_resources.clip.errors.ModelUnavailable: a theme needs the model's weights.
    """
    if not archive.paths.duckdb.exists():
        raise NotBuilt(f"{archive.paths.root} has no photographs yet; run: flux materialize")
    settings, store = archive.settings.drafts, active_vectors(archive)
    name = store.table_name
    background = read_background(archive.paths.background(name), background_version(name))
    theme = read_theme(search, request.theme, background) if request.theme else None
    found = read_candidates(
        archive,
        every([request.condition(), *([theme.condition] if theme else [])]),
        taken=taken_frames(archive),
        least_score=settings.least_score,
    )
    require_enough(found, request)
    if theme is None:
        found = replace(found, rows=_without_theme(bounded(found.rows, settings.pool)))
        found, looks = _with_looks(found, store)
    else:
        with search.catalogue() as catalogue:
            finder = Finder(store, catalogue, background)
            found = _of_theme(found, theme, finder, store, archive.settings)
            require_enough(found, request)
            wishes = catalogue.merits(found.rows["photo_id"], theme.plan.prefer)
        found, looks = _with_looks(_with_wishes(found, wishes), store)
        found, looks = _suiting(found, looks, theme, background, settings)
    rows = compose_draft(found, looks, request, settings)
    return keep_draft(archive, rows, request, draft_id(request, rows["photo_id"].to_list()))


def _without_theme(rows: pl.DataFrame) -> pl.DataFrame:
    unknown = pl.lit(None, pl.Float64)
    return rows.with_columns(theme_cosine=unknown, suits=unknown)


def _of_theme(
    found: Candidates, theme: Theme, finder: Finder, store: VectorStore, settings: Settings
) -> Candidates:
    """The candidates nearest to a theme; none where the archive has no answer to it."""
    if theme.vector is None:
        rows = bounded(found.rows, settings.drafts.pool)
        return replace(found, rows=rows.with_columns(theme_cosine=pl.lit(None, pl.Float64)))
    wanted = Wanted(theme.vector, theme.condition, theme.plan.prefer, of_text=True)
    verdict = finder.verdict(wanted, settings.search.cut_off)
    if verdict is not None and not verdict.found:
        return found.without(found.rows.clear(), f"do not show the theme ({verdict.why})")
    near = store.nearest(theme.vector, _NEAREST, found.rows["photo_id"])
    near = near.rename({"score": "theme_cosine"})
    return replace(found, rows=found.rows.join(near, on="photo_id", maintain_order="left"))


def _with_wishes(found: Candidates, wishes: pl.DataFrame) -> Candidates:
    """With `suits`: the cosine, and what a theme would rather have as well."""
    wished = wishes.rename({"merit": "wished"})
    rows = found.rows.join(wished, on="photo_id", how="left", maintain_order="left")
    suits = pl.col("theme_cosine").fill_null(0) + BOOST * pl.col("wished").fill_null(0)
    return replace(found, rows=rows.with_columns(suits=suits).drop("wished"))


def _with_looks(found: Candidates, store: VectorStore) -> tuple[Candidates, Vectors]:
    """Those that have a vector, and their vectors, float32 `(n, d)`."""
    names = found.rows["photo_id"].to_list()
    parts = [
        store.vectors_of(names[start : start + _READ_AT_ONCE])
        for start in range(0, len(names), _READ_AT_ONCE)
    ]
    stored = pl.concat(parts) if parts else store.vectors_of([])
    kept = found.rows.filter(pl.col("photo_id").is_in(stored["photo_id"].implode()))
    found = found.without(kept, "have no vector of the active model")
    return found, as_matrix(stored["vector"])


def _suiting(
    found: Candidates,
    looks: Vectors,
    theme: Theme,
    background: Background | None,
    settings: DraftSettings,
) -> tuple[Candidates, Vectors]:
    """Those that a theme fits; without a background, or a look to judge, all of them."""
    if theme.vector is None:
        return found, looks
    fit = np.ones(len(looks), bool)
    if background is not None:
        fit &= fits(looks, theme.vector, background) >= settings.theme_fit
    if theme.plan.min_score is not None:
        fit &= looks @ theme.vector >= theme.plan.min_score
    kept = found.rows.filter(pl.Series(fit))
    return found.without(kept, "do not show the theme"), looks[fit]
