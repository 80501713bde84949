"""The pool of the backups: chunks of files, compressed with zstd, each content stored once.

A file is cut into chunks of 1 MiB. A table that did not change, and the pages of an SQLite file
that did not, are the chunks that an earlier backup stored already. An object's name is the SHA-256
of what it holds, so that `zstd -d` and `sha256sum` prove it without FLUX.
"""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

from flux_resources.errors import FluxError
from flux_resources.files import atomic_file

CHUNK = 1 << 20  # bytes
_CODEC = "zstd"


class Damaged(FluxError):
    """What a backup stored is not what it wrote; the message names the file."""


class Pool:
    """Stores and gives back chunks below `folder`; threads of one backup share one pool."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._claimed: set[str] = set()  # what this backup has stored, or is storing
        self._claiming = Lock()

    def file(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.zst"

    def put(self, chunk: bytes) -> tuple[str, int]:
        """Store a chunk and read it back; its SHA-256, and the bytes written for it.

        An object that is there is read, and taken as it is when it is whole. Any other is written
        anew: a power failure or a failing disk may have damaged it.

        Raises:
            Damaged: it does not read back as it was.
        """
        sha256 = hashlib.sha256(chunk).hexdigest()
        file = self.file(sha256)
        with self._claiming:
            if sha256 in self._claimed:
                return sha256, 0
            self._claimed.add(sha256)
        if self._is_whole(sha256, len(chunk)):
            return sha256, 0
        packed: bytes = pa.compress(chunk, codec=_CODEC, asbytes=True)
        with atomic_file(file, durable=False) as temporary:
            temporary.write_bytes(packed)
        self.get(sha256, len(chunk))
        return sha256, len(packed)

    def get(self, sha256: str, size: int) -> bytes:
        """A chunk of `size` bytes.

        Raises:
            Damaged: it is missing, or is not what was stored.
        """
        file = self.file(sha256)
        try:
            packed: Any = file.read_bytes()
            chunk: bytes = pa.decompress(packed, size, codec=_CODEC, asbytes=True)
        except FileNotFoundError as error:
            raise Damaged(f"{file} is missing") from error
        except OSError as error:
            raise Damaged(f"{file} is damaged: {error}") from error
        if hashlib.sha256(chunk).hexdigest() != sha256:
            raise Damaged(f"{file} is damaged: its content has another SHA-256")
        return chunk

    def _is_whole(self, sha256: str, size: int) -> bool:
        try:
            self.get(sha256, size)
        except Damaged:
            return False
        return True

    def sweep(self, referred: Collection[str]) -> int:
        """Remove what no backup refers to, and what killed backups left; the bytes freed."""
        freed = 0
        for file in list(self._files()):
            if file.name.removesuffix(".zst") not in referred:
                freed += file.stat().st_size
                file.unlink()
        return freed

    def bytes(self) -> int:
        """Size of all objects, compressed."""
        return sum(file.stat().st_size for file in self._files())

    def _files(self) -> Iterator[Path]:
        return (file for folder in self.folder.glob("??") for file in folder.iterdir())
