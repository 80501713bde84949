"""Groups of duplicates: what is found, what is kept, and what people said."""

from datetime import datetime

import polars as pl

from flux_assets.vision.duplicate_verdicts import keep_these, not_duplicates
from flux_assets.vision.duplicates import Duplicates, list_duplicates
from flux_resources.data_root import DataRoot
from flux_tests.vision.archive_rows import (
    bits,
    duplicates_of,
    groups,
    photographs,
    random_hashes,
    sha256_of,
)

NOON = datetime(2022, 1, 15, 12)
THREE = photographs(
    {"photo_id": "a"}, {"photo_id": "b", "phash": bits(0)}, {"photo_id": "c", "phash": bits(1)}
)


def many(count: int) -> pl.DataFrame:
    hashes = random_hashes(count).tolist()
    return photographs(
        *({"photo_id": f"p{n:04}", "phash": value} for n, value in enumerate(hashes))
    )


def test_pictures_that_look_alike_are_near() -> None:
    rows = duplicates_of(THREE)
    Duplicates.validate(rows)
    assert groups(rows) == [{"a", "b", "c"}]
    assert set(rows["relation"]) == {"near"}
    assert dict(rows.select("photo_id", "distance").iter_rows()) == {"a": 0, "b": 1, "c": 1}
    assert rows.filter("medoid")["photo_id"].to_list() == ["a"]


def test_every_member_lies_within_the_threshold_of_its_medoid() -> None:
    archive = many(800)
    rows = duplicates_of(archive).join(archive.select("photo_id", "phash"), on="photo_id")
    medoid = rows.filter("medoid").select("group_id", other="phash")
    assert medoid.height == rows["group_id"].n_unique() > 20

    measured = rows.join(medoid, on="group_id").select(
        (pl.col("phash") ^ pl.col("other")).bitwise_count_ones().alias("bits"), "distance"
    )
    assert measured["bits"].cast(pl.UInt8).equals(measured["distance"])
    assert rows["distance"].max() == 5


def test_flat_pictures_match_nothing() -> None:
    assert duplicates_of(THREE.with_columns(flat=pl.lit(True))).is_empty()


def test_pictures_without_a_hash_match_nothing() -> None:
    assert duplicates_of(THREE.with_columns(phash=pl.lit(None, pl.UInt64))).is_empty()


def test_raw_and_jpeg_of_one_press_are_no_duplicates() -> None:
    pair = photographs({"photo_id": "R1", "pair_id": "R1"}, {"photo_id": "R1_DNG", "pair_id": "R1"})
    assert duplicates_of(pair).is_empty()


def test_the_jpeg_of_a_press_takes_part_and_its_raw_does_not() -> None:
    rows = photographs(
        {"photo_id": "R1_DNG", "pair_id": "R1"},
        {"photo_id": "R1", "pair_id": "R1"},
        {"photo_id": "R1-edit"},
    )
    assert groups(duplicates_of(rows)) == [{"R1", "R1-edit"}]


def test_frames_of_one_burst_are_no_duplicates() -> None:
    burst = THREE.with_columns(
        burst_id=pl.lit("burst_1"),
        resolved_at=pl.Series([NOON.replace(microsecond=n * 200_000) for n in range(3)]),
    )
    assert duplicates_of(burst).is_empty()


def test_an_edit_of_a_burst_frame_that_kept_its_time_is_a_duplicate() -> None:
    burst = THREE.with_columns(burst_id=pl.lit("burst_1"), resolved_at=pl.lit(NOON))
    assert groups(duplicates_of(burst)) == [{"a", "b", "c"}]


def test_the_same_input_gives_the_same_rows_in_any_order() -> None:
    archive = many(400)
    assert duplicates_of(archive.sample(fraction=1, shuffle=True, seed=1)).equals(
        duplicates_of(archive)
    )


def test_a_new_day_renames_no_group() -> None:
    archive = many(600)
    before = groups_by_id(duplicates_of(archive.head(500)))
    after = groups_by_id(duplicates_of(archive))
    unchanged = [members for members in before.values() if members in after.values()]
    assert len(unchanged) > 20
    assert all(
        after.get(name, members) == members
        for name, members in before.items()
        if members in unchanged
    )


