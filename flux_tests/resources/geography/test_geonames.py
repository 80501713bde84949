"""The places of GeoNames, as read from their file."""

from flux_resources.geography.geonames import cities, regions


def test_every_place_is_read_with_the_fields_asked_for_and_the_largest_comes_first() -> None:
    found = cities("name", "latitude", "countrycode", "admin1code", "population", "alternatenames")

    assert found.height > 200_000
    assert found["population"].is_sorted(descending=True)
    assert found.null_count().sum_horizontal().item() == 0
    rome = found.filter(countrycode="IT", name="Rome").row(0, named=True)
    assert round(rome["latitude"], 1) == 41.9
    assert {"Roma", "로마"} <= set(rome["alternatenames"])
    assert regions()[f"IT.{rome['admin1code']}"] == "Lazio"
