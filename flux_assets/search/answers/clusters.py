"""Pictures that look alike, in groups: spherical k-means, seeded; the number of groups is found."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flux_resources.vectors import Vectors

Labels = np.ndarray[Any, np.dtype[np.int64]]

_ROUNDS = 25
_SAMPLED = 2_000  # vectors that the number of groups is chosen on


@dataclass(frozen=True)
class Looks:
    """`centroids` is float32 `(k, d)` of unit length, the largest group first; `labels` `(n,)`."""

    centroids: Vectors
    labels: Labels


def cluster_looks(vectors: Vectors, *, most: int, seed: int = 0) -> Looks:
    """Group unit vectors, float32 `(n, d)`, into at most `most` looks.

    As many groups are made as give the best simplified silhouette: how much nearer, on average, a
    picture is to its own centroid than to the next one. Since that favours two, "people" and "no
    people", at least a quarter of the square root of n are made where `most` allows it.
    """
    if not len(vectors):
        return Looks(vectors, np.empty(0, np.int64))
    random = np.random.default_rng(seed)
    chosen = vectors
    if len(vectors) > _SAMPLED:
        chosen = vectors[np.sort(random.choice(len(vectors), _SAMPLED, replace=False))]
    best, centroids = 0.0, _unit(chosen.mean(axis=0, keepdims=True))
    fewest = min(most, max(2, round(len(chosen) ** 0.5 / 4)))
    for k in range(fewest, min(most, len(chosen) // 2) + 1):
        found = _k_means(chosen, k, random)
        silhouette = _silhouette(chosen @ found.T)
        if silhouette > best:
            best, centroids = silhouette, found
    labels = (vectors @ centroids.T).argmax(axis=1)
    sizes = np.bincount(labels, minlength=len(centroids))
    order = np.argsort(-sizes, kind="stable")[: int((sizes > 0).sum())]
    place = np.empty(len(centroids), np.int64)
    place[order] = np.arange(len(order))
    return Looks(centroids[order], place[labels])


def _k_means(vectors: Vectors, k: int, random: np.random.Generator) -> Vectors:
    """Centroids `(k, d)`; the first ones are drawn far from each other (k-means++)."""
    first = [int(random.integers(len(vectors)))]
    nearest = vectors @ vectors[first[0]]
    for _ in range(k - 1):
        distance = np.maximum(1 - nearest, 1e-12).astype(np.float64)
        first.append(int(random.choice(len(vectors), p=distance / distance.sum())))
        nearest = np.maximum(nearest, vectors @ vectors[first[-1]])
    centroids = vectors[first]
    labels = np.full(len(vectors), -1)
    for _ in range(_ROUNDS):
        now = (vectors @ centroids.T).argmax(axis=1)
        if (now == labels).all():
            break
        labels = now
        members = (labels[:, None] == np.arange(k)).astype(np.float32)
        filled = members.any(axis=0)
        centroids = np.where(filled[:, None], _unit(members.T @ vectors), centroids)
    return centroids


def _silhouette(cosines: Vectors) -> float:
    """Mean of (next distance - own distance) / next distance, of cosines `(n, k)`."""
    nearest = np.sort(1 - cosines, axis=1)[:, :2]
    return float((1 - nearest[:, 0] / np.maximum(nearest[:, 1], 1e-6)).mean())


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)