def test_a_group_that_gains_a_later_photograph_keeps_its_name() -> None:
    before = duplicates_of(THREE.head(2))
    after = duplicates_of(THREE)
    assert set(before["group_id"]) == set(after["group_id"]) == {f"near_{sha256_of('a')[:16]}"}


def groups_by_id(rows: pl.DataFrame) -> dict[str, set[str]]:
    found = rows.group_by("group_id").agg("photo_id")
    return {name: set(members) for name, members in found.iter_rows()}


def test_copies_of_one_content_are_identical_and_its_own_file_is_kept() -> None:
    copies = pl.DataFrame({"sha256": [sha256_of("a")] * 2, "path": ["/disk/copy.jpg", "a.JPG"]})
    rows = duplicates_of(photographs({"photo_id": "a"}), copies=copies)
    Duplicates.validate(rows)
    assert rows.select("photo_id", "path", "relation", "distance", "keep").rows() == [
        ("a", "a.JPG", "identical", 0, True),
        ("a", "/disk/copy.jpg", "identical", 0, False),
    ]


def test_a_photograph_can_have_copies_and_near_duplicates() -> None:
    copies = pl.DataFrame({"sha256": [sha256_of("a")] * 2, "path": ["a.JPG", "/disk/copy.jpg"]})
    rows = duplicates_of(THREE, copies=copies)
    Duplicates.validate(rows)
    assert set(rows.group_by("relation").len().iter_rows()) == {("identical", 2), ("near", 3)}


def test_told_apart_once_is_never_grouped_again(archive: DataRoot) -> None:
    said = not_duplicates(THREE.filter(pl.col("photo_id").is_in(["b", "c"])), {})
    archive.decisions.record(said)

    for _ in range(2):  # whatever is materialized again
        told = archive.decisions.standing("not_duplicates")
        assert groups(duplicates_of(THREE, told_apart=told)) == [{"a", "b"}]


def test_a_group_told_apart_is_gone_and_later_verdicts_add_to_it(archive: DataRoot) -> None:
    decisions = archive.decisions
    for names in (["a", "b"], ["c", "b"], ["a", "c"]):
        chosen = THREE.filter(pl.col("photo_id").is_in(names))
        decisions.record(not_duplicates(chosen, decisions.standing("not_duplicates")))

    told = decisions.standing("not_duplicates")
    assert duplicates_of(THREE, told_apart=told).is_empty()


def test_keep_this_outranks_everything_and_can_be_taken_back(archive: DataRoot) -> None:
    rows = THREE.with_columns(keeper=pl.Series([1, 0, 0], dtype=pl.Int8))
    assert kept(duplicates_of(rows)) == {"a": "a keeper"}

    archive.decisions.record(keep_these(rows.tail(2)))
    said = archive.decisions.standing("keep")
    assert kept(duplicates_of(rows, to_keep=said)) == dict.fromkeys("bc", "a person said so")

    archive.decisions.record(keep_these(rows.tail(2), keep=False))
    assert kept(duplicates_of(rows, to_keep=archive.decisions.standing("keep"))) == {
        "a": "a keeper"
    }


def kept(rows: pl.DataFrame) -> dict[str, str]:
    return dict(rows.filter("keep").select("photo_id", "keep_reason").iter_rows())


def test_the_largest_group_is_listed_first() -> None:
    rows = pl.concat(
        [
            THREE,
            photographs(
                {"photo_id": "x", "phash": bits(*range(30, 60))},
                {"photo_id": "y", "phash": bits(*range(30, 60))},
            ),
        ]
    )
    listed = list_duplicates(duplicates_of(rows))
    assert listed["files"].to_list() == [3, 2]
    assert listed["keep"].to_list() == [["a"], ["x"]]


def test_no_photographs_have_no_duplicates() -> None:
    Duplicates.validate(duplicates_of(THREE.clear()))
