from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from flux_assets.search import Archive
from flux_assets.serving.app import build_app
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.search.conftest import photo, publish_rows
from flux_tests.serving.conftest import ADDRESS, FACTS, facts_of, names


def test_a_sentence_is_answered_with_plan_scores_and_reasons(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "patches of colour in Rome"}).json()

    assert answer["plan"] == 'searching for "patches of colour", in Rome'
    assert answer["understood"] == [{"words": "in Rome", "meaning": "in Rome"}]
    assert sorted(names(answer)) == ["a", "b"]
    first = answer["hits"][0]
    assert -1 <= first["score"] <= 1
    assert "cosine" in first["why"]
    assert client.get(first["thumb"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [*FACTS]),
        ("year=2022", ["a", "b"]),
        ("year=2023&year=2024", ["c", "d", "it's é #1?"]),
        ("season=winter&year=2022", ["a"]),
        ("months=7", ["b", "c"]),
        ("months=january&year=2024", ["d", "it's é #1?"]),
        ("days=sunday", ["b"]),
        ("days=2024-01-05", ["d"]),
        ("city=rome", ["a", "b"]),
        ("city=rome&city=paris&keeper=false", ["b", "c"]),
        ("country=France", ["c", "d"]),
        ("near=41.89,12.49", ["a", "b"]),
        ("near=41.0,12.49&radius_m=200000", ["a", "b"]),
        ("weather=fog", ["a"]),
        ("tags=street", ["a", "d"]),
        ("tags=street&tags=fog", ["a"]),
        ("camera=GR%20III", ["c"]),
        ("keeper=true", ["a"]),
        ("limit=2&offset=1", ["b", "c"]),
        ("q=in%20Rome", ["a", "b"]),
    ],
)
def test_each_filter_narrows_the_answer(
    client: TestClient, query: str, expected: list[str]
) -> None:
    assert names(client.get(f"/search?{query}").json()) == expected


def test_what_is_boosted_is_not_required(client: TestClient) -> None:
    query = "/search?q=patches&tags=street&boost=tags"
    assert sorted(names(client.get(query).json())) == sorted(FACTS)


def test_a_literal_question_is_not_read(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "patches in Rome", "literal": True}).json()
    assert answer["plan"] == 'searching for "patches in Rome"'
    assert len(answer["hits"]) == len(FACTS)


def test_similar_photographs_leave_out_the_one_that_is_asked_for(client: TestClient) -> None:
    answer = client.get("/similar/a", params={"city": ["Rome", "Paris"]}).json()
    assert sorted(names(answer)) == ["b", "c", "d"]
    assert answer["plan"] == "searching for photographs, like a"
    by_search = client.get("/search", params={"like": "a", "city": ["Rome", "Paris"]}).json()
    assert names(by_search) == names(answer)


def test_a_name_with_odd_characters_is_asked_by_its_quoted_form(client: TestClient) -> None:
    last = client.get("/search", params={"days": "2024-01-06"}).json()["hits"][0]
    assert last["photo_id"] == "it's é #1?"
    assert last["proxy"] is None
    assert client.get(last["thumb"]).headers["content-type"] == "image/jpeg"
    quoted = last["thumb"].removeprefix("/thumbs/").removesuffix(".jpg")
    assert len(client.get(f"/similar/{quoted}").json()["hits"]) == len(FACTS) - 1


@pytest.mark.parametrize(
    ("question", "shape", "part"),
    [
        ("visual echoes of Rome", "echoes", "echo_of"),
        ("evolution of patches over time", "evolution", "period"),
    ],
)
def test_hits_of_other_shapes_say_where_they_belong(
    client: TestClient, question: str, shape: str, part: str
) -> None:
    answer = client.get("/search", params={"q": question}).json()
    assert answer["shape"] == shape
    assert answer["hits"]
    assert all(hit[part] and hit["why"] for hit in answer["hits"])


def test_an_evolution_names_periods_without_pictures_too(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "evolution of patches over time"}).json()
    assert answer["periods"] == ["2022", "2023", "2024"]


