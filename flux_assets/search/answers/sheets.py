"""Contact sheets that show the structure of an answer: pairs, motifs by year, a time line.

Pictures are read from thumbnails: `thumb` names the file of a photo_id.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from PIL import Image

from flux_assets.search.answers.timeline import Period
from flux_assets.search.contact_sheet import Picture, Row, sheet_of_rows

ThumbOf = Callable[[str], Path | None]

_PAIRS_PER_ROW = 3
_YEARS_PER_ROW = 8


def echoes_sheet(
    rows: pl.DataFrame, photos: pl.DataFrame, thumb: ThumbOf, title: str
) -> Image.Image:
    """Rows of `find_echoes`: each picture of the place, and beside it its echo; a row per look.

    `photos` has `photo_id, captured_at, location_city` of all of them.
    """
    names = ("captured_at", "location_city")
    facts = {one: known for one, *known in photos.select("photo_id", *names).iter_rows()}
    drawn = []
    for look, pairs in rows.sort("look", maintain_order=True).group_by("look", maintain_order=True):
        pictures = [
            picture
            for pair in pairs.iter_rows(named=True)
            for picture in (
                (thumb(pair["echo_of"]), _place_and_day(*facts[pair["echo_of"]])),
                (
                    thumb(pair["photo_id"]),
                    f"echo: {_place_and_day(*facts[pair['photo_id']])}  {pair['echo_score']:.2f}",
                ),
            )
        ]
        drawn += _wrapped(f"look {look[0]}", pictures, 2 * _PAIRS_PER_ROW)
    return sheet_of_rows(drawn, title)


def motifs_sheet(rows: pl.DataFrame, thumb: ThumbOf, title: str) -> Image.Image:
    """Rows of `find_motifs`: a row per motif, its pictures under the years they are of."""
    drawn = []
    for motif in rows.iter_rows(named=True):
        pictures = [
            (thumb(photo_id), str(year))
            for photo_id, year in zip(motif["photo_ids"], motif["years"], strict=True)
        ]
        drawn += _wrapped(f"{motif['motif']}. {motif['why']}", pictures, _YEARS_PER_ROW)
    return sheet_of_rows(drawn, title)


def evolution_sheet(
    rows: pl.DataFrame, periods: Sequence[Period], thumb: ThumbOf, title: str
) -> Image.Image:
    """Rows of `find_evolution`: the periods along a time line, those without a picture as well."""
    drawn = []
    for period in periods:
        best = rows.filter(pl.col("period") == period.label)
        pictures = [
            (thumb(row["photo_id"]), f"{row['captured_at']:%Y-%m-%d}  {row['score']:.2f}")
            for row in best.iter_rows(named=True)
        ]
        drawn.append(Row(period.label if pictures else f"{period.label}: nothing", pictures))
    return sheet_of_rows(drawn, title, time_line=True)


def _wrapped(heading: str, pictures: Sequence[Picture], columns: int) -> list[Row]:
    """Rows of so many columns, of which the first has the heading."""
    return [
        Row("" if start else heading, pictures[start : start + columns])
        for start in range(0, len(pictures), columns)
    ]


def _place_and_day(captured_at: object, city: str | None) -> str:
    return f"{city or 'unknown place'}, {captured_at:%Y-%m-%d}"
