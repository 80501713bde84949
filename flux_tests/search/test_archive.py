import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flux_assets.search import Archive
from flux_assets.search.answers.calibration import Verdict
from flux_assets.search.archive import NotBuilt, NotFound
from flux_assets.search.filters import Boost, Filters
from flux_assets.search.finder import Finder
from flux_resources.data_root import DataRoot
from flux_tests.search.conftest import FakeEmbedder, Publish, photo, publish_rows, store_vectors

WORDS = {"fog": (1, 0, 0), "cat": (0, 1, 0)}
Facts = dict[str, tuple[Sequence[float], dict[str, Any]]]
ROME = {"location_city": "Rome", "location_country": "Italy"}
PARIS = {"location_city": "Paris", "location_country": "France"}
PHOTOGRAPHS: Facts = {
    "thick_fog": ((9, 1, 0), {**ROME, "keeper": 1, "tags": ["fog", "street"]}),
    "mist": ((5, 3, 0), {**PARIS, "keeper": 0, "captured_at": datetime(2023, 2, 1)}),
    "grey_cat": ((3, 5, 0), {**ROME, "captured_at": datetime(2023, 12, 31, 23, 59, 59)}),
    "cat": ((1, 9, 0), {"tags": None}),
}


@pytest.fixture
def opened(publish: Publish) -> Archive:
    return publish(PHOTOGRAPHS, WORDS)


def test_best_matches_come_first_with_their_cosine(opened: Archive) -> None:
    found = opened.search("fog")

    assert found["photo_id"].to_list() == ["thick_fog", "mist", "grey_cat", "cat"]
    assert found["score"][0] == pytest.approx(9 / 82**0.5, abs=1e-5)
    assert found["score"].is_sorted(descending=True)


def test_limit_cuts_the_worst(opened: Archive) -> None:
    assert opened.search("cat", limit=2)["photo_id"].to_list() == ["cat", "grey_cat"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year": 2023}, ["mist", "grey_cat"]),
        ({"city": "rome"}, ["thick_fog", "grey_cat"]),
        ({"country": "FRANCE"}, ["mist"]),
        ({"keeper": True}, ["thick_fog"]),
        ({"keeper": False}, ["mist"]),
        ({"year": 2023, "city": "Rome"}, ["grey_cat"]),
        ({"year": 2023, "city": None}, ["mist", "grey_cat"]),
        ({"city": "Atlantis"}, []),
    ],
)
def test_every_filter_must_hold(opened: Archive, filters: Filters, expected: list[str]) -> None:
    assert opened.search("fog", **filters)["photo_id"].to_list() == expected


@pytest.mark.parametrize(
    ("filters", "remark"),
    [
        ({"city": "Rom"}, "the archive has no city “Rom”: is it Rome?"),
        ({"city": ["Rome", "París"]}, "the archive has no city “París”: is it Paris?"),
        ({"country": "Frence"}, "the archive has no country “Frence”: is it France?"),
        ({"city": "Xyzzy"}, "the archive has no city “Xyzzy”"),
    ],
)
def test_a_place_that_the_archive_lacks_is_named_with_what_is_like_it(
    opened: Archive, filters: Filters, remark: str
) -> None:
    assert str(opened.ask("fog", **filters).plan) == f'searching for "fog"; {remark}'


def test_places_of_the_archive_are_not_remarked_on(opened: Archive) -> None:
    assert not opened.ask("fog", city="rome", country=["ITALY", "France"]).plan.remarks


def test_a_filter_reaches_photographs_far_down_the_ranking(publish: Publish) -> None:
    crowd: Facts = {f"fog{n:03}": ((100, n, 0), {}) for n in range(200)}
    opened = publish({**crowd, "last": ((0, 0, 1), ROME)}, WORDS)

    assert opened.search("fog", city="Rome", limit=1)["photo_id"].to_list() == ["last"]


def test_paths_are_absolute_and_those_outside_the_root_stay(
    archive: DataRoot, publish: Publish
) -> None:
    outside = {"path": "/mnt/older/x.JPG", "thumb_path": None}
    opened = publish({"inside": ((1, 0, 0), {}), "outside": ((1, 1, 0), outside)}, WORDS)

    inside, elsewhere = opened.search("fog").to_dicts()
    assert inside["path"] == str(archive.paths.originals / "inside.JPG")
    assert inside["thumb_path"] == str(archive.paths.thumb("inside"))
    assert elsewhere["path"] == "/mnt/older/x.JPG"
    assert elsewhere["thumb_path"] is None


def test_tags_are_lists_that_json_can_write(opened: Archive) -> None:
    tags = {row["photo_id"]: row["tags"] for row in opened.search("fog").to_dicts()}
    assert json.loads(json.dumps(tags["thick_fog"])) == ["fog", "street"]
    assert tags["mist"] == []
    assert tags["cat"] is None