def test_motifs_have_a_picture_of_each_year(client: TestClient) -> None:
    answer = client.get("/search", params={"q": "recurring patches"}).json()
    assert answer["shape"] == "motifs"
    assert not answer["hits"]
    for motif in answer["motifs"]:
        assert len(motif["pictures"]) >= 2
        assert client.get(motif["pictures"][0]["thumb"]).status_code == 200
    assert answer["motifs"]


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("year=last", "year.0: Input should be a valid integer"),
        ("year=99999", "year: 99999 is none"),
        ("season=monsoon", "season: 'monsoon' is none"),
        ("months=13", "months: 13 is none"),
        ("days=2022-02-30", "days: '2022-02-30' is none"),
        ("near=Rome", "near: Value error, write latitude and longitude"),
        ("near=95,0", "near: 95.0, 0.0 are no degrees"),
        ("radius_m=5", "radius_m: say near where"),
        ("near=1,1&radius_m=-5", "radius_m: -5.0 must be more than 0"),
        ("keeper=perhaps", "keeper: Input should be a valid boolean"),
        ("sort=size", "sort: Input should be 'relevance' or 'time'"),
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=1000000", "limit: Input should be less than or equal to"),
        ("offset=-1", "offset: Input should be greater"),
        ("min_score=nan", "min_score: "),
        ("boost=city", "boost.0: Input should be 'weather' or 'tags'"),
        ("colour=red", "colour: Extra inputs are not permitted"),
        ("q=cat%20-%201.0%20*%20cat", "these take each other away"),
        ("q=" + "x" * 1001, "q: String should have at most 1000 characters"),
    ],
)
def test_bad_parameters_are_refused_with_a_reason(
    client: TestClient, query: str, reason: str
) -> None:
    response = client.get(f"/search?{query}")
    assert response.status_code == 422, response.text
    assert reason in response.json()["detail"]


def test_unknown_photographs_are_not_found(client: TestClient) -> None:
    for path in ("/similar/nobody", "/photos/nobody", "/search?like=nobody", "/photos/a%00"):
        response = client.get(path)
        assert response.status_code == 404
        assert "no photo_id of this archive" in response.json()["detail"]


def test_no_file_is_looked_at_on_behalf_of_a_question(
    client: TestClient, photograph: Photograph, tmp_path: Path
) -> None:
    there, missing = photograph(tmp_path / "there.jpg"), tmp_path / "gone.jpg"
    for question in ({"like": "{}"}, {"unlike": "{}", "q": "x"}, {"q": "similar to {}"}):
        told = [
            client.get("/search", params={key: text.format(file) for key, text in question.items()})
            for file in (there, missing)
        ]
        assert [response.status_code for response in told] == [404, 404]
        assert "no photo_id of this archive" in told[0].json()["detail"]


def test_a_photograph_is_shown_with_everything_known_of_it(client: TestClient) -> None:
    row = client.get("/photos/a").json()
    assert row["sha256"] == "aa"
    assert row["tags"] == ["street", "fog"]
    assert row["captured_at"] == "2022-01-15T13:22:44"


def test_filters_can_be_chosen_from_what_the_archive_has(client: TestClient) -> None:
    choices = client.get("/choices").json()
    assert choices["year"] == [2022, 2024, 2023]
    assert choices["city"] == ["Paris", "Rome"]
    assert choices["weather"] == ["fog", "rain"]


def test_requests_at_the_same_time_get_their_own_answers(client: TestClient) -> None:
    questions = [f"q=patches&city={city}&literal=true" for city in ("Rome", "Paris")] * 20

    def ask(query: str) -> list[str]:
        return sorted(names(client.get(f"/search?{query}").json()))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, questions))
    assert found == [["a", "b"], ["c", "d"]] * 20


def test_a_new_publication_is_seen_at_once_by_requests_that_overlap(
    client: TestClient, republished: DataRoot
) -> None:
    def ask(_: int) -> Any:
        return client.get("/photos/a").json()["location_city"]

    with ThreadPoolExecutor(8) as pool:
        before = pool.map(ask, range(40))
        publish_rows(republished, [facts_of("a") | {"location_city": "Oslo"}])
        after = list(pool.map(ask, range(40)))
    assert set(before) <= {"Rome", "Oslo"}
    assert set(after) == {"Oslo"}


@pytest.mark.parametrize("path", ["/search?q=x", "/similar/a", "/photos/a", "/thumbs/a.jpg"])
def test_an_archive_that_is_not_built_says_what_to_run(archive: DataRoot, path: str) -> None:
    app = build_app(Archive(archive.paths.root, picture_files=False))
    with TestClient(app, base_url=ADDRESS) as client:
        response = client.get(path)
    assert response.status_code == 503
    assert "run: flux materialize" in response.json()["detail"]


def test_what_is_missing_may_come_while_the_service_runs(archive: DataRoot) -> None:
    app = build_app(Archive(archive.paths.root, picture_files=False))
    with TestClient(app, base_url=ADDRESS) as client:
        publish_rows(archive, [photo("late")])
        assert client.get("/photos/late").status_code == 200


def test_the_schema_documents_parameters_and_problems(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    search = schema["paths"]["/search"]["get"]
    named = {parameter["name"] for parameter in search["parameters"]}
    assert {"q", "like", "unlike", "near", "radius_m", "min_score", "every_frame"} <= named
    assert {"200", "404", "422", "503"} <= set(search["responses"])
    shown = search["responses"]["422"]["content"]["application/json"]["schema"]
    assert shown == {"$ref": "#/components/schemas/Problem"}


def test_the_service_answers_under_its_own_names_only(client: TestClient) -> None:
    assert client.get("/photos/a", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/photos/a", headers={"host": "[::1]:8765"}).status_code == 200
