"""Learns a taste from labelled vectors, without leaking a label into the features of its own row.

A row that is trained on is measured by what the rows of other folds taught, so that its own label
and those of its burst and session never reach it. Other rows are measured by all folds.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from flux_assets.keepers.taste.evaluation import Flags, Numbers
from flux_assets.keepers.taste.linear import Codes, Linear, Rows, fit_linear
from flux_assets.keepers.taste.taste import KINDS, Measured, Taste, unit
from flux_resources.vectors import Vectors

_FOLDS = 5
_AXES = 32
_REFERENCES = 1_000
_SAMPLE = 20_000
_FEWEST = 10  # keepers among others in a group, to learn how they differ from these


@dataclass(frozen=True)
class Jittered:
    """Vectors `(m, d)` of altered copies of training photographs, and the row `(m,)` of each."""

    vectors: Vectors
    rows: Codes


@dataclass(frozen=True)
class Learned:
    """A taste, and the training rows measured out of fold; other rows are measured by all."""

    taste: Taste
    measured: Measured
    penalties: dict[str, float]


def deal_folds(groups: pl.Series, labels: Flags) -> Codes:
    """A fold `(n,)` for each row; groups are whole, and keepers are in every fold.

    Raises:
        ValueError: keepers are in fewer than two groups.
    """
    known = (
        pl.DataFrame({"group": groups, "keeper": labels})
        .group_by("group")
        .agg(pl.col("keeper").sum().alias("keepers"), pl.len().alias("rows"))
        .sort("keepers", "rows", "group", descending=[True, True, False])
    )
    count = min(_FOLDS, int((known["keepers"] > 0).sum()))
    if count < 2:
        raise ValueError("the keepers to train on are of one group; two are the least")
    dealt = known.with_columns(fold=pl.int_range(pl.len()) % count)
    rows = pl.DataFrame({"group": groups}).join(
        dealt.select("group", "fold"), on="group", how="left", maintain_order="left"
    )
    folds: Codes = rows["fold"].to_numpy().astype(np.int64)
    return folds


def learn_taste(
    vectors: Vectors,
    labels: Flags,
    weights: Numbers,
    folds: Codes,
    *,
    sessions: Codes,
    bursts: Codes,
    jittered: Jittered | None = None,
) -> Learned:
    """Learn from the rows of `folds` of 0 or more; -1 marks rows that are only measured.

    Args:
        vectors: float32 `(n, d)` of unit length.
        labels, weights, folds: `(n,)`.
        sessions, bursts: the group of each row, `(n,)`.
        jittered: further rows for the regression over all rows. The other two compare
            photographs of one moment, to which a jittered copy adds nothing.
    """
    taught = folds >= 0
    fits: list[Linear | None] = [
        fit_linear(_with_jittered(vectors, labels, weights * taught, folds, jittered)),
        *(
            _fit_within(vectors, labels, weights * taught, folds, groups)
            for groups in (sessions, bursts)
        ),
    ]
    keepers = np.flatnonzero(taught & labels)
    mean, axes = _principal_axes(vectors[_spread(np.flatnonzero(taught), _SAMPLE)])
    chosen = _references(keepers, folds)
    none = np.zeros(vectors.shape[1], np.float32)
    taste = Taste(
        linear=np.column_stack([fit.coefficients if fit else none for fit in fits]),
        intercepts=np.array([fit.intercept if fit else 0.0 for fit in fits]),
        centroid=_centroid(vectors[keepers]),
        mean=mean,
        axes=axes,
        references=unit(((vectors[chosen] - mean) @ axes).astype(np.float32)),
        reference_ends=np.cumsum(np.bincount(folds[chosen])),
    )
    measured = taste.measure(vectors)
    _take_out_of_fold(measured, vectors, fits, keepers, folds)
    penalties = {kind: fit.penalty for kind, fit in zip(KINDS, fits, strict=True) if fit}
    return Learned(taste, measured, penalties)


def _take_out_of_fold(
    measured: Measured, vectors: Vectors, fits: list[Linear | None], keepers: Codes, folds: Codes
) -> None:
    """Replace, in the rows that are trained on, what their own fold had a part in.

    Of the nearest keepers all folds are kept apart; see `Measured.likeness`.
    """
    taught = folds >= 0
    for kind, fit in enumerate(fits):
        if fit:
            measured.linear[taught, kind] = fit.out_of_fold[: len(vectors)][taught]
    for fold in range(int(folds.max()) + 1):
        own = folds == fold
        others = _centroid(vectors[keepers[folds[keepers] != fold]])
        measured.centroid[own] = vectors[own] @ others


def _with_jittered(
    vectors: Vectors, labels: Flags, weights: Numbers, folds: Codes, jittered: Jittered | None
) -> Rows:
    """The rows and their altered copies; all copies of one photograph weigh as much as it."""
    if jittered is None:
        return Rows([vectors], labels, weights, np.maximum(folds, 0))
    copies = np.bincount(jittered.rows, minlength=len(vectors))
    of = jittered.rows
    return Rows(
        blocks=[vectors, jittered.vectors],
        labels=np.append(labels, labels[of]),
        weights=np.append(weights, weights[of] / copies[of]),
        folds=np.maximum(np.append(folds, folds[of]), 0),
    )


def _fit_within(
    vectors: Vectors, labels: Flags, weights: Numbers, folds: Codes, groups: Codes
) -> Linear | None:
    """How keepers differ from the others of their group; None where too few groups have both."""
    sizes, keepers = np.bincount(groups), np.bincount(groups, labels)
    weights = weights * ((keepers > 0) & (keepers < sizes))[groups]
    per_fold = np.bincount(folds[labels & (weights > 0)], minlength=int(folds.max()) + 1)
    if per_fold.sum() - per_fold.max() < _FEWEST:
        return None
    return fit_linear(Rows([vectors], labels, weights, np.maximum(folds, 0), centre=groups))


def _principal_axes(vectors: Vectors) -> tuple[Vectors, Vectors]:
    mean: Vectors = vectors.mean(0)
    less = vectors - mean
    _, axes = np.linalg.eigh((less.T @ less).astype(np.float64))
    axes = axes[:, ::-1][:, :_AXES]
    signs = np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return mean, (axes * signs).astype(np.float32)


def _references(keepers: Codes, folds: Codes) -> Codes:
    """Keepers of each fold, in the order of folds, spread over the table."""
    count = int(folds.max()) + 1
    own = [keepers[folds[keepers] == fold] for fold in range(count)]
    return np.concatenate([_spread(part, _REFERENCES // count) for part in own])


def _spread(rows: Codes, most: int) -> Codes:
    """At most so many of the rows, evenly spread."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _centroid(vectors: Vectors) -> Vectors:
    mean: Vectors = vectors.mean(0, keepdims=True)
    centroid: Vectors = unit(mean)[0]
    return centroid
