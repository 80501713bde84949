"""Bring the object store up to date with this archive.

What differs is found by comparing contents, so a sync that was killed is run again and does what is
left. Nothing is deleted unless asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from flux_resources.data_root import DataRoot
from flux_resources.files import single_writer
from flux_resources.object_store import ObjectStoreError, in_words, open_store
from flux_resources.object_store_digests import Digest, DigestCache
from flux_resources.object_store_plan import (
    Local,
    Plan,
    Remote,
    batches,
    compare,
    folders,
    is_promise,
    local_files,
    remote_files,
    side_by_side,
)
from flux_resources.object_store_send import NotSent, send

if TYPE_CHECKING:
    from obstore.store import S3Store

LOCK = "object_store"
_BATCH = 500  # files, after which the cache is written
_GIVE_UP = 20  # failures
_FEW = 20  # objects that may be deleted whatever their share, unless they are all
_LARGE_SHARE = 0.5


@dataclass
class Synced:
    """What a sync did, or would do.

    Attributes:
        sent: keys of what was sent; in a dry run, of what would be.
        surplus: keys that have no file here and stay, as deleting was not asked for.
        deleted: keys that were deleted; in a dry run, that would be.
        failed: why files were not sent, or objects not deleted, by key.
    """

    dry_run: bool
    sent: list[str] = field(default_factory=list)
    sent_bytes: int = 0
    unchanged: int = 0
    surplus: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def synchronise(
    archive: DataRoot,
    *,
    delete: bool = False,
    dry_run: bool = False,
    accept_loss: bool = False,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Synced:
    """Send what differs; with `delete`, remove there what is gone here.

    `advance(done, total)` is told of every file that is dealt with.

    Raises:
        ObjectStoreError: the store is out of reach or refuses, or a folder looks lost.
        flux_resources.files.Busy: another sync is running.
    """
    settings = archive.settings.object_store
    store = open_store(settings)
    with (
        single_writer(archive.paths.locks, LOCK, timeout=10),
        closing(DigestCache(archive.paths.object_store_cache)) as cache,
    ):
        remote = _listing(store)
        plan = compare(local_files(archive.paths), remote, cache, settings.parallel)
        synced = Synced(dry_run, unchanged=plan.unchanged)
        if dry_run:
            synced.sent = [item.key for item in plan.send]
            synced.sent_bytes = sum(item.size for item in plan.send)
        else:
            if delete and not accept_loss:
                _refuse_loss(archive, plan, remote)
            total = len(plan.send)
            _send_all(
                store, plan.send, cache, synced, settings.parallel, lambda n: advance(n, total)
            )
        if not delete:
            synced.surplus = plan.surplus
        elif dry_run:
            synced.deleted = plan.surplus
        elif not synced.failed:
            _delete_all(store, plan.surplus, synced, settings.parallel)
    return synced


def _listing(store: "S3Store") -> dict[str, Remote]:
    try:
        return remote_files(store)
    except Exception as error:
        raise ObjectStoreError(
            f"the object store cannot be listed: {in_words(error)}"
        ) from None  # the error's own text is not ours to vouch for


def _send_all(
    store: "S3Store",
    items: list[Local],
    cache: DigestCache,
    synced: Synced,
    threads: int,
    report: Callable[[int], None],
) -> None:
    """Send files side by side; backups get their manifests once all of their objects are there."""
    for promises in (False, True):
        stage = [item for item in items if is_promise(item.key) is promises]
        if promises and any(key.startswith("backups/") for key in synced.failed):
            return
        for batch in batches(stage, _BATCH):
            if len(synced.failed) >= _GIVE_UP:
                return
            proven: list[tuple[str, str, Digest]] = []
            try:
                sent = side_by_side(partial(_try_to_send, store, synced), batch, threads)
                for item, arrived in zip(batch, sent, strict=True):
                    report(1)
                    if arrived:
                        proven.append(arrived)
                        synced.sent.append(item.key)
                        synced.sent_bytes += item.size
            finally:
                cache.remember(proven)


def _try_to_send(store: "S3Store", synced: Synced, item: Local) -> tuple[str, str, Digest] | None:
    if len(synced.failed) >= _GIVE_UP:
        return None
    try:
        return send(store, item)
    except NotSent as error:
        synced.failed[item.key] = str(error)
        return None


def _delete_all(store: "S3Store", keys: Iterable[str], synced: Synced, threads: int) -> None:
    import obstore

    def remove(key: str) -> None:
        try:
            obstore.delete(store, key)
        except Exception as error:
            synced.failed[key] = in_words(error)
        else:
            synced.deleted.append(key)

    ordered = sorted(keys, key=is_promise, reverse=True)
    for promises in (True, False):
        stage = [key for key in ordered if is_promise(key) is promises]
        if not synced.failed:
            list(side_by_side(remove, stage, threads))
    synced.deleted.sort()


def _refuse_loss(archive: DataRoot, plan: Plan, remote: dict[str, Remote]) -> None:
    """A disk that is not mounted looks like an archive that was emptied."""
    there, gone = (Counter(key.split("/")[0] for key in keys) for keys in (remote, plan.surplus))
    for name, folder in folders(archive.paths).items():
        many = gone[name] > _FEW and gone[name] > _LARGE_SHARE * there[name]
        if many or (gone[name] and gone[name] == there[name]):
            raise ObjectStoreError(
                f"{gone[name]} of {there[name]} objects below {name}/ have no file in {folder}: is "
                "its disk there? If they were removed on purpose: flux sync --delete --accept-loss"
            )
