"""Which of a group to keep: each reason decides where all before it are equal."""

from typing import Any

import polars as pl
import pytest

from flux_assets.vision.duplicate_keep import EXIF_FIELDS, count_exif_fields, suggest_keep
from flux_tests.vision.archive_rows import photographs


def suggested(*rows: dict[str, Any]) -> dict[str, str]:
    """The kept photographs of one group, and why."""
    members = photographs(*rows).with_columns(
        group_id=pl.lit("g"), said=pl.Series([bool(row.get("said")) for row in rows])
    )
    kept = suggest_keep(members).filter("keep")
    return dict(kept.select("photo_id", "keep_reason").iter_rows())


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        ({"said": True}, {"keeper": 1}, "a person said so"),
        ({"keeper": 1}, {"width": 9000, "keeper": 0}, "a keeper"),
        ({"keeper": 1}, {"keeper": None}, "a keeper"),
        ({}, {"width": 3000, "exif_fields": 10}, "24 megapixels, the next 12"),
        ({"width": None, "height": None}, {}, "all megapixels, the next 24"),
        ({}, {"exif_fields": 2, "quality_score": 0.9}, "8 EXIF fields, the next 2"),
        (
            {"quality_score": 0.71},
            {"quality_score": 0.6, "bytes": 2_000_000},
            "quality 0.71, the next 0.6",
        ),
        ({"quality_score": 0.1}, {}, "quality 0.1, the next 0"),
        ({"bytes": 2_000_000}, {}, "2000000 bytes, the next 1000000"),
    ],
)
def test_the_better_one_is_kept_and_told_why(
    better: dict[str, Any], worse: dict[str, Any], reason: str
) -> None:
    assert suggested(worse | {"photo_id": "a"}, better | {"photo_id": "b"}) == {"b": reason}


def test_among_equals_the_earliest_is_kept() -> None:
    assert suggested({"photo_id": "b"}, {"photo_id": "a"}) == {"a": "the first of equals"}


def test_a_difference_too_small_to_see_does_not_decide() -> None:
    rows = {"photo_id": "a", "quality_score": 0.701}, {"photo_id": "b", "quality_score": 0.702}
    assert suggested(*rows) == {"a": "the first of equals"}


def test_all_that_a_person_keeps_are_kept() -> None:
    assert suggested(
        {"photo_id": "a", "said": True}, {"photo_id": "b", "said": True}, {"photo_id": "c"}
    ) == dict.fromkeys("ab", "a person said so")


def test_exif_fields_are_counted() -> None:
    rows = pl.DataFrame({name: ["x", None] for name in EXIF_FIELDS})
    assert rows.select(count_exif_fields()).to_series().to_list() == [len(EXIF_FIELDS), 0]
