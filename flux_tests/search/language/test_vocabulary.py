from datetime import date, datetime

from flux_assets.search.language.plan import Facts, Place
from flux_assets.search.language.vocabulary import City, Vocabulary, read_vocabulary
from flux_assets.search.published import Published
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import SearchSettings
from flux_tests.search.conftest import photo, publish_rows
from flux_tests.search.language.archive_of_tests import EVERYWHERE, HERE

TODAY = date(2026, 6, 15)


def _read(archive: DataRoot) -> Vocabulary:
    published = Published(archive.paths.duckdb)
    return read_vocabulary(published, SearchSettings(), today=TODAY, tags=("fog",))


def test_a_vocabulary_is_what_photographs_have(archive: DataRoot) -> None:
    rome = {"location_city": "Rome", "location_country": "Italy"}
    publish_rows(
        archive,
        [
            photo("a", **rome, lat=41.0, lon=12.0, camera_make="RICOH", camera_model="GR III"),
            photo("b", **rome, lat=43.0, lon=13.0, captured_at=datetime(2024, 1, 1)),
            photo("c", location_country="Italy", weather="fog"),
        ],
    )

    known = _read(archive)

    assert known.years == (2022, 2024)
    assert set(known.cities) == {City("Rome", "Italy", 42.0, 12.5), City(None, "Italy")}
    assert (known.cameras, known.makes) == (("GR III",), ("RICOH",))
    assert known.weather == known.tags == frozenset({"fog"})
    assert known.places == {"40th and Walnut": (39.9537, -75.2036)}
    assert known.block_m == 120
    assert known.is_photo("b")
    assert not known.is_photo("2022-01-15_13-22-44_DanteSisofo_R0001234")


def test_an_archive_without_photographs_names_nothing(archive: DataRoot) -> None:
    publish_rows(archive, [])
    known = _read(archive)
    assert (known.years, known.cities, known.cameras) == (None, (), ())


def test_the_side_of_the_equator_is_known_where_all_agree() -> None:
    assert HERE.south(Facts()) is False
    assert EVERYWHERE.south(Facts()) is None
    assert EVERYWHERE.south(Facts(places=(Place("Sydney"),))) is True
    assert EVERYWHERE.south(Facts(places=(Place("Sydney"), Place("Rome")))) is None
    assert EVERYWHERE.south(Facts(places=(Place(country="Italy"),))) is False


def test_models_are_known_with_either_numerals() -> None:
    assert {HERE.camera_names[name] for name in ("griiix", "gr3x")} == {"GR IIIx"}


def test_names_are_near_by_spelling_and_by_what_people_say() -> None:
    names = ["New York City", "Rome", "São Paulo", "United States"]
    asked = ("Rom", "sao paolo", "NYC", "USA", "Ulan Bator")
    assert [HERE.near_names(name, names) for name in asked] == [
        ["Rome"],
        ["São Paulo"],
        ["New York City"],
        ["United States"],
        [],
    ]
