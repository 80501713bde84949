"""Pictures and texts to vectors, for any loaded model.

Pictures are decoded in threads one batch ahead of the model, so that it never waits for the
disk and two batches at most are in memory. A batch that does not fit the accelerator is halved
and tried again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from flux_resources.settings_sections import VisionSettings
from flux_resources.vectors import Vectors

if TYPE_CHECKING:
    import torch

    from flux_resources.clip.loading import ClipModel

_DECODERS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class EncodedImages:
    """`vectors` is float32 `(n, d)` of unit length; rows where `errors` is not None are zero."""

    vectors: Vectors
    errors: list[str | None]


class Embedder:
    """Encodes with one model; a text and a picture that agree have a high dot product."""

    def __init__(self, clip: "ClipModel", batch_size: int = 32) -> None:
        self.clip = clip
        self.batch_size = batch_size

    def encode_images(
        self, paths: Sequence[Path], on_batch: Callable[[int], None] = lambda _: None
    ) -> EncodedImages:
        """Vectors of picture files; one that cannot be read gives an error, not an exception.

        `on_batch` is told the size of each finished batch.
        """
        vectors = np.zeros((len(paths), self.clip.dimensions), np.float32)
        errors: list[str | None] = [None] * len(paths)
        for start, batch in self._decoded(paths):
            good = []
            for position, item in enumerate(batch, start):
                if isinstance(item, str):
                    errors[position] = item
                else:
                    good.append((position, item))
            if good:
                vectors[[position for position, _ in good]] = self._forward([t for _, t in good])
            on_batch(len(batch))
        return EncodedImages(vectors, errors)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Float32 `(n, d)` of unit length."""
        import torch

        with torch.inference_mode():
            tokens = self.clip.tokenizer(list(texts)).to(self.clip.device)
            return _unit(self.clip.model.encode_text(tokens))

    def _decoded(self, paths: Sequence[Path]) -> "Iterator[tuple[int, list[torch.Tensor | str]]]":
        """Batches of preprocessed pictures with the position of their first, one batch ahead."""
        with ThreadPoolExecutor(_DECODERS) as pool:

            def submit(start: int) -> "list[Future[torch.Tensor | str]]":
                chunk = paths[start : start + self.batch_size]
                return [pool.submit(self._load, path) for path in chunk]

            start, ahead = 0, submit(0)
            while ahead:
                current, following = ahead, start + len(ahead)
                ahead = submit(following)
                yield start, [future.result() for future in current]
                start = following

    def _load(self, path: Path) -> "torch.Tensor | str":
        """A preprocessed `(3, size, size)` tensor, or why there is none."""
        try:
            with Image.open(path) as image:
                scale = self.clip.image_size / min(image.size)
                width, height = (round(side * scale) for side in image.size)
                image.draft("RGB", (width, height))
                upright = ImageOps.exif_transpose(image)
                tensor: torch.Tensor = self.clip.preprocess(upright.convert("RGB"))
                return tensor
        except Exception as error:  # decoders raise whatever broken bytes provoke
            return f"{type(error).__name__}: {error}"

    def _forward(self, tensors: "list[torch.Tensor]") -> Vectors:
        """Vectors of one batch, in as many steps as the accelerator needs.

        A size that did not fit is not tried again.
        """
        import torch

        size = self.batch_size
        if len(tensors) > size:
            starts = range(0, len(tensors), size)
            return np.vstack([self._forward(tensors[start : start + size]) for start in starts])
        try:
            with torch.inference_mode():
                batch = torch.stack(tensors).to(self.clip.device, self.clip.dtype)
                return _unit(self.clip.model.encode_image(batch))
        except RuntimeError as error:  # CUDA has a class for it, MPS and CPU only the words
            if len(tensors) == 1 or not _out_of_memory(error):
                raise
        if self.clip.device.startswith("cuda"):
            torch.cuda.empty_cache()
        self.batch_size = (len(tensors) + 1) // 2
        return self._forward(tensors)


def _out_of_memory(error: RuntimeError) -> bool:
    import torch

    words = ("out of memory", "can't allocate memory")
    return isinstance(error, torch.OutOfMemoryError) or any(w in str(error) for w in words)


def load_embedder(vision: VisionSettings) -> Embedder:
    """The model that the settings name, ready to encode.

    Raises:
        flux_resources.clip.errors.ModelUnavailable: its weights are not to be had.
    """
    from flux_resources.clip.loading import load_clip

    clip = load_clip(
        vision.model,
        device=vision.device,
        precision=vision.precision,
        checkpoint=vision.checkpoint,
    )
    return Embedder(clip, vision.batch_size)


def _unit(features: "torch.Tensor") -> Vectors:
    """Normalised in float32: half precision would leave lengths off by a thousandth."""
    import torch

    unit: Vectors = torch.nn.functional.normalize(features.float(), dim=-1).cpu().numpy()
    return unit
