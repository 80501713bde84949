"""Which photographs a search may return, as SQL over `photos`."""

from typing import TypedDict

_CLAUSES = {
    "year": "year(captured_at) = ?",
    "city": "lower(location_city) = lower(?)",
    "country": "lower(location_country) = lower(?)",
    "keeper": "(keeper = 1) = ?",
}


class Filters(TypedDict, total=False):
    """All given filters must hold; None asks nothing. Case of place names does not matter."""

    year: int | None
    city: str | None
    country: str | None
    keeper: bool | None


def where(filters: Filters) -> tuple[str, list[object]]:
    """An SQL condition and its parameters; `true` when nothing is asked."""
    asked = {name: value for name, value in filters.items() if value is not None}
    return " AND ".join(_CLAUSES[name] for name in asked) or "true", list(asked.values())
