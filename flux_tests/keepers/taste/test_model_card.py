"""The card of a model: figures, plots and limits, beside the model and as one text."""

import re
from base64 import b64decode
from io import BytesIO

import pytest
from PIL import Image

from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.model_card import CARD, card_in_one
from flux_assets.keepers.taste.versions import ModelStore, Version, open_models
from flux_resources.data_root import DataRoot
from flux_tests.keepers.taste.stand_in import direction, labelled

PLOTS = ["importance.png", "lift_by_year.png", "precision_recall.png", "reliability.png"]


@pytest.fixture
def store(archive: DataRoot) -> ModelStore:
    return open_models(archive)


@pytest.fixture
def version(store: ModelStore) -> Version:
    data = labelled()
    trained = data.trained(direction(noise=0.2))
    return keep_version(trained, data.known, data.vectors, data.training, store=store, table="mini")


def test_the_card_and_its_plots_lie_beside_the_model(store: ModelStore, version: Version) -> None:
    folder = store.files(version)
    assert sorted(file.name for file in folder.glob("*.png")) == PLOTS
    text = (folder / CARD).read_text()
    assert sorted(re.findall(r"\((\w+\.png)\)", text)) == PLOTS


def test_the_card_says_what_was_found_on_what(store: ModelStore, version: Version) -> None:
    text = (store.files(version) / CARD).read_text()
    assert "# Keeper model v001" in text
    assert "**Promoted:** the first keeper model." in text
    assert f"average precision {version.average_precision:.3f}" in text
    for heading in ("How well it does", "Tomorrow's taste", "By year", "Limits"):
        assert f"## {heading}\n" in text
    assert re.search(r"^\| random \| 0\.\d+ ", text, re.M)
    assert re.search(r"^\| 2022 \| \d+ \| \d+ \| 0\.\d+ ", text, re.M)
    assert re.search(r"^\| test \| 250 \| \d+ \| 10 \|$", text, re.M)
    assert "- trees: 10" in text


def test_in_one_text_the_plots_are_inside_and_it_stays_small(
    store: ModelStore, version: Version
) -> None:
    text = card_in_one(store, version)
    inside = re.findall(r"\(data:image/png;base64,([^)]+)\)", text)
    sizes = [Image.open(BytesIO(b64decode(plot))).size for plot in inside]
    assert len(sizes) == len(PLOTS)
    assert len(set(sizes)) == 1
    assert len(text) < 200_000
    assert ".png)" not in text
