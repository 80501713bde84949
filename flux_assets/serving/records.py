"""Answers of the archive as the service gives them: JSON of a declared shape."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field

from flux_assets.search.answering import Answer
from flux_assets.search.language.plan import Shape


class Understood(BaseModel):
    """Words of the question, and what was read out of them; without a meaning they only steer."""

    words: str
    meaning: str


class Judged(BaseModel):
    """Whether the archive answers the question; `strength` is 0-1."""

    found: bool
    strength: float | None
    why: str


class Hit(BaseModel):
    """A photograph, and why it is an answer; `thumb` and `proxy` are addresses of pictures."""

    photo_id: str
    thumb: str | None
    proxy: str | None
    score: float | None = Field(description="Cosine of question and picture.")
    percentile: float | None = Field(
        None, description="Share of the archive that suits the question less, percent."
    )
    why: str | None
    captured_at: datetime = Field(description="Local time at the place.")
    location_city: str | None
    location_country: str | None
    tags: list[str] | None
    hit: str | None = Field(None, description="The frame that was found, of those alike.")
    folded: int = Field(0, description="How many more frames of the same thing there are.")
    look: int | None = Field(None, description="Of echoes: which look of the place.")
    echo_of: str | None = Field(None, description="Of echoes: the picture that it resembles.")
    echo_score: float | None = None
    echo_thumb: str | None = None
    period: str | None = Field(None, description="Of an evolution.")
    place: int | None = Field(None, description="Of an evolution: rank within the period, from 1.")


class MotifPicture(BaseModel):
    """The most typical picture of a motif in a year."""

    year: int
    photo_id: str
    thumb: str
    proxy: str


class Motif(BaseModel):
    """A look that comes back over the years."""

    motif: int
    photographs: int
    first: datetime
    last: datetime
    score: float
    why: str
    pictures: list[MotifPicture]


class Found(BaseModel):
    """What was understood and what was found, in the shape that was asked for.

    Motifs come as `motifs`, everything else as `hits`. `periods` are those of an evolution, also
    those without hits.
    """

    plan: str
    understood: list[Understood]
    shape: Shape
    found: bool
    verdict: Judged | None
    hits: list[Hit]
    motifs: list[Motif]
    periods: list[str]


class Problem(BaseModel):
    """What is wrong, and what to do about it."""

    detail: str


def found(answer: Answer) -> Found:
    """An answer of `Archive.ask`."""
    rows, verdict = answer.rows.to_dicts(), answer.verdict
    motifs = answer.plan.shape is Shape.MOTIFS
    return Found(
        plan=str(answer.plan),
        understood=[
            Understood(words=words, meaning=meaning) for words, meaning, _ in answer.plan.explained
        ],
        shape=answer.plan.shape,
        found=answer.found,
        verdict=Judged(**verdict._asdict()) if verdict else None,
        hits=[] if motifs else [_hit(row) for row in rows],
        motifs=[_motif(row) for row in rows] if motifs else [],
        periods=[period.label for period in answer.periods],
    )


def _hit(row: dict[str, Any]) -> Hit:
    photo_id, echo_of = row["photo_id"], row.get("echo_of")
    return Hit(
        **row,
        thumb=thumb_of(photo_id) if row["thumb_path"] else None,
        proxy=proxy_of(photo_id) if row["proxy_path"] else None,
        echo_thumb=thumb_of(echo_of) if echo_of else None,
    )


def _motif(row: dict[str, Any]) -> Motif:
    pictures = [
        MotifPicture(
            year=year, photo_id=photo_id, thumb=thumb_of(photo_id), proxy=proxy_of(photo_id)
        )
        for year, photo_id in zip(row["years"], row["photo_ids"], strict=True)
    ]
    return Motif(**row, pictures=pictures)


def thumb_of(photo_id: str) -> str:
    """Address of a thumbnail."""
    return f"/thumbs/{quote(photo_id, safe='')}.jpg"


def proxy_of(photo_id: str) -> str:
    """Address of a working copy."""
    return f"/proxies/{quote(photo_id, safe='')}.jpg"