def test_photographs_that_left_the_archive_are_not_found(
    archive: DataRoot, opened: Archive
) -> None:
    publish_rows(archive, [photo(name) for name in PHOTOGRAPHS if name != "thick_fog"])

    assert "thick_fog" not in opened.search("fog")["photo_id"]
    assert "thick_fog" not in opened.similar("mist")["photo_id"]


def test_the_jpeg_of_a_shutter_press_speaks_for_its_raw_file(publish: Publish) -> None:
    raw, pair = {"format": "DNG"}, {"pair_id": "a"}
    opened = publish(
        {
            "a": ((1, 0, 0), pair),
            "a_DNG": ((1, 0, 0), raw | pair),
            "b_DNG": ((1, 1, 0), raw),  # no JPEG was taken
            "c": ((1, 2, 0), {"pair_id": "c", "embedding_id": None}),  # this one has failed
            "c_DNG": ((1, 2, 0), raw | {"pair_id": "c"}),
        },
        WORDS,
    )

    assert opened.search("fog")["photo_id"].to_list() == ["a", "b_DNG", "c_DNG"]
    for asked in ("a", "a_DNG"):
        assert opened.similar(asked)["photo_id"].to_list() == ["b_DNG", "c_DNG"]


def test_similar_leaves_out_the_photograph_itself(opened: Archive) -> None:
    found = opened.similar("mist", limit=2)
    assert found["photo_id"].to_list() == ["thick_fog", "grey_cat"]


def test_similar_takes_a_photo_id_with_a_quote(publish: Publish) -> None:
    opened = publish({"it's": ((1, 0, 0), {}), "other": ((1, 1, 0), {})}, WORDS)
    assert opened.similar("it's")["photo_id"].to_list() == ["other"]


def test_similar_takes_a_file_and_filters(tmp_path: Path, publish: Publish) -> None:
    file = tmp_path / "mine.jpg"
    file.touch()
    opened = publish(PHOTOGRAPHS, {"mine.jpg": (0, 1, 0)})
    assert opened.similar(file, city="Rome", limit=1)["photo_id"].to_list() == ["grey_cat"]


