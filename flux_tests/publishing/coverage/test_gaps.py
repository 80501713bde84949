"""Every photograph is counted once for each product, and each gap says why and what closes it."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.exif import EXIF, EXIF_VERSION
from flux_assets.metadata.places import PLACES
from flux_assets.metadata.weather import WEATHER
from flux_assets.photo_table import Product
from flux_assets.products import PRODUCTS
from flux_assets.publishing.coverage.measure import measure_coverage, photographs_by_range
from flux_assets.publishing.coverage.schemas import WHYS
from flux_assets.publishing.coverage.states import OTHERS, gaps_of, look, read_index
from flux_assets.vision.embeddings import EMBEDDINGS, embeddings_version
from flux_assets.vision.tags import TAGS, load_vocabulary, vocabulary_version
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore
from flux_tests.conftest import SETTINGS, Photograph, empty_archive
from flux_tests.corpus.looking import empty_inbox
from flux_tests.publishing.coverage.counted import (
    DAY,
    NEXT,
    fingerprint_of,
    gap_rows,
    indexed,
    product_row,
)
from flux_tests.publishing.product_rows import write_rows

_KINDS = ("have", "expected", "waiting", "pending", "stale", "failed")


def _write_weather(archive: DataRoot, ids: list[object], kinds: list[str]) -> None:
    """A row of `weather` of each kind; none for what is pending."""
    written = [(i, kind) for i, kind in zip(ids, kinds, strict=True) if kind != "pending"]
    write_rows(
        archive,
        WEATHER,
        DAY,
        photo_id=[i for i, _ in written],
        weather=["rain" if kind in ("have", "stale") else None for _, kind in written],
        error=["weather: broken: x" if kind == "failed" else None for _, kind in written],
        pending=["weather: offline" if kind == "waiting" else None for _, kind in written],
        fingerprint=["0" * 32 if kind == "stale" else None for _, kind in written],
    )


@given(kinds=st.lists(st.sampled_from(_KINDS), max_size=12))
def test_counts_add_up_whatever_the_rows_say(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str]
) -> None:
    archive = empty_archive(tmp_path_factory.mktemp("counts"))
    _write_weather(archive, indexed(archive, len(kinds)), kinds)

    seen = look(archive.tables, WEATHER, "11111111", read_index(archive.tables))

    gaps = gaps_of(seen, WEATHER)
    found = dict(gaps.group_by("why").agg(pl.sum("photographs")).iter_rows())
    assert found == {why: kinds.count(why) for why in WHYS if why in kinds}
    assert seen["state"].to_list() == kinds


def test_every_product_and_every_gap_add_up_to_the_photographs(archive: DataRoot) -> None:
    ids = indexed(archive, 6)
    _write_weather(archive, ids, list(_KINDS))

    coverage = measure_coverage(archive)

    for product in PRODUCTS:
        row = product_row(coverage, product.name)
        assert row["photographs"] == row["count"] + row["gap"]
        assert row["gap"] == sum(row[why] for why in WHYS)
    assert [product_row(coverage, "weather")[why] for why in WHYS] == [1] * 5
    assert coverage.days.select(pl.sum_horizontal(_KINDS)).item() == 6


def test_a_gap_says_how_many_where_which_and_what_closes_it(archive: DataRoot) -> None:
    first, second, third = indexed(archive, 3)
    write_rows(
        archive,
        PLACES,
        DAY,
        photo_id=[first, second],
        source=["gps", None],
        error=[None, "places: broken: /some/file"],
    )
    (failed, pending) = sorted(
        gap_rows(measure_coverage(archive), "places"), key=lambda gap: str(gap["why"])
    )

    assert (failed["reason"], failed["photo_ids"]) == ("places: broken", [second])
    assert (pending["photographs"], pending["days"]) == (1, [DAY])
    assert pending["photo_ids"] == [third]
    command = pending["command"]
    assert command.startswith("flux materialize --select exif,places,capture_times,")
    assert command.endswith(f",photos,coverage --days {DAY}")


def test_what_is_rightly_absent_needs_no_command(archive: DataRoot) -> None:
    ids = indexed(archive, 1)
    write_rows(archive, PLACES, DAY, photo_id=ids)

    (gap,) = gap_rows(measure_coverage(archive), "places")

    assert (gap["why"], gap["reason"]) == ("expected", "no GPS")
    assert gap["command"] is gap["priority"] is None


def test_rows_of_older_code_are_stale(archive: DataRoot) -> None:
    ids = indexed(archive, 2)
    marks = [fingerprint_of(EXIF, "0"), fingerprint_of(EXIF, EXIF_VERSION)]
    moments: list[object] = [datetime(2022, 1, 15)] * 2
    write_rows(archive, EXIF, DAY, photo_id=ids, captured_at=moments, fingerprint=list(marks))

    row = product_row(measure_coverage(archive), "exif")

    assert (row["count"], row["stale"]) == (1, 1)


@pytest.mark.parametrize(
    ("product", "version", "column"),
    [
        (EMBEDDINGS, embeddings_version("weights of another model"), "embedding_id"),
        (TAGS, vocabulary_version(load_vocabulary(None), "clip-vit-b-32"), "tags"),
    ],
)
def test_vectors_and_tags_of_another_model_are_stale(
    archive: DataRoot, product: Product, version: str, column: str
) -> None:
    (photo_id,) = indexed(archive, 1)
    value: object = ["fog"] if column == "tags" else "emb_0_clip-vit-b-32"
    write_rows(
        archive,
        product,
        DAY,
        **{"photo_id": [photo_id], column: [value]},
        fingerprint=[fingerprint_of(product, version)],
    )

    row = product_row(measure_coverage(archive), product.name)

    assert (row["count"], row["stale"]) == (0, 1)


def test_rare_reasons_fall_together_and_none_is_lost(archive: DataRoot) -> None:
    ids = indexed(archive, 30)
    errors: list[object] = [f"exif: /file/{n}" for n in range(30)]
    write_rows(archive, EXIF, DAY, photo_id=ids, error=errors)

    gaps = gap_rows(measure_coverage(archive), "exif")

    assert len(gaps) == 21
    assert {gap["reason"]: gap["photographs"] for gap in gaps}[OTHERS] == 10
    assert sum(gap["photographs"] for gap in gaps) == 30


def test_what_unlocks_most_comes_first(archive: DataRoot) -> None:
    indexed(archive, 2)
    indexed(archive, 1, NEXT)

    gaps = measure_coverage(archive).gaps.filter(pl.col("priority").is_not_null())

    assert gaps["priority"].to_list() == list(range(1, gaps.height + 1))
    assert gaps["unlocks"].is_sorted(descending=True)
    order = gaps["product"].to_list()
    assert order.index("exif") < order.index("weather")
    assert order.index("proxies") < order.index("tags")


def test_photographs_that_are_not_indexed_yet_are_pending(
    archive: DataRoot, photograph: Photograph
) -> None:
    photograph(archive.paths.inbox / "R1.jpg")
    empty_inbox(archive)

    coverage = measure_coverage(archive)

    first = product_row(coverage, "photo_index")
    assert (first["photographs"], first["count"], first["pending"]) == (1, 0, 1)
    (gap,) = gap_rows(coverage, "photo_index")
    assert (gap["days"], gap["command"]) == ([DAY], f"flux materialize --days {DAY}")


def test_photographs_outside_the_day_range_are_counted_apart(
    archive: DataRoot, photograph: Photograph
) -> None:
    (archive.paths.root / "flux.yaml").write_text(SETTINGS + "archive: {end: 2022-12-31}")
    archive = DataRoot.open(archive.paths.root)
    photograph(archive.paths.inbox / "R1.jpg")
    photograph(archive.paths.inbox / "R2.jpg", datetime(2023, 2, 2), seed=1)
    empty_inbox(archive)

    assert photographs_by_range(archive) == ({DAY: 1}, 1)


def test_an_empty_archive_has_no_gaps_to_close(archive: DataRoot) -> None:
    coverage = measure_coverage(archive)

    assert coverage.photographs == 0
    assert coverage.gaps["command"].null_count() == coverage.gaps.height


def test_a_product_that_was_never_written_has_no_time(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    tables = TableStore(tmp_path_factory.mktemp("tables"))

    assert tables.written_at("exif") is None
