"""A draft is 36 frames or none."""

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.drafts.candidates import Candidates
from flux_assets.publishing.drafts.compose import compose_draft, draft_id
from flux_assets.publishing.drafts.request import BadRequest, Request, TooFew
from flux_resources.settings_sections import DraftSettings
from flux_resources.vectors import Vectors
from flux_tests.publishing.drafts.draft_rows import candidates, looks

SETTINGS = DraftSettings()


@pytest.mark.parametrize("seed", range(4))
def test_exactly_36_with_no_fold_twice_and_nothing_published(seed: int) -> None:
    random = np.random.default_rng(seed)
    folds = [int(fold) if fold < 30 else None for fold in random.integers(0, 60, 200)]
    issues = ["FLUX_001" if drawn < 0.2 else None for drawn in random.random(200)]
    found = candidates(200, seed, fold=folds, issue_id=issues)
    fold_of = dict(zip((f"P{n:04}" for n in range(200)), folds, strict=True))
    published = {fold for fold, issue in zip(folds, issues, strict=True) if fold and issue}

    rows = compose_draft(found, looks(found.rows.height, seed), Request(), SETTINGS)

    drafted = [fold_of[name] for name in rows["photo_id"] if fold_of[name] is not None]
    assert rows["position"].to_list() == list(range(1, 37))
    assert rows["photo_id"].n_unique() == 36
    assert len(set(drafted)) == len(drafted)
    assert not set(drafted) & published
    assert not {f"P{n:04}" for n in range(200) if issues[n]} & set(rows["photo_id"])
    assert rows["reason"].str.contains("keeper").all()


def test_the_same_input_gives_the_same_draft() -> None:
    found, vectors = candidates(120), looks(120)

    first = compose_draft(found, vectors, Request(), SETTINGS)

    assert first.equals(compose_draft(found, vectors, Request(), SETTINGS))


def test_too_few_are_counted_and_not_padded() -> None:
    found = candidates(40, issue_id=["FLUX_001"] * 10 + [None] * 30)

    with pytest.raises(TooFew, match=r"only 30 found for the 36 .* 6 missing.* 10 are published"):
        compose_draft(found, looks(30), Request("cats"), SETTINGS)


def test_what_looks_alike_is_counted_as_missing() -> None:
    found = candidates(40)
    same: Vectors = np.repeat(looks(20), 2, axis=0)

    with pytest.raises(TooFew, match=r"only 20 found .* 20 look too much like one"):
        compose_draft(found, same, Request(), SETTINGS)


def test_nothing_is_said_to_be_found_where_nothing_is() -> None:
    nothing = Candidates(candidates(1).rows.clear(), 0)

    with pytest.raises(TooFew, match=r"nothing found .* 36 missing"):
        compose_draft(nothing, looks(0), Request(), SETTINGS)


def test_a_theme_counts_by_how_well_it_suits() -> None:
    found = candidates(100)
    suits = pl.int_range(100).cast(pl.Float64) / 100
    rows = found.rows.with_columns(theme_cosine=suits, suits=suits)

    drafted = compose_draft(Candidates(rows, 100), looks(100), Request("x"), SETTINGS)

    assert np.mean(drafted["theme_cosine"].to_list()) > 0.55
    assert drafted["reason"].str.contains("theme 0.").all()


@given(st.text(max_size=60))
def test_an_id_is_the_name_of_a_file_anywhere(theme: str) -> None:
    request = Request.of(theme, None, None)

    name = draft_id(request, ["a", "b"])

    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", name)
    assert name == draft_id(request, ["a", "b"]) != draft_id(request, ["b", "a"])


def test_impossible_periods_are_refused() -> None:
    with pytest.raises(BadRequest, match="before it begins"):
        Request.of(None, "2022-02-01", "2022-01-01")
    with pytest.raises(BadRequest, match="'soon' is no day"):
        Request.of(None, "soon", None)
