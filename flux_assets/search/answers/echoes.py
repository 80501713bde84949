"""Visual echoes of a place: pictures made elsewhere that look like those made there.

The pictures of the place are grouped by look (`cluster_looks`, at most `MOST_LOOKS`); the centroid
of each look is asked of the rest of the archive, and every answer names the picture of the place
that it resembles most within that look. Looks take turns, so that the commonest does not fill the
answer. A picture nearer to the archive as a whole than to a look is no echo: its cosine must lie in
the upper half between what photographs of the archive have on average and those of the look have.
"""

import numpy as np
import polars as pl

from flux_assets.search.answers.background import Numbers
from flux_assets.search.answers.clusters import Labels, Looks
from flux_resources.vectors import Vectors

MOST_LOOKS = 12
_BLOCK = 65_536
_FEWEST = 50  # photographs; fewer say nothing about an archive


def find_echoes(
    place: str,
    origin_ids: pl.Series,
    origin: Vectors,
    looks: Looks,
    other_ids: pl.Series,
    others: Vectors,
    *,
    archive: Vectors,
    limit: int,
) -> pl.DataFrame:
    """The best echoes of each look of a place.

    Args:
        place: its name, for the reasons.
        origin_ids, origin: photo_ids and float32 `(p, d)` of the pictures made there.
        looks: `cluster_looks(origin, most=MOST_LOOKS)`.
        other_ids, others: photo_ids and float32 `(n, d)` of candidates; those of the place are
            left out.
        archive: a sample of all photographs `(m, d)`, as of a `Background`.

    Returns:
        `photo_id, score, look, echo_of, echo_score, why`, at most `limit`, best first. `score` is
        the cosine of picture and centroid, `echo_score` that of picture and `echo_of`.
    """
    if not len(origin):
        other_ids, others = other_ids.clear(), others[:0]
    look, score = _nearest_look(others, looks.centroids)
    near = np.flatnonzero(score >= _floors(origin, looks, archive)[look])
    ranked = (
        pl.DataFrame({"photo_id": other_ids[near], "row": near, "look": look[near]})
        .with_columns(score=pl.Series(score[near]))
        .filter(~pl.col("photo_id").is_in(origin_ids.implode()))
        .sort("score", "photo_id", descending=[True, False])
    )
    turn = pl.int_range(pl.len()).over("look")
    found = ranked.sort(turn, maintain_order=True).head(limit)
    resembled, cosine = _resembled(
        origin, looks, others[found["row"].to_numpy()], found["look"].to_numpy()
    )
    sizes = pl.Series(np.bincount(looks.labels, minlength=len(looks.centroids)))
    return (
        found.with_columns(
            echo_of=origin_ids[resembled],
            echo_score=pl.Series(cosine),
            pictures=sizes[found["look"]],
        )
        .with_columns(
            pl.col("look") + 1,
            why=pl.format(
                "echoes {}, cosine {}, of {} pictures of {} that look like it",
                "echo_of",
                pl.col("echo_score").round(2),
                "pictures",
                pl.lit(place),
            ),
        )
        .select("photo_id", "score", "look", "echo_of", "echo_score", "why")
        .sort("score", "photo_id", descending=[True, False])
    )


def _nearest_look(others: Vectors, centroids: Vectors) -> tuple[Labels, Numbers]:
    """The nearest centroid of each row and its cosine, `(n,)` each."""
    look, score = np.zeros(len(others), np.int64), np.zeros(len(others))
    for start in range(0, len(others), _BLOCK):
        part = slice(start, start + _BLOCK)
        cosines = others[part] @ centroids.T
        look[part], score[part] = cosines.argmax(axis=1), cosines.max(axis=1)
    return look, score


def _floors(origin: Vectors, looks: Looks, archive: Vectors) -> Numbers:
    """The least cosine `(k,)` of an echo of each look."""
    if len(archive) < _FEWEST:
        return np.full(len(looks.centroids), -1.0)
    own = (origin * looks.centroids[looks.labels]).sum(axis=1)
    mean = np.bincount(looks.labels, own) / np.bincount(looks.labels)
    return np.asarray((mean + (archive @ looks.centroids.T).mean(axis=0)) / 2, np.float64)


def _resembled(
    origin: Vectors, looks: Looks, echoes: Vectors, look: Labels
) -> tuple[Labels, Numbers]:
    """The picture of the place, in the same look, that each echo is nearest to, and its cosine."""
    picture, cosine = np.zeros(len(echoes), np.int64), np.zeros(len(echoes))
    for number in np.unique(look):
        here, members = np.flatnonzero(look == number), np.flatnonzero(looks.labels == number)
        cosines = echoes[here] @ origin[members].T
        picture[here], cosine[here] = members[cosines.argmax(axis=1)], cosines.max(axis=1)
    return picture, cosine
