"""What is known of files and of their copies in the object store: a small SQLite cache.

It saves work and decides nothing: without it, files are hashed again and compared with the listing
of the store.
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PART = 8 << 20  # bytes; larger files are sent in parts of this size
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    key TEXT PRIMARY KEY, state TEXT NOT NULL, sha256 TEXT NOT NULL, etag TEXT NOT NULL,
    proven TEXT) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Digest:
    """The content of one file.

    Attributes:
        sha256: 64 hex digits.
        etag: what S3 calls this content: its MD5; of parts, the MD5 of their MD5s and their number.
        proven: the ETag under which a copy was proven to be this content, where it is another one:
            stores that encrypt give ETags of their own making.
    """

    sha256: str
    etag: str
    proven: str | None = None

    def is_that_of(self, etag: str | None) -> bool:
        """Whether a copy with this ETag is known to be this content."""
        return etag is not None and etag.strip('"') in (self.etag, self.proven)


def digest_of(file: BinaryIO) -> Digest:
    """Read a file from its beginning, once."""
    whole, parts = hashlib.sha256(), []
    file.seek(0)
    while part := file.read(PART):
        whole.update(part)
        parts.append(hashlib.md5(part, usedforsecurity=False))
    if len(parts) == 1:
        etag = parts[0].hexdigest()
    else:
        joined = b"".join(part.digest() for part in parts)
        etag = hashlib.md5(joined, usedforsecurity=False).hexdigest()
        etag += f"-{len(parts)}" if parts else ""
    return Digest(whole.hexdigest(), etag)


def state_of(file: Path | BinaryIO) -> str:
    """What changes whenever a file's content does: inode, size, modification and change time.

    Of an opened file it is that of what is read, whatever its name stands for by now.
    """
    stat = file.stat() if isinstance(file, Path) else os.fstat(file.fileno())
    return "/".join(map(str, (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)))


class DigestCache:
    """Digests of files by their key in the store; for one thread."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = _opened(file)
        except sqlite3.OperationalError:  # such as a full disk
            raise
        except sqlite3.DatabaseError:
            file.unlink()
            self._database = _opened(file)

    def close(self) -> None:
        self._database.close()

    def known(self, key: str, state: str) -> Digest | None:
        """The digest of a file that has not changed since it was remembered."""
        query = "SELECT sha256, etag, proven FROM files WHERE key = ? AND state = ?"
        row = self._database.execute(query, (key, state)).fetchone()
        return Digest(*row) if row else None

    def remember(self, found: Iterable[tuple[str, str, Digest]]) -> None:
        """Keep `key, state, digest` of files, in one transaction."""
        rows = [(key, state, d.sha256, d.etag, d.proven) for key, state, d in found]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?)", rows)


def _opened(file: Path) -> sqlite3.Connection:
    """The cache, made where it is missing.

    Raises:
        sqlite3.DatabaseError: it is damaged, or of another program.
    """
    database = sqlite3.connect(file, timeout=60)
    try:
        database.executescript(_SCHEMA)
        (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
    except sqlite3.Error:
        database.close()
        raise
    return database
