"""Send one file to the object store, and prove that it arrived."""

import hashlib
import random
import time
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa

from flux_resources.object_store import in_words
from flux_resources.object_store_digests import PART, Digest, digest_of, state_of
from flux_resources.object_store_plan import Local, is_object

if TYPE_CHECKING:
    from obstore.store import S3Store

PAUSES_S = (0.5, 1.0, 2.0, 4.0)  # before each further attempt


class NotSent(Exception):
    """A file did not arrive; the message says why, in words that hold no secret."""


def send(store: "S3Store", item: Local) -> tuple[str, str, Digest] | None:
    """Send a file: its key, its state, and its digest. None where the file is gone by now.

    Each attempt opens the file anew: it may have been replaced.

    Raises:
        NotSent: it did not arrive after several attempts, or is a damaged object of a backup.
    """
    said = ""
    for pause in (0.0, *PAUSES_S):
        time.sleep(pause * random.uniform(0.5, 1.0))
        try:
            content = item.file.open("rb")
        except FileNotFoundError:
            return None
        with content:
            if is_object(item.key) and not _is_whole(item.file.stem, content):
                raise NotSent("damaged here; the copy there was kept: flux backup verify")
            state = state_of(content)
            try:
                return item.key, state, _send_once(store, item.key, content)
            except Exception as error:  # obstore's errors have no common base
                said = in_words(error)
    raise NotSent(said)


def _is_whole(sha256: str, content: BinaryIO) -> bool:
    """Whether a compressed object of a backup holds what its name says."""
    try:
        packed = pa.py_buffer(content.read())
        unpacked = pa.input_stream(packed, compression="zstd").read()
        return hashlib.sha256(unpacked).hexdigest() == sha256
    except OSError:
        return False


def _send_once(store: "S3Store", key: str, content: BinaryIO) -> Digest:
    import obstore

    digest = digest_of(content)
    content.seek(0)
    answer = obstore.put(store, key, content, chunk_size=PART, max_concurrency=4)
    etag = (answer["e_tag"] or "").strip('"')
    if digest.is_that_of(etag):
        return digest
    if _read_back(store, key) != digest.sha256:
        raise NotSent("what arrived has another SHA-256 than what was sent")
    return Digest(digest.sha256, digest.etag, proven=etag)


def _read_back(store: "S3Store", key: str) -> str:
    import obstore

    whole = hashlib.sha256()
    for part in obstore.get(store, key).stream(min_chunk_size=PART):
        whole.update(part)
    return whole.hexdigest()
