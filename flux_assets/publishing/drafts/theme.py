"""A theme: what the question reader makes of it, and which photographs it fits.

A theme fits a photograph when it suits it better, for that theme, than nearly all unrelated texts
suit it for theirs: each cosine is put into proportion by what its text reaches in the archive.
"""

from dataclasses import dataclass

import numpy as np

from flux_assets.publishing.drafts.request import BadRequest
from flux_assets.search import Archive
from flux_assets.search.answers.arithmetic import Part, compose
from flux_assets.search.answers.background import Background, Numbers
from flux_assets.search.conditions import Condition, passing
from flux_assets.search.language.plan import Plan, Shape
from flux_resources.vectors import Vectors


@dataclass(frozen=True)
class Theme:
    """A theme as it is understood; `vector` is float32 `(d,)`, None where it names facts alone."""

    plan: Plan
    vector: Vectors | None

    @property
    def condition(self) -> Condition:
        """The facts that it names: places, periods, weather, ..."""
        return passing(self.plan)


def read_theme(archive: Archive, words: str, background: Background | None) -> Theme:
    """Read a theme as a question is read.

    Raises:
        BadRequest: it asks for something else than photographs of a subject.
        flux_assets.search.archive.NotBuilt: no photographs are published.
        flux_resources.clip.errors.ModelUnavailable: the model's weights are not to be had.
    """
    plan = archive.plan(words)
    if plan.shape is not Shape.LIST or plan.pictures:
        raise BadRequest(f"“{words}” is no theme: name a subject, a place, a time, or several")
    if not plan.texts:
        return Theme(plan, None)
    vectors = archive.embedder.encode_texts([text for text, _ in plan.texts])
    pairs = zip(plan.texts, vectors, strict=True)
    parts = [Part(text, vector, weight) for (text, weight), vector in pairs]
    return Theme(plan, compose(parts, background.sample if background else None))


def fits(looks: Vectors, theme: Vectors, background: Background) -> Numbers:
    """Share of unrelated texts `(n,)` that suit each of `looks` `(n, d)` less than a theme does."""
    own = _standing(looks, theme[None], background.sample)
    others = _standing(looks, background.queries, background.sample)
    return np.asarray((others < own).mean(axis=1), np.float64)


def _standing(looks: Vectors, texts: Vectors, sample: Vectors) -> Numbers:
    """Cosines `(n, t)` in standard deviations of what each text has over the archive."""
    usual = sample @ texts.T
    deviations = np.maximum(usual.std(axis=0), 1e-6)
    return np.asarray((looks @ texts.T - usual.mean(axis=0)) / deviations, np.float64)