def test_similar_takes_the_file_of_a_photograph_and_leaves_the_photograph_out(
    opened: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = opened.similar("mist")["photo_id"].to_list()
    file = opened.paths.originals / "mist.JPG"
    file.parent.mkdir(parents=True)
    file.touch()
    monkeypatch.chdir(file.parent)
    for said in (file, opened.paths.relative(file), "mist.JPG"):
        assert opened.similar(said)["photo_id"].to_list() == expected


def test_a_file_from_elsewhere_is_no_photograph_of_the_same_name(
    tmp_path: Path, publish: Publish
) -> None:
    file = tmp_path / "mist.JPG"
    file.touch()
    opened = publish(PHOTOGRAPHS, {"mist.JPG": (0, 1, 0)})
    assert opened.similar(file, limit=1)["photo_id"].to_list() == ["cat"]


def test_similar_refuses_what_is_neither_photograph_nor_picture(
    tmp_path: Path, opened: Archive
) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(NotFound, match=r"no picture file, and no photograph .* nobody; near it: "):
        opened.similar("nobody")
    with pytest.raises(NotFound, match=r"notes\.txt cannot be read as a picture: broken"):
        opened.similar(tmp_path / "notes.txt")


def test_an_archive_without_vectors_says_what_to_run(archive: DataRoot) -> None:
    publish_rows(archive, [photo("one")])
    with pytest.raises(NotBuilt, match="no photograph has a vector of the model mini; run: flux"):
        Archive(archive.paths.root).search("fog")


def test_an_archive_without_photographs_says_what_to_run(archive: DataRoot) -> None:
    store_vectors(archive, {"one": (1, 0, 0)})
    opened = Archive(archive.paths.root)
    opened.__dict__["embedder"] = FakeEmbedder(WORDS)
    with pytest.raises(NotBuilt, match="has no photographs yet; run: flux materialize"):
        opened.search("fog")
    with pytest.raises(NotBuilt):
        opened.photos()


def test_a_sentence_is_read_and_shown(opened: Archive) -> None:
    answer = opened.ask("fog in Rome")

    assert str(answer.plan) == 'searching for "fog", in Rome'
    assert answer.rows["photo_id"].to_list() == ["thick_fog", "grey_cat"]


def test_a_literal_text_is_asked_as_it_stands(publish: Publish) -> None:
    opened = publish(PHOTOGRAPHS, {"fog in Rome": (0, 1, 0)})
    assert opened.search("fog in Rome", literal=True)["photo_id"][0] == "cat"


def test_facts_alone_are_answered_in_the_order_of_time(opened: Archive) -> None:
    found = opened.search("in Rome")
    assert found["photo_id"].to_list() == ["thick_fog", "grey_cat"]
    assert found["score"].null_count() == 2


def test_frames_of_one_thing_are_one_answer_unless_asked_for(publish: Publish) -> None:
    opened = publish(
        {
            "first": ((9, 1, 0), {"fold": 1, "fold_place": 2}),
            "best": ((8, 2, 0), {"fold": 1, "fold_place": 1}),
            "other": ((1, 1, 0), {}),
        },
        WORDS,
    )
    found = opened.search("fog")
    assert found.select("photo_id", "hit", "folded").rows() == [
        ("best", "first", 1),
        ("other", "other", 0),
    ]
    singly = opened.search("fog", every_frame=True)
    assert singly["photo_id"].to_list() == ["first", "best", "other"]


def test_what_is_unlike_counts_against(opened: Archive) -> None:
    found = opened.search("fog", unlike=["cat"])
    assert found["photo_id"].to_list() == ["thick_fog", "mist", "grey_cat"]


def test_what_is_preferred_moves_up_without_shutting_out(publish: Publish) -> None:
    nearly = {"first": ((100, 1, 0), {}), "second": ((100, 9, 0), {"tags": ["street"]})}
    opened = publish({**nearly, "other": ((1, 9, 0), {"tags": ["street"]})}, WORDS)

    found = opened.search("fog", tags=Boost("street"))
    assert found["photo_id"].to_list() == ["second", "first", "other"]
    assert found["score"][0] < found["score"][1]
    assert found["why"][0].startswith("has what is preferred")
    assert opened.search("fog")["photo_id"].to_list() == ["first", "second", "other"]


def test_pages_follow_each_other(opened: Archive) -> None:
    pages = [opened.search("fog", limit=2, offset=offset)["photo_id"] for offset in (0, 2)]
    assert [list(page) for page in pages] == [["thick_fog", "mist"], ["grey_cat", "cat"]]


def test_the_best_of_each_page_are_sorted_by_time(opened: Archive) -> None:
    pages = [
        opened.search("cat", sort="time", limit=2, offset=offset)["photo_id"] for offset in (0, 2)
    ]
    assert [list(page) for page in pages] == [["cat", "grey_cat"], ["thick_fog", "mist"]]


def test_every_answer_says_why(opened: Archive) -> None:
    assert opened.search("fog")["why"].to_list()[0] == "cosine 0.99"
    assert opened.search("keepers in Rome")["why"].to_list() == ["keepers only, in Rome"]
    assert opened.search("", year=2022)["why"].to_list() == ["passes the filters"] * 2


def test_where_nothing_is_found_no_reason_claims_otherwise(
    opened: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Finder, "verdict", lambda *_: Verdict(False, 0.1, "nothing found"))
    assert set(opened.search("fog")["why"]) == {"among the nearest, but no answer"}


def test_only_photographs_of_the_archive_are_examples_for_strangers(
    tmp_path: Path, opened: Archive
) -> None:
    file = tmp_path / "mine.jpg"
    file.touch()
    guarded = Archive(opened.paths.root, picture_files=False)
    for asked in (file, tmp_path / "missing.jpg"):
        with pytest.raises(NotFound, match="is no photo_id of this archive"):
            guarded.similar(asked)


def test_echoes_of_a_place_were_made_elsewhere(opened: Archive) -> None:
    answer = opened.ask("visual echoes of Rome")
    assert set(answer.rows["photo_id"]) <= {"mist", "cat"}
    assert set(answer.rows["echo_of"]) <= {"thick_fog", "grey_cat"}


def test_an_evolution_shows_each_period(opened: Archive) -> None:
    answer = opened.ask("evolution of fog")
    assert answer.rows["photo_id"].to_list()[0] == "thick_fog"
    assert len(answer.periods) > 1


def test_recurring_motifs_span_years(publish: Publish) -> None:
    crowd: Facts = {
        f"{look}{year}": (vector, {"captured_at": datetime(year, 5, 1)})
        for look, vector in (("fog", (9, 1, 0)), ("cat", (1, 9, 0)))
        for year in (2022, 2023, 2024)
    }
    found = publish(crowd, WORDS).search("recurring fog")
    assert found["years"].to_list()[0] == [2022, 2023, 2024]


def test_a_question_about_this_one_needs_a_picture(opened: Archive) -> None:
    with pytest.raises(NotFound, match="like which one"):
        opened.search("show images visually similar to this one")
    found = opened.search("show images visually similar to this one", like=["mist"])
    assert found["photo_id"][0] == "thick_fog"
