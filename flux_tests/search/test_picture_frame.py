import io
from base64 import b64decode
from datetime import datetime

import polars as pl
import pytest
from PIL import Image

from flux_assets.search import Archive
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.search.conftest import Publish

WORDS = {"fog": (1, 0, 0)}


@pytest.fixture
def opened(archive: DataRoot, photograph: Photograph, publish: Publish) -> Archive:
    names = {f"fog{year}": {"captured_at": datetime(year, 5, 1)} for year in (2022, 2023, 2024)}
    for seed, name in enumerate(names):
        photograph(archive.paths.thumb(name), seed=seed)
    return publish({name: ((9, 1, 0), facts) for name, facts in names.items()}, WORDS)


def picture_in(frame: pl.DataFrame) -> Image.Image:
    shown = frame._repr_html_()
    encoded = shown.split('src="data:image/jpeg;base64,')[1].split('"')[0]
    return Image.open(io.BytesIO(b64decode(encoded)))


@pytest.mark.parametrize("question", ["fog", "recurring fog", "evolution of fog"])
def test_an_answer_of_any_shape_is_shown_as_its_contact_sheet(
    opened: Archive, question: str
) -> None:
    found = opened.search(question)
    assert isinstance(found, pl.DataFrame)
    assert picture_in(found).width > 300
    assert "<table" in found._repr_html_()


def test_alike_photographs_are_shown_as_pictures(opened: Archive) -> None:
    assert picture_in(opened.similar("fog2022")).width > 300


def test_what_is_made_of_an_answer_is_a_table(opened: Archive) -> None:
    found = opened.search("fog")
    for made in (
        found.select("photo_id"),
        found.filter(pl.col("score") > 0),
        found.head(1),
        found.sort("photo_id"),
        found.clone(),
        found[0:1],
        pl.concat([found, found]),
    ):
        assert "<img" not in made._repr_html_()
    assert "<img" not in opened.search("fog", city="Atlantis")._repr_html_()
    assert found.to_dicts() == pl.DataFrame(found).to_dicts()
