"""What lies here, what lies in the object store, and what differs.

Three things are copied, under these keys: `thumbs/{photo_id}.jpg`, `FLUX_ISSUES/FLUX_019/
manifest.json`, and `backups/...` as on disk. What else lies in the bucket is not FLUX's to touch.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flux_resources.object_store_digests import Digest, DigestCache, digest_of, state_of
from flux_resources.paths import Paths

if TYPE_CHECKING:
    from obstore.store import S3Store

T = TypeVar("T")
R = TypeVar("R")
_OURS = re.compile(
    r"thumbs/[^/.][^/]*\.jpg|FLUX_ISSUES/[^/.][^/]*/manifest\.json|backups(/[^/.][^/]*)+"
)
_BATCH = 1_000  # files


@dataclass(frozen=True, slots=True)
class Local:
    """One file to be found in the store."""

    key: str
    file: Path
    size: int


@dataclass(frozen=True, slots=True)
class Remote:
    """One object of the store, as listed."""

    size: int
    etag: str | None


@dataclass(frozen=True)
class Plan:
    """`send` is what differs or is missing there; `surplus` are keys that have no file here."""

    send: list[Local]
    unchanged: int
    surplus: list[str]


def is_promise(key: str) -> bool:
    """Whether an object says that others are there: the manifest of a backup, and its digest.

    It is sent after them, and deleted before them.
    """
    return key.startswith("backups/") and not is_object(key)


def is_object(key: str) -> bool:
    """Whether this is an object of the pool of backups, named by the SHA-256 of what it holds."""
    return key.startswith("backups/objects/")


def folders(paths: Paths) -> dict[str, Path]:
    """The folder of each first part of a key."""
    return {"thumbs": paths.thumbs, "FLUX_ISSUES": paths.issues, "backups": paths.backups}


def local_files(paths: Paths) -> Iterator[Local]:
    """Every file that belongs into the store; hidden ones are being written."""
    for name, folder in folders(paths).items():
        for file in folder.rglob("*"):
            key = f"{name}/{file.relative_to(folder).as_posix()}"
            if _OURS.fullmatch(key):
                try:
                    if file.is_file():
                        yield Local(key, file, file.stat().st_size)
                except FileNotFoundError:
                    continue  # removed in this moment


def remote_files(store: "S3Store") -> dict[str, Remote]:
    """Every object in the store that is FLUX's, by key."""
    import obstore

    return {
        item["path"]: Remote(item["size"], item["e_tag"])
        for name in ("thumbs", "FLUX_ISSUES", "backups")
        for batch in obstore.list(store, name)
        for item in batch
        if _OURS.fullmatch(item["path"])
    }


def compare(
    local: Iterable[Local], remote: dict[str, Remote], cache: DigestCache, threads: int
) -> Plan:
    """What is to be done. Content decides: its size, then its checksum."""
    send: list[Local] = []
    here: set[str] = set()
    unchanged = 0
    for batch in batches(local, _BATCH):
        here.update(item.key for item in batch)
        alike = [item for item in batch if _size_of(remote.get(item.key)) == item.size]
        digests = _digests(alike, cache, threads)
        for item in batch:
            digest = digests.get(item.key)
            if digest is not None and digest.is_that_of(remote[item.key].etag):
                unchanged += 1
            else:
                send.append(item)
    return Plan(send, unchanged, sorted(remote.keys() - here))


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def side_by_side(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """The results of `work` in order; broken off, it starts nothing more."""
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)


def _size_of(remote: Remote | None) -> int | None:
    return remote.size if remote else None


def _digests(files: list[Local], cache: DigestCache, threads: int) -> dict[str, Digest]:
    """Digests by key, from the cache or by reading; files that are gone are left out."""
    found, unread = {}, []
    for item in files:
        try:
            known = cache.known(item.key, state_of(item.file))
        except FileNotFoundError:
            continue
        if known:
            found[item.key] = known
        else:
            unread.append(item)
    read = [result for result in side_by_side(_read, unread, threads) if result]
    cache.remember(read)
    return found | {key: digest for key, _, digest in read}


def _read(item: Local) -> tuple[str, str, Digest] | None:
    try:
        with item.file.open("rb") as content:
            return item.key, state_of(content), digest_of(content)
    except FileNotFoundError:
        return None
