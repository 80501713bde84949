"""What each product has, lacks and failed at."""

from datetime import datetime

import polars as pl

from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS, PRODUCTS
from flux_assets.publishing.status import archive_status, photographs_by_range
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import DAY, empty_inbox, index_day, indexed


def _write(archive: DataRoot, product: Product, rows: list[dict[str, object]]) -> None:
    types = {name: column.dtype for name, column in product.schema.columns().items()}
    archive.tables.write_day(product.name, DAY, pl.DataFrame(rows, schema=types), product.schema)


def test_counts_of_every_product_add_up(archive: DataRoot, photograph: Photograph) -> None:
    for seed in range(4):
        photograph(archive.paths.inbox / f"R{seed}.jpg", seed=seed)
    empty_inbox(archive)
    index_day(archive)
    ids = indexed(archive)["photo_id"].to_list()
    places = next(product for product in ENRICHMENTS if product.name == "places")
    _write(
        archive,
        places,
        [
            {"photo_id": ids[0], "source": "gps", "location_city": "Rome"},
            {"photo_id": ids[1]},
            {"photo_id": ids[2], "error": "places: broken: /some/file"},
        ],
    )

    status = {s.product: s for s in archive_status(archive.tables, {DAY: 4})}

    found = status["places"]
    assert (found.photographs, found.have, found.pending) == (4, 1, 1)
    assert found.expected == {"no GPS": 1}
    assert found.failed == {"places: broken": 1}
    assert found.pending_days == [DAY]
    assert status.keys() == {product.name for product in PRODUCTS}
    for s in status.values():
        assert s.photographs == (
            s.have + s.pending + sum(s.expected.values()) + sum(s.failed.values())
        )


def test_photographs_that_are_not_indexed_yet_are_pending(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R1.jpg")
    empty_inbox(archive)

    first = archive_status(archive.tables, {DAY: 1})[0]

    assert (first.photographs, first.have, first.pending) == (1, 0, 1)
    assert first.pending_days == [DAY]


def test_photographs_outside_the_day_range_are_counted_apart(
    archive: DataRoot, photograph: Photograph
) -> None:
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + "archive: {end: 2022-12-31}")
    archive = DataRoot.open(archive.paths.root)
    photograph(archive.paths.inbox / "R1.jpg")
    photograph(archive.paths.inbox / "R2.jpg", datetime(2023, 2, 2), seed=1)
    empty_inbox(archive)

    assert photographs_by_range(archive) == ({DAY: 1}, 1)
