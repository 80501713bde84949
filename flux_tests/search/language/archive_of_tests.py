"""An archive as a question sees it, and short ways to say what was read."""

from datetime import date, datetime

from flux_assets.search.language.plan import Plan
from flux_assets.search.language.planner import plan_question
from flux_assets.search.language.vocabulary import City, Vocabulary

PHOTO = "2022-01-15_13-22-44_DanteSisofo_R0001234"
WALNUT = (39.9537, -75.2036)
NORTH = (
    City("Rome", "Italy", 41.9, 12.5),
    City("Nice", "France", 43.7, 7.26),
    City("Paris", "France", 48.85, 2.35),
    City("Reading", "United Kingdom", 51.45, -0.97),
    City("Philadelphia", "United States", 39.95, -75.17),
    City("New York City", "United States", 40.71, -74.0),
    City("Long Beach", "United States", 33.77, -118.19),
    City("Tokyo", "Japan", 35.66, 139.7),
    City("Shanghai", "China", 31.2, 121.5),
    City("São Paulo", "Brazil"),
    City(None, "Italy", 43.0, 12.0),
)
SYDNEY = City("Sydney", "Australia", -33.87, 151.2)


def vocabulary(*, south: bool = False) -> Vocabulary:
    """What photographs of 2020 to 2025 let a question name, on a Monday in June 2026."""
    return Vocabulary(
        today=date(2026, 6, 15),
        years=(2020, 2025),
        cities=(*NORTH, SYDNEY) if south else NORTH,
        cameras=("GR III", "GR IIIx", "X100V", "One"),
        makes=("RICOH", "Fujifilm"),
        weather=frozenset({"clear", "partly cloudy", "overcast", "fog", "rain", "snow"}),
        tags=frozenset({"umbrella", "silhouette", "street", "wet pavement", "dog"}),
        places={"40th and Walnut": WALNUT, "home": (39.9, -75.1)},
    )


HERE, EVERYWHERE = vocabulary(), vocabulary(south=True)


def read(question: str) -> Plan:
    """The plan for an archive of the northern hemisphere."""
    return plan_question(question, HERE)


def text_of(plan: Plan) -> str:
    """Texts that are wanted, as the model gets them."""
    return " + ".join(text for text, weight in plan.texts if weight > 0)


def times_of(plan: Plan) -> list[str]:
    """Its intervals, as `2021-12-01..2022-03-01`."""
    return [span(interval.start, interval.end) for interval in plan.only.intervals]


def span(start: datetime, end: datetime) -> str:
    return f"{start:%Y-%m-%d}..{end:%Y-%m-%d}"


def places_of(plan: Plan) -> list[str]:
    return [str(place) for place in plan.only.places]
