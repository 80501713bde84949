"""Page 4 of an issue: where its frames were taken."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from flux_assets.publishing.issues.atlas import View, outlines_in, unwrapped, view_of
from flux_assets.publishing.issues.edition import Edition, place_of, places_of, positions
from flux_assets.publishing.issues.sheet import GREY, HAIR, HEIGHT, MARGIN, TEXT_WIDTH, WIDTH, Sheet
from flux_assets.publishing.issues.typeface import BOLD

_LIST = 190.0  # width of the list of places
_TOP = HEIGHT - MARGIN - 34
_WIDE, _HIGH = TEXT_WIDTH - _LIST - 20, _TOP - MARGIN  # room for the map
_SOUTH, _NORTH = -58.0, 84.0  # where nobody lives is not worth paper
_LAND, _COAST, _BORDER = 0.92, 0.55, 0.7
_LABEL = 7.5
_GRAIN = 0.5  # points; finer lines than these nobody sees

Box = tuple[float, float, float, float]  # left, bottom, right, top


class Spot(NamedTuple):
    """A dot on the map: where, how many frames, and what it is called."""

    x: float
    y: float
    frames: int
    name: str


class Map(NamedTuple):
    """A stretch of the world on its part of the page."""

    view: View
    box: Box

    def at(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Points on the page of positions in degrees, of scalars or arrays."""
        view, (left, bottom, right, top) = self.view, self.box
        x = left + (lon - view.west) / (view.east - view.west) * (right - left)
        y = bottom + (lat - view.south) / (view.north - view.south) * (top - bottom)
        return x, y


def draw_map(sheet: Sheet, edition: Edition) -> None:
    """Frames with a position as dots on coasts and borders; all places in a list beside it."""
    sheet.heading("Places")
    placed = [f for f in edition.frames if f["lat"] is not None and f["lon"] is not None]
    if placed:
        _draw_world(sheet, placed)
    else:
        note = "There is nothing to draw a map from."
        sheet.text(MARGIN, HEIGHT / 2, "None of these frames has a position.", size=11)
        sheet.text(MARGIN, HEIGHT / 2 - 18, note, size=9, grey=GREY)
    _draw_list(sheet, edition.frames, len(edition.frames) - len(placed))
    sheet.finish()


def _draw_world(sheet: Sheet, placed: Sequence[dict[str, Any]]) -> None:
    lat = np.array([frame["lat"] for frame in placed], np.float64)
    lon = unwrapped(np.array([frame["lon"] for frame in placed], np.float64))
    world = _map_of(view_of(lat, lon, aspect=_WIDE / _HIGH))
    left, bottom, right, top = world.box
    canvas = sheet.canvas
    canvas.saveState()
    edge = canvas.beginPath()
    edge.rect(left, bottom, right - left, top - bottom)
    canvas.clipPath(edge, stroke=0, fill=0)
    _draw_outlines(sheet, world)
    spots = _spots(placed, *world.at(lon, lat))
    for spot in spots:
        canvas.setFillGray(0)
        canvas.circle(spot.x, spot.y, 1.6 + 0.7 * spot.frames**0.5, stroke=0, fill=1)
    _draw_labels(sheet, spots, world.box)
    canvas.restoreState()
    canvas.setStrokeGray(0)
    canvas.setLineWidth(HAIR)
    canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)


def _map_of(view: View) -> Map:
    """The part of a view between the polar seas; it takes as much less of the page."""
    south, north = max(view.south, _SOUTH), min(view.north, _NORTH)
    high = _HIGH * (north - south) / (view.north - view.south)
    box = (MARGIN, _TOP - high, MARGIN + _WIDE, _TOP)
    return Map(View(view.west, view.east, south, north), box)


