"""What the line cannot do without: one decode and one forward per photograph, and nothing else."""

import io
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from flux_resources.clip.embedder import Embedder
    from flux_resources.settings_sections import ImagingSettings


def decode_seconds(files: Sequence[Path], imaging: "ImagingSettings") -> float:
    """Seconds per photograph: draft decode, one resize, one JPEG encode into memory.

    As many threads as the line uses; sizes, filter and quality are those of the working copy.
    """

    def decode(file: Path) -> int:
        with Image.open(file) as image:
            scale = imaging.proxy_pixels / max(image.size)
            size = (round(image.width * scale), round(image.height * scale))
            image.draft("RGB", size)
            resized = image.resize(size, Image.Resampling.LANCZOS)
        encoded = io.BytesIO()
        resized.save(encoded, "JPEG", quality=imaging.proxy_quality)
        return encoded.tell()

    started = time.perf_counter()
    with ThreadPoolExecutor(imaging.workers) as pool:
        list(pool.map(decode, files))
    return (time.perf_counter() - started) / len(files)


def forward_seconds(embedder: "Embedder", photographs: int) -> float:
    """Seconds per photograph: the model alone, on full batches that are ready in memory."""
    import torch

    clip, size = embedder.clip, embedder.batch_size
    batch = torch.randn(size, 3, clip.image_size, clip.image_size).to(clip.device, clip.dtype)
    batches = -(-photographs // size)
    with torch.inference_mode():
        clip.model.encode_image(batch).cpu()
        started = time.perf_counter()
        for _ in range(batches):
            clip.model.encode_image(batch).cpu()  # .cpu() waits for an accelerator to finish
    return (time.perf_counter() - started) / (batches * size)
