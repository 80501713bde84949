from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from flux_resources.data_root import DataRoot
from flux_tests.search.conftest import publish_rows
from flux_tests.serving.conftest import facts_of


def test_thumbnails_and_working_copies_are_served_by_photo_id(
    client: TestClient, served_root: Path
) -> None:
    thumb, proxy = client.get("/thumbs/a.jpg"), client.get("/proxies/a.jpg")
    assert thumb.headers["content-type"] == proxy.headers["content-type"] == "image/jpeg"
    assert thumb.content == (served_root / "FLUX_PUBLIC" / "thumbs" / "a.jpg").read_bytes()
    assert proxy.content == (served_root / "FLUX_PROXIES" / "a.jpg").read_bytes()


@pytest.mark.parametrize("kind", ["thumbs", "proxies"])
@pytest.mark.parametrize(
    "asked",
    [
        "nobody.jpg",
        "a.png",
        "a",
        "../../flux.yaml",
        "..%2F..%2Fflux.yaml.jpg",
        "%2e%2e/%2e%2e/flux.yaml",
        "..%5c..%5cflux.yaml.jpg",
        "%2Fetc%2Fpasswd.jpg",
        "/etc/passwd",
        "//etc/passwd.jpg",
        "a%00.jpg",
        "%2e%2e.jpg",
        ".jpg",
        "",
    ],
)
def test_nothing_else_is_served_whatever_is_asked(
    client: TestClient, kind: str, asked: str
) -> None:
    assert client.get(f"/{kind}/{asked}").status_code == 404


@pytest.mark.parametrize("asked", ["/flux.yaml", "/../app.py", "/%2e%2e/app.py", "/page/page.js"])
def test_the_page_brings_no_other_files_along(client: TestClient, asked: str) -> None:
    assert client.get(asked).status_code == 404


def test_a_picture_outside_its_folder_is_not_served(
    client: TestClient, republished: DataRoot, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    link = republished.paths.thumb("link")
    link.symlink_to(secret)
    for stored in (str(secret), "flux.yaml", "FLUX_PUBLIC/thumbs/../../flux.yaml", str(link)):
        publish_rows(republished, [facts_of("a") | {"thumb_path": stored}])
        assert client.get("/thumbs/a.jpg").status_code == 404


def test_a_photograph_without_a_picture_is_not_found(
    client: TestClient, republished: DataRoot
) -> None:
    publish_rows(republished, [facts_of("a") | {"thumb_path": None}])
    response = client.get("/thumbs/a.jpg")
    assert response.status_code == 404
    assert response.json()["detail"] == "there is no thumb of a"
