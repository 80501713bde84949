"""The embedder around a model that is small enough to predict."""

from pathlib import Path
from threading import Lock

import numpy as np
import pytest
import torch
from PIL import Image

from flux_resources.clip.embedder import Embedder
from flux_resources.clip.loading import ClipModel


class MeanColour(torch.nn.Module):
    """Encodes a picture as its mean colour and runs out of memory above `room` pictures."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.batches: list[int] = []

    def encode_image(self, batch: torch.Tensor) -> torch.Tensor:
        self.batches.append(len(batch))
        if len(batch) > self.room:
            raise torch.OutOfMemoryError("no room")
        return batch.mean(dim=(2, 3))

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        return tokens.float()


class Preprocess:
    """Turns a picture into a tensor and counts how many exist at once."""

    def __init__(self) -> None:
        self.made, self._lock = 0, Lock()

    def __call__(self, image: Image.Image) -> torch.Tensor:
        with self._lock:
            self.made += 1
        pixels = np.asarray(image.resize((8, 8)), np.float32) / 255
        return torch.from_numpy(pixels).permute(2, 0, 1)


def embedder(room: int = 100, batch_size: int = 4) -> Embedder:
    clip = ClipModel(
        name="mean-colour",
        model=MeanColour(room),
        preprocess=Preprocess(),
        tokenizer=lambda texts: torch.tensor([[len(text), 1, 0] for text in texts]),
        image_size=8,
        dimensions=3,
        weights_version="1",
        device="cpu",
        dtype=torch.float32,
    )
    return Embedder(clip, batch_size)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Ten plain pictures, redder and redder."""
    files = []
    for number in range(10):
        file = tmp_path / f"{number}.jpg"
        Image.new("RGB", (64, 48), (25 * number, 100, 50)).save(file)
        files.append(file)
    return files


def expected(number: int) -> np.ndarray:
    colour = np.array([25 * number, 100, 50], np.float32)
    return colour / np.linalg.norm(colour)


def test_vectors_come_in_the_order_of_the_files_and_have_unit_length(pictures: list[Path]) -> None:
    encoded = embedder().encode_images(pictures)
    assert encoded.vectors.dtype == np.float32
    assert encoded.errors == [None] * 10
    for number, vector in enumerate(encoded.vectors):
        assert vector == pytest.approx(expected(number), abs=0.02)
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_a_batch_that_does_not_fit_is_halved_until_it_does_and_not_tried_again(
    pictures: list[Path],
) -> None:
    small = embedder(room=3, batch_size=5)
    encoded = small.encode_images(pictures)
    assert small.clip.model.batches == [5, 3, 2, 3, 2]
    assert encoded.vectors == pytest.approx(embedder().encode_images(pictures).vectors)


def test_a_picture_that_was_stored_turned_is_encoded_upright(tmp_path: Path) -> None:
    upright = Image.new("RGB", (64, 64), (0, 0, 255))
    upright.paste((255, 0, 0), (0, 0, 64, 32))
    turned = Image.Exif()
    turned[0x0112] = 6
    upright.save(tmp_path / "upright.png")
    upright.rotate(90).save(tmp_path / "turned.png", exif=turned)

    class TopRow(MeanColour):
        def encode_image(self, batch: torch.Tensor) -> torch.Tensor:
            return batch[:, :, :2].mean(dim=(2, 3))

    top = embedder()
    object.__setattr__(top.clip, "model", TopRow(room=9))
    encoded = top.encode_images([tmp_path / "upright.png", tmp_path / "turned.png"])
    assert encoded.vectors[1] == pytest.approx(encoded.vectors[0], abs=0.05)


def test_one_picture_that_does_not_fit_is_no_endless_loop(pictures: list[Path]) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        embedder(room=0).encode_images(pictures)


def test_an_unreadable_picture_is_an_error_and_the_others_are_encoded(
    pictures: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    encoded = embedder().encode_images([pictures[1], broken, pictures[2], tmp_path / "gone.jpg"])
    assert [error is None for error in encoded.errors] == [True, False, True, False]
    assert "FileNotFoundError" in str(encoded.errors[3])
    assert not encoded.vectors[[1, 3]].any()
    assert encoded.vectors[2] == pytest.approx(expected(2), abs=0.02)


def test_at_most_two_batches_are_decoded_ahead(pictures: list[Path]) -> None:
    watched = embedder(batch_size=2)
    preprocess, seen = watched.clip.preprocess, []
    watched.encode_images(pictures, on_batch=lambda _: seen.append(preprocess.made))  # type: ignore[attr-defined]
    assert all(made <= 2 * (finished + 2) for finished, made in enumerate(seen))


def test_no_pictures_give_no_vectors() -> None:
    assert embedder().encode_images([]).vectors.shape == (0, 3)


def test_texts_become_unit_vectors() -> None:
    vectors = embedder().encode_texts(["a", "abc"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])
    assert vectors.dtype == np.float32