def _draw_outlines(sheet: Sheet, world: Map) -> None:
    canvas, (left, bottom, right, top) = sheet.canvas, world.box
    wide, high = right - left, top - bottom
    canvas.setLineJoin(1)
    for outline in outlines_in(world.view):
        x, y = world.at(outline.points[:, 0], outline.points[:, 1])
        # What lies far outside is drawn at the edge; what the eye cannot tell apart, once.
        x = (np.clip(x, left - wide, right + wide) / _GRAIN).round() * _GRAIN
        y = (np.clip(y, bottom - high, top + high) / _GRAIN).round() * _GRAIN
        moved = np.append(True, (np.diff(x) != 0) | (np.diff(y) != 0))
        points = list(zip(x[moved].tolist(), y[moved].tolist(), strict=True))
        is_border = outline.kind < 0
        if len(points) < (2 if is_border else 3):
            continue
        path = canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        canvas.setLineWidth(HAIR)
        canvas.setStrokeGray(_BORDER if is_border else _COAST)
        canvas.setFillGray(_LAND if outline.kind % 2 else 1)
        canvas.drawPath(path, stroke=1, fill=0 if is_border else 1)


def _spots(placed: Sequence[dict[str, Any]], x: Any, y: Any) -> list[Spot]:
    """Frames of one place share a dot if they would touch; the largest come first."""
    groups: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    for frame, across, up in zip(placed, x.tolist(), y.tolist(), strict=True):
        key = (place_of(frame), round(across / 6), round(up / 6))
        groups.setdefault(key, []).append((across, up))
    spots = []
    for (place, *_), members in groups.items():
        across, up = np.mean(members, axis=0).tolist()
        spots.append(Spot(across, up, len(members), place.partition(",")[0]))
    return sorted(spots, key=lambda spot: (-spot.frames, spot.name, spot.x, spot.y))


def _draw_labels(sheet: Sheet, spots: Sequence[Spot], inside: Box) -> None:
    """The name of each place once, where it covers no other name and stays on the map."""
    taken: list[Box] = [(spot.x - 2, spot.y - 2, spot.x + 2, spot.y + 2) for spot in spots]
    named: set[str] = set()
    for spot in spots:
        if not spot.name or spot.name in named:
            continue
        wide = sheet.typeface.width(spot.name, BOLD, _LABEL)
        away = 4 + 0.7 * spot.frames**0.5
        for left, base in (
            (spot.x + away, spot.y - 2.5),
            (spot.x - away - wide, spot.y - 2.5),
            (spot.x - wide / 2, spot.y + away),
            (spot.x - wide / 2, spot.y - away - 5),
        ):
            box = (left, base - 1, left + wide, base + _LABEL)
            if _within(box, inside) and not any(_touch(box, other) for other in taken):
                sheet.text(left, base, spot.name, size=_LABEL, font=BOLD)
                taken.append(box)
                named.add(spot.name)
                break


def _within(box: Box, outer: Box) -> bool:
    left, bottom, right, top = outer
    return box[0] > left + 2 and box[1] > bottom + 2 and box[2] < right - 2 and box[3] < top - 2


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _draw_list(sheet: Sheet, frames: Sequence[dict[str, Any]], without: int) -> None:
    """Each place with the numbers of its frames, two lines each where there is room for it."""
    left, top = WIDTH - MARGIN - _LIST, _TOP - 9
    entries = [(place, positions(members)) for place, members in places_of(frames).items()]
    unknown = [frame for frame in frames if not place_of(frame)]
    if unknown:
        entries.append(("Place unknown", positions(unknown)))
    step = min(27.0, (_HIGH - 30) / max(len(entries), 1))
    size = min(8.5, step / 2.4)
    for number, (place, where) in enumerate(entries):
        y = top - number * step
        sheet.text(left, y, place, size=size, font=BOLD, width=_LIST)
        sheet.text(left, y - size * 1.25, where, size=size, grey=GREY, width=_LIST)
    if without and entries and without < len(frames):
        note = f"{without} frames without a position are not on the map."
        sheet.text(left, MARGIN + 2, note, size=6.5, grey=GREY, width=_LIST)
