"""The bundled model: it finds what a text names, and refuses files that are not its own."""

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from flux_resources.clip import mini
from flux_resources.clip.embedder import Embedder
from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.loading import ClipModel, load_clip
from flux_resources.clip.manifest import MANIFEST, read_manifest, write_manifest
from flux_resources.files import sha256_of

TOTAL_BYTES = 50_000_000


@pytest.fixture(scope="module")
def clip() -> ClipModel:
    return load_clip("mini", device="cpu")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Photographs that scikit-image and scikit-learn carry, by what they show."""
    data = pytest.importorskip("skimage.data")
    datasets = pytest.importorskip("sklearn.datasets")
    folder = tmp_path_factory.mktemp("samples")
    pictures = {
        name: getattr(data, name)()
        for name in ("chelsea", "rocket", "coffee", "astronaut", "camera")
    }
    pictures["flower"] = datasets.load_sample_image("flower.jpg")
    pictures["china"] = datasets.load_sample_image("china.jpg")
    paths = {name: folder / f"{name}.jpg" for name in pictures}
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(paths[name], quality=92)
    return paths


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(mini.FOLDER, tmp_path / "mini"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a cat", "chelsea"),
        ("a cat asleep", "chelsea"),
        ("a rocket on a launch pad", "rocket"),
        ("a cup of coffee", "coffee"),
        ("a red flower", "flower"),
        ("a smiling woman", "astronaut"),
        ("an old building with a roof", "china"),
        ("a man with a camera", "camera"),
    ],
)
def test_a_text_finds_the_picture_it_names(
    clip: ClipModel, samples: dict[str, Path], query: str, expected: str
) -> None:
    embedder = Embedder(clip)
    names = list(samples)
    pictures = embedder.encode_images(list(samples.values()))
    assert pictures.errors == [None] * len(names)
    scores = pictures.vectors @ embedder.encode_texts([query])[0]
    assert names[int(scores.argmax())] == expected


def test_vectors_have_unit_length_and_the_stated_size(
    clip: ClipModel, samples: dict[str, Path]
) -> None:
    embedder = Embedder(clip)
    for vectors in (
        embedder.encode_images(list(samples.values())).vectors,
        embedder.encode_texts(["fog", "a very much longer sentence about umbrellas in the rain"]),
    ):
        assert vectors.dtype == np.float32
        assert vectors.shape[1] == clip.dimensions == 384
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_text_has_the_same_vector_alone_and_beside_a_longer_one(clip: ClipModel) -> None:
    embedder = Embedder(clip)
    alone = embedder.encode_texts(["snow"])[0]
    beside = embedder.encode_texts(["snow", "a long line of people waits at a bus stop in snow"])[0]
    assert float(alone @ beside) > 0.999


def test_a_mirrored_crop_is_nearest_to_its_original(
    clip: ClipModel, samples: dict[str, Path], tmp_path: Path
) -> None:
    embedder = Embedder(clip)
    copies = []
    for name, path in samples.items():
        with Image.open(path) as image:
            box = (image.width // 20, image.height // 20, image.width, image.height)
            copies.append(tmp_path / f"{name}.jpg")
            image.crop(box).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(copies[-1])
    originals = embedder.encode_images(list(samples.values())).vectors
    nearest = (embedder.encode_images(copies).vectors @ originals.T).argmax(axis=1)
    assert list(nearest) == list(range(len(samples)))


def test_the_shipped_files_are_those_listed_and_small_enough() -> None:
    listed = read_manifest(mini.FOLDER)
    assert {name: sha256_of(mini.FOLDER / name) for name in listed} == listed
    assert mini.WEIGHTS in listed
    assert sum(path.stat().st_size for path in mini.FOLDER.iterdir()) < TOTAL_BYTES


def test_loading_opens_no_connection_and_leaves_the_environment_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("the bundled model asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from huggingface_hub import constants

    before, offline = dict(os.environ), constants.HF_HUB_OFFLINE
    load_clip("mini", device="cpu")
    assert dict(os.environ) == before
    assert offline == constants.HF_HUB_OFFLINE


def test_the_weights_version_is_the_start_of_the_files_digest(clip: ClipModel) -> None:
    assert sha256_of(mini.FOLDER / mini.WEIGHTS).startswith(clip.weights_version)
    assert len(clip.weights_version) == 12


def test_truncated_weights_are_refused_with_the_remedy(copy: Path) -> None:
    path = copy / mini.WEIGHTS
    path.write_bytes(path.read_bytes()[:1_000_000])
    with pytest.raises(ModelUnavailable, match=r"mini\.safetensors \(1,000,000 bytes\).*reinstall"):
        mini.load_mini("fp32", "cpu", copy)


def test_one_altered_byte_is_refused(copy: Path) -> None:
    path = copy / mini.WEIGHTS
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="sha256"):
        mini.load_mini("fp32", "cpu", copy)


@pytest.mark.parametrize("name", [mini.WEIGHTS, "tokenizer.json", "config.json", MANIFEST])
def test_a_missing_file_is_named_with_the_remedy(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelUnavailable) as caught:
        mini.load_mini("fp32", "cpu", copy)
    assert str(copy / name) in str(caught.value)
    assert "git checkout" in str(caught.value)


def test_weights_that_lack_a_tensor_are_refused(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / mini.WEIGHTS)
    del weights["visual.head.proj.bias"]
    save_file(weights, copy / mini.WEIGHTS)
    write_manifest(copy, list(read_manifest(copy)))
    with pytest.raises(ModelUnavailable, match=r"head\.proj\.bias"):
        mini.load_mini("fp32", "cpu", copy)
