"""What the products of metadata depend on."""

from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.inputs import of_weather
from flux_assets.metadata.places import PLACES
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import write_rows

DAY = "2022-01-15"


def test_another_position_is_other_input_though_the_place_is_to_be_tried_again(
    archive: DataRoot,
) -> None:
    marks = set()
    known: dict[str, list[object]] = {"photo_id": ["a"], "trust": [1.0], "fingerprint": ["1"]}
    nothing: dict[str, list[object]] = {
        name: [[]] for name in ("signals_used", "candidates", "flags")
    }
    write_rows(archive, CAPTURE_TIMES, DAY, **known, **nothing)
    for lat in (41.89, 45.46):
        write_rows(archive, PLACES, DAY, photo_id=["a"], lat=[lat], lon=[9.2], source=["manual"])
        marks |= set(of_weather(archive.tables, DAY)["fingerprint"])

    assert len(marks) == 2
