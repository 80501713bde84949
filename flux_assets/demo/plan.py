"""What the demo's photographer shot: three years, three cities, sessions of similar frames.

The plan is pure: the same seed gives the same shots, and nothing is drawn or written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from flux_assets.demo.frames import Look, Recipe, nudge, vary
from flux_assets.demo.photographs import CATALOGUE, Photograph

FIRST_FILE_NUMBER = 1234  # of every year: in between the counter has wrapped at 9999
_DELETED = 7  # shots of a session that are in no archive
BURST_GAP_S = 0.25  # the GR III shoots about four frames a second


@dataclass(frozen=True)
class Spot:
    """A place to walk: degrees, metres above the sea, and a radius of the walk in degrees."""

    city: str
    latitude: float
    longitude: float
    altitude_m: float
    zone: str
    radius: float = 0.002


WALNUT = Spot("Philadelphia", 39.9537, -75.2036, 24, "America/New_York", radius=0.0004)
CITY_HALL = Spot("Philadelphia", 39.9526, -75.1652, 12, "America/New_York")
COLOSSEUM = Spot("Rome", 41.8902, 12.4922, 25, "Europe/Rome")
TERMINI = Spot("Rome", 41.9010, 12.5018, 58, "Europe/Rome")
SHIBUYA = Spot("Tokyo", 35.6595, 139.7005, 28, "Asia/Tokyo")
ASAKUSA = Spot("Tokyo", 35.7148, 139.7967, 6, "Asia/Tokyo")


@dataclass(frozen=True)
class Session:
    """Some frames of one subject in one light; `burst` of them come within two seconds."""

    start: str
    spot: Spot
    subject: str
    look: Look
    frames: int
    keepers: int
    burst: int = 0


# The numbers of keepers follow a taste, fog and silhouettes over plain views, so that a model
# of this photographer's choices has something to learn.
SESSIONS = (
    Session("2022-01-15 13:22:44", WALNUT, "brick", Look.CLEAR, 9, 0),
    Session("2022-01-15 16:31:10", WALNUT, "photographer", Look.SILHOUETTE, 10, 3, burst=4),
    Session("2022-01-29 09:12:05", CITY_HALL, "coffee", Look.CLEAR, 8, 1),
    Session("2022-01-29 17:48:31", CITY_HALL, "towers", Look.CLEAR, 9, 1),
    Session("2022-02-12 07:35:52", WALNUT, "photographer", Look.FOG, 10, 3, burst=5),
    Session("2022-02-12 08:20:17", WALNUT, "grass", Look.FOG, 7, 1),
    Session("2022-05-07 11:05:38", CITY_HALL, "flower", Look.CLEAR, 9, 1),
    Session("2022-05-07 15:41:09", CITY_HALL, "cat", Look.CLEAR, 10, 1, burst=4),
    Session("2022-09-24 10:22:46", ASAKUSA, "pagoda", Look.CLEAR, 10, 1),
    Session("2022-09-24 14:09:20", SHIBUYA, "motorcycle", Look.CLEAR, 8, 0),
    Session("2022-09-25 08:02:13", SHIBUYA, "coffee", Look.MONOCHROME, 7, 1),
    Session("2022-09-25 19:17:55", SHIBUYA, "towers", Look.NIGHT, 9, 1),
    Session("2023-02-03 11:48:27", COLOSSEUM, "arches", Look.CLEAR, 11, 1, burst=4),
    Session("2023-02-03 16:03:41", TERMINI, "coins", Look.CLEAR, 7, 0),
    Session("2023-02-04 07:26:58", COLOSSEUM, "arches", Look.FOG, 8, 4),
    Session("2023-02-04 09:40:33", TERMINI, "coffee", Look.CLEAR, 7, 0),
    Session("2023-06-17 10:57:19", TERMINI, "stairs", Look.CLEAR, 9, 1),
    Session("2023-06-17 18:34:02", TERMINI, "cat", Look.NIGHT, 8, 1),
    Session("2023-06-18 12:15:49", TERMINI, "flower", Look.MONOCHROME, 7, 0),
    Session("2023-06-18 21:38:24", COLOSSEUM, "arches", Look.NIGHT, 8, 2),
    Session("2023-10-14 13:11:37", CITY_HALL, "officer", Look.CLEAR, 8, 1),
    Session("2023-10-14 15:52:14", WALNUT, "motorcycle", Look.MONOCHROME, 8, 1),
    Session("2023-12-02 06:51:08", ASAKUSA, "pagoda", Look.FOG, 9, 3),
    Session("2023-12-02 22:30:46", SHIBUYA, "stars", Look.CLEAR, 7, 0),
    Session("2024-03-23 12:44:51", WALNUT, "photographer", Look.CLEAR, 8, 1),
    Session("2024-03-23 14:27:36", WALNUT, "gravel", Look.CLEAR, 7, 0),
    Session("2024-04-06 09:33:12", ASAKUSA, "flower", Look.CLEAR, 8, 1),
    Session("2024-04-06 17:20:25", ASAKUSA, "pagoda", Look.SILHOUETTE, 8, 3),
    Session("2024-07-20 10:08:43", CITY_HALL, "astronaut", Look.CLEAR, 10, 1, burst=5),
    Session("2024-07-20 20:46:18", CITY_HALL, "rocket", Look.CLEAR, 9, 1),
    Session("2024-11-16 08:55:29", TERMINI, "cat", Look.MONOCHROME, 9, 1, burst=4),
    Session("2024-11-16 16:37:11", COLOSSEUM, "stairs", Look.SILHOUETTE, 7, 2),
    Session("2024-11-16 23:04:57", COLOSSEUM, "moon", Look.CLEAR, 7, 0),
)


@dataclass(frozen=True)
class Shot:
    """One press of the shutter: where it goes on the card and everything its EXIF will say."""

    folder: str
    stem: str
    file_number: int
    photograph: Photograph
    recipe: Recipe
    session: str
    burst: str | None
    captured_at: datetime
    subsecond: str
    offset_time: str
    city: str
    gps: tuple[float, float] | None
    altitude_m: float
    iso: int
    aperture: float
    exposure_s: float
    keeper: bool

    @property
    def shows(self) -> str:
        """Subject and light in words: `a cat, at night`."""
        light = self.recipe.look
        subject = self.photograph.shows
        told = light is Look.CLEAR or light.value in subject
        return subject if told else f"{subject}, {light.value}"


def plan_shots(photographs: Sequence[Photograph], seed: int) -> list[Shot]:
    """All shots in order of time. Photographs of one's own take the subjects' places in turn."""
    subjects = {item.key: n for n, item in enumerate(CATALOGUE)}
    by_key = {photograph.key: photograph for photograph in photographs}
    shots: list[Shot] = []
    days = sorted({session.start[:10] for session in SESSIONS})
    next_number: dict[str, int] = {}
    for number, session in enumerate(SESSIONS):
        year = session.start[:4]
        first_number = next_number.get(year, FIRST_FILE_NUMBER)
        next_number[year] = first_number + session.frames + _DELETED
        turn = photographs[subjects[session.subject] % len(photographs)]
        shots += _session_shots(
            session,
            name=f"{session.start[:10]}-{number:02d}",
            folder=f"{101 + days.index(session.start[:10])}RICOH",
            photograph=by_key.get(session.subject, turn),
            first_number=first_number,
            rng=np.random.default_rng((seed, number)),
        )
    # The third shot comes before the receiver has found its satellites.
    shots[2] = replace(shots[2], gps=None)
    return shots


def _session_shots(
    session: Session,
    *,
    name: str,
    folder: str,
    photograph: Photograph,
    first_number: int,
    rng: np.random.Generator,
) -> Iterator[Shot]:
    keepers = set(rng.permutation(session.frames)[: session.keepers].tolist())
    views = zip(_recipes(session, photograph, rng), _moments(session, rng), strict=True)
    for n, (recipe, moment) in enumerate(views):
        iso, aperture, exposure_s = _exposure(session.look, rng)
        yield Shot(
            folder=folder,
            stem=f"R{first_number + n:07d}",
            file_number=first_number + n,
            photograph=photograph,
            recipe=recipe,
            session=name,
            burst=f"{name}-burst" if 0 < n <= session.burst else None,
            captured_at=moment.replace(microsecond=0),
            subsecond=f"{moment.microsecond // 10_000:02d}",
            offset_time=_offset(moment, session.spot.zone),
            city=session.spot.city,
            gps=_near(session.spot, rng),
            altitude_m=session.spot.altitude_m,
            iso=iso,
            aperture=aperture,
            exposure_s=exposure_s,
            keeper=n in keepers,
        )


def _recipes(
    session: Session, photograph: Photograph, rng: np.random.Generator
) -> Iterator[Recipe]:
    """Frame 0 stands alone, frames 1 to `burst` are one view, the rest walk around it."""
    recipe = Recipe()
    for n in range(session.frames):
        seed = int(rng.integers(2**31))
        if 1 < n <= session.burst:
            recipe = nudge(rng, recipe, seed=seed)
        else:
            upright = bool(rng.random() < photograph.upright_share)
            recipe = vary(
                rng, focus=photograph.focus, look=session.look, upright=upright, seed=seed
            )
        yield recipe


def _moments(session: Session, rng: np.random.Generator) -> Iterator[datetime]:
    """Local capture times to a hundredth of a second, seconds to two minutes apart."""
    moment = datetime.fromisoformat(session.start)
    for n in range(session.frames):
        in_burst = 1 < n <= session.burst
        step = BURST_GAP_S if in_burst else float(rng.uniform(4, 110))
        moment += timedelta(seconds=step if n else 0.0)
        yield moment


def _exposure(look: Look, rng: np.random.Generator) -> tuple[int, float, float]:
    """(ISO, f-number, seconds) that such light asks for."""
    if look is Look.NIGHT:
        return int(rng.choice([1600, 3200, 6400])), 2.8, 1 / float(rng.choice([30, 60]))
    if look is Look.FOG:
        return int(rng.choice([400, 800])), 4.0, 1 / float(rng.choice([125, 250]))
    return int(rng.choice([100, 200, 400])), 8.0, 1 / float(rng.choice([250, 500, 1000]))


def _offset(moment: datetime, zone: str) -> str:
    digits = moment.replace(tzinfo=ZoneInfo(zone)).strftime("%z")
    return f"{digits[:3]}:{digits[3:]}"


def _near(spot: Spot, rng: np.random.Generator) -> tuple[float, float]:
    north, east = rng.uniform(-spot.radius, spot.radius, size=2)
    return round(spot.latitude + float(north), 6), round(spot.longitude + float(east), 6)
