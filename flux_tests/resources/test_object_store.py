"""Files reach the object store, whatever happens on the way; nothing else is touched."""

import hashlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
import typer
from typer.testing import CliRunner, Result

from flux_assets.commands.sync import sync
from flux_resources import object_store_send
from flux_resources.data_root import DataRoot
from flux_resources.object_store import ObjectStoreError, open_store
from flux_resources.object_store_digests import PART
from flux_resources.object_store_sync import synchronise
from flux_tests.resources.s3_server import (
    ACCESS_KEY,
    SECRET_KEY,
    Fault,
    S3Server,
    corrupting,
    cutting_the_answer,
    faulty_proxy,
    hanging_up,
    losing_the_answer,
    moto_server,
    refusing,
    truncating,
    with_another_etag,
)

MANIFEST = "backups/2026-11-21T03-00-00Z/manifest.json"
HELD = b"what an object of a backup holds"
SHA256 = hashlib.sha256(HELD).hexdigest()
OBJECT = f"backups/objects/{SHA256[:2]}/{SHA256}.zst"
KEYS = ["thumbs/a.jpg", "thumbs/b.jpg", "FLUX_ISSUES/FLUX_019/manifest.json", OBJECT, MANIFEST]
_ALONE = """
import sys
from pathlib import Path
from flux_resources.data_root import DataRoot
from flux_resources.object_store_sync import synchronise
synchronise(DataRoot.open(Path(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pytest.importorskip("obstore")
    pytest.importorskip("moto")
    with moto_server() as found:
        yield found


@pytest.fixture
def server(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setattr(object_store_send, "PAUSES_S", (0.01,) * 4)
    with faulty_proxy(address, f"flux-{uuid4().hex[:8]}") as found:
        yield found


@pytest.fixture
def stocked(archive: DataRoot, server: S3Server) -> DataRoot:
    """An archive with a file of each kind that belongs into the store, and some that do not."""
    (archive.paths.root / "flux.yaml").write_text(
        f"object_store: {{url: s3://{server.bucket}/archive, endpoint: {server.url}}}"
    )
    opened = DataRoot.open(archive.paths.root)
    for key in KEYS:
        _write(opened, key, key.encode() * 9)
    _write(opened, OBJECT, pa.compress(HELD, codec="zstd", asbytes=True))
    for other in ("FLUX_ISSUES/FLUX_019/frames.txt", "thumbs/.c.jpg.1.tmp", "backups/.staging/x"):
        _write(opened, other, b"not for the store")
    return opened


def _file(archive: DataRoot, key: str) -> Path:
    first, _, below = key.partition("/")
    paths = archive.paths
    return {"thumbs": paths.thumbs, "FLUX_ISSUES": paths.issues, "backups": paths.backups}[
        first
    ] / below


def _write(archive: DataRoot, key: str, content: bytes) -> None:
    file = _file(archive, key)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _stored(archive: DataRoot) -> dict[str, bytes]:
    """What lies in the bucket, below the prefix."""
    import obstore

    store: Any = open_store(archive.settings.object_store)
    found = [item["path"] for batch in obstore.list(store) for item in batch]
    return {path: bytes(obstore.get(store, path).bytes()) for path in found}


def _expected(archive: DataRoot) -> dict[str, bytes]:
    return {key: _file(archive, key).read_bytes() for key in KEYS if _file(archive, key).exists()}


def test_thumbs_manifests_and_backups_are_sent_and_nothing_else(stocked: DataRoot) -> None:
    synced = synchronise(stocked)

    assert sorted(synced.sent) == sorted(KEYS)
    assert _stored(stocked) == _expected(stocked)


def test_what_did_not_change_is_not_sent_again(stocked: DataRoot, server: S3Server) -> None:
    synchronise(stocked)
    server.seen.clear()
    os.utime(_file(stocked, KEYS[0]))  # a new time is no new content

    again = synchronise(stocked)

    assert (again.sent, again.unchanged) == ([], len(KEYS))
    assert server.puts() == []


def test_a_change_that_keeps_size_and_time_is_sent(stocked: DataRoot) -> None:
    synchronise(stocked)
    file = _file(stocked, "thumbs/a.jpg")
    before = file.stat()
    file.write_bytes(file.read_bytes()[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert synchronise(stocked).sent == ["thumbs/a.jpg"]
    assert _stored(stocked) == _expected(stocked)


def test_without_its_cache_nothing_is_sent_again(stocked: DataRoot, server: S3Server) -> None:
    synchronise(stocked)
    stocked.paths.object_store_cache.unlink()
    server.seen.clear()

    assert synchronise(stocked).unchanged == len(KEYS)
    assert server.puts() == []


def test_an_object_changed_by_others_is_put_right(stocked: DataRoot) -> None:
    import obstore

    synchronise(stocked)
    store: Any = open_store(stocked.settings.object_store)
    obstore.put(store, "thumbs/b.jpg", b"x" * len(_expected(stocked)["thumbs/b.jpg"]))

    assert synchronise(stocked).sent == ["thumbs/b.jpg"]
    assert _stored(stocked) == _expected(stocked)


@pytest.mark.parametrize(
    "fault",
    [
        refusing(500),
        refusing(503),
        hanging_up,
        losing_the_answer,
        truncating,
        corrupting,
        with_another_etag,
    ],
)
def test_every_file_arrives_whole_through_faults(
    stocked: DataRoot, server: S3Server, fault: Fault
) -> None:
    server.faults = [fault] * 4

    synced = synchronise(stocked)

    assert not synced.failed
    assert not server.faults
    assert _stored(stocked) == _expected(stocked)


@pytest.mark.parametrize("fault", [refusing(503), hanging_up])
def test_a_listing_is_asked_for_again(stocked: DataRoot, server: S3Server, fault: Fault) -> None:
    synchronise(stocked)
    server.of, server.faults = "GET", [fault, fault]

    assert synchronise(stocked).unchanged == len(KEYS)


def test_a_listing_that_stays_cut_is_an_error_and_deletes_nothing(
    stocked: DataRoot, server: S3Server
) -> None:
    synchronise(stocked)
    server.of, server.always = "GET", cutting_the_answer

    with pytest.raises(ObjectStoreError, match="cannot be listed"):
        synchronise(stocked, delete=True)

    server.always = None
    assert _stored(stocked) == _expected(stocked)


@pytest.mark.parametrize("fault", [corrupting, truncating, refusing(500), hanging_up])
def test_what_never_arrives_is_named_and_the_backup_is_not_announced(
    stocked: DataRoot, server: S3Server, fault: Fault
) -> None:
    server.always = fault

    synced = synchronise(stocked)

    assert set(synced.failed) == set(KEYS) - {MANIFEST}
    assert MANIFEST not in server.puts()
    server.always = None
    assert sorted(synchronise(stocked).sent) == sorted(KEYS)
    assert _stored(stocked) == _expected(stocked)


def test_a_store_with_etags_of_its_own_is_read_back_once(
    stocked: DataRoot, server: S3Server
) -> None:
    server.always = with_another_etag

    assert not synchronise(stocked).failed

    reads = [path for method, path in server.seen if method == "GET" and "archive/" in path]
    assert len(reads) == len(KEYS)


def test_a_large_file_goes_in_parts_and_is_known_again(stocked: DataRoot, server: S3Server) -> None:
    _write(stocked, "thumbs/large.jpg", os.urandom(2 * PART + 17))
    server.faults = [hanging_up, refusing(503), corrupting]

    assert not synchronise(stocked).failed
    assert any(method == "POST" for method, _ in server.seen)
    stocked.paths.object_store_cache.unlink()
    assert synchronise(stocked).sent == []


def test_names_with_unusual_characters_are_known_again(stocked: DataRoot) -> None:
    names = ["thumbs/a b (1).jpg", "thumbs/ä%20é.jpg", "thumbs/a+b&c=d#e.jpg", "thumbs/a~'!.jpg"]
    for name in names:
        _write(stocked, name, name.encode())

    assert not synchronise(stocked).failed
    assert synchronise(stocked).sent == []
    stored = _stored(stocked)
    assert all(stored[name] == name.encode() for name in names)


def test_nothing_is_deleted_unless_asked_and_a_dry_run_says_what(stocked: DataRoot) -> None:
    synchronise(stocked)
    _file(stocked, "thumbs/a.jpg").unlink()

    assert synchronise(stocked).surplus == ["thumbs/a.jpg"]
    assert synchronise(stocked, delete=True, dry_run=True).deleted == ["thumbs/a.jpg"]
    assert "thumbs/a.jpg" in _stored(stocked)
    assert synchronise(stocked, delete=True).deleted == ["thumbs/a.jpg"]
    assert _stored(stocked) == _expected(stocked)


def test_what_others_keep_in_the_bucket_is_never_deleted(stocked: DataRoot) -> None:
    import obstore

    others = {"index.html", "FLUX_ISSUES/FLUX_019/FLUX_019.pdf", "thumbs/deep/er.jpg"}
    store: Any = open_store(stocked.settings.object_store)
    for key in others:
        obstore.put(store, key, b"theirs")
    synchronise(stocked, delete=True)

    assert others <= set(_stored(stocked))


def test_a_folder_that_looks_lost_deletes_nothing(stocked: DataRoot) -> None:
    for number in range(30):
        _write(stocked, f"thumbs/{number}.jpg", b"x")
    synchronise(stocked)
    for number in range(30):
        _file(stocked, f"thumbs/{number}.jpg").unlink()

    with pytest.raises(ObjectStoreError, match="is its disk there"):
        synchronise(stocked, delete=True)
    assert len(synchronise(stocked, delete=True, accept_loss=True).deleted) == 30


def test_a_dry_run_sends_nothing(stocked: DataRoot, server: S3Server) -> None:
    synced = synchronise(stocked, dry_run=True)

    assert sorted(synced.sent) == sorted(KEYS)
    assert synced.sent_bytes == sum(map(len, _expected(stocked).values()))
    assert server.puts() == []


def test_a_killed_sync_goes_on_where_it_was(stocked: DataRoot, server: S3Server) -> None:
    for number in range(80):
        _write(stocked, f"thumbs/{number:02}.jpg", str(number).encode())
    server.delay_s = 0.02
    with subprocess.Popen([sys.executable, "-c", _ALONE, str(stocked.paths.root)]) as process:
        while len(server.puts()) < 30:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    server.delay_s = 0.0
    time.sleep(0.2)
    assert MANIFEST not in server.puts()
    arrived = set(_stored(stocked))
    server.seen.clear()

    synced = synchronise(stocked)

    assert len(arrived) >= 20
    assert not arrived & set(synced.sent)
    assert len(_stored(stocked)) == 80 + len(KEYS)


def test_a_manifest_of_a_backup_comes_after_its_objects(
    stocked: DataRoot, server: S3Server
) -> None:
    synchronise(stocked)

    assert server.puts()[-1] == MANIFEST


def _flux_sync(archive: DataRoot, *arguments: str, **env: str) -> Result:
    app = typer.Typer()
    app.command()(sync)
    environment = {"FLUX_ROOT": str(archive.paths.root), **env}
    return CliRunner(env=environment).invoke(app, list(arguments))


def test_the_command_says_what_it_did(stocked: DataRoot) -> None:
    dry = _flux_sync(stocked, "--dry-run")
    assert "5 would be sent" in dry.output
    assert "thumbs/a.jpg" in dry.output
    assert "5 sent" in _flux_sync(stocked).output
    answer = json.loads(_flux_sync(stocked, "--json").output)
    assert (answer["sent"], answer["unchanged"]) == ([], 5)


def test_without_a_store_or_credentials_it_says_what_to_set(
    stocked: DataRoot, archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    missing = _flux_sync(stocked)
    assert missing.exit_code == 1
    assert "set AWS_SECRET_ACCESS_KEY in the environment" in missing.stderr
    (archive.paths.root / "flux.yaml").unlink()
    assert "object_store.url" in _flux_sync(stocked).stderr


def test_the_secret_occurs_nowhere(
    stocked: DataRoot,
    server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", f"token-{SECRET_KEY}")
    caplog.set_level("DEBUG")
    said = ""
    for fault in (None, refusing(403), _echoing):
        for method in ("PUT", "GET"):
            server.of, server.always = method, fault
            _file(stocked, "thumbs/a.jpg").write_text(f"{fault}{method}")
            for arguments in ((), ("--json", "--delete")):
                result = _flux_sync(stocked, *arguments)
                said += result.output + result.stderr
            try:
                synchronise(stocked)
            except ObjectStoreError as error:
                said += "".join(traceback.format_exception(error)) + repr(error)
    server.always = None

    texts = {"output": said, "log": caplog.text, "store": repr(_stored(stocked))}
    files = {str(f): f.read_bytes() for f in stocked.paths.root.rglob("*") if f.is_file()}
    assert len(files) > len(KEYS)
    assert SECRET_KEY not in repr(texts) and ACCESS_KEY not in repr(texts)
    assert not [name for name, content in files.items() if SECRET_KEY.encode() in content]


def _echoing(_: bytes, __: Any) -> tuple[int, dict[str, str], bytes]:
    """A server that repeats what it should not know."""
    return 400, {}, f"<Error><Message>{SECRET_KEY} {ACCESS_KEY}</Message></Error>".encode()


def test_digests_are_those_of_the_server(stocked: DataRoot) -> None:
    from flux_resources.object_store_digests import digest_of

    file = _file(stocked, "thumbs/a.jpg")
    with file.open("rb") as content:
        digest = digest_of(content)
    assert digest.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest.etag == hashlib.md5(file.read_bytes()).hexdigest()


def test_a_damaged_object_of_a_backup_does_not_replace_the_good_copy(
    stocked: DataRoot, server: S3Server
) -> None:
    synchronise(stocked)
    good = _stored(stocked)[OBJECT]
    server.seen.clear()
    for damaged in (good[:10], good[:-9] + good[-9:][::-1], b""):
        _write(stocked, OBJECT, damaged)
        failed = synchronise(stocked).failed
        assert list(failed) == [OBJECT]
        assert "flux backup verify" in failed[OBJECT]

    assert server.puts() == []
    assert _stored(stocked)[OBJECT] == good


def _replace(archive: DataRoot, key: str, content: bytes) -> None:
    """As FLUX does: the old file stays to those who have it open."""
    _write(archive, f"{key}.new", content)
    _file(archive, f"{key}.new").replace(_file(archive, key))


@pytest.mark.parametrize("known", [True, False])
def test_a_file_that_is_replaced_while_it_is_read_is_sent_the_next_time(
    stocked: DataRoot, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    file = _file(stocked, KEYS[0])
    new = file.read_bytes()[::-1]
    if known:
        synchronise(stocked)
        stocked.paths.object_store_cache.unlink()
    original = Path.open

    replaced: list[Path] = []

    def replaced_once(path: Path, mode: str = "r", *others: Any) -> Any:
        opened = original(path, mode, *others)
        if path == file and not replaced:
            replaced.append(path)
            _replace(stocked, KEYS[0], new)
        return opened

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", replaced_once)
        synchronise(stocked)
    synchronise(stocked)

    assert _stored(stocked)[KEYS[0]] == new


def test_a_file_that_is_replaced_between_attempts_is_sent_as_it_is_now(
    stocked: DataRoot, server: S3Server
) -> None:
    synchronise(stocked)
    _replace(stocked, KEYS[0], b"1")

    def replaced_meanwhile(*_: object) -> tuple[int, dict[str, str], bytes]:
        _replace(stocked, KEYS[0], b"2")
        return 400, {}, b""

    server.faults = [replaced_meanwhile]
    synchronise(stocked)

    assert _stored(stocked)[KEYS[0]] == b"2"


def test_an_empty_folder_deletes_nothing_however_few_its_objects_are(stocked: DataRoot) -> None:
    synchronise(stocked)
    for key in KEYS[:2]:
        _file(stocked, key).unlink()

    with pytest.raises(ObjectStoreError, match="2 of 2 objects below thumbs"):
        synchronise(stocked, delete=True)
    assert set(_stored(stocked)) == set(KEYS)


@pytest.mark.parametrize("whole", [0, 4096])
def test_a_damaged_cache_is_made_anew(stocked: DataRoot, whole: int) -> None:
    synchronise(stocked)
    cache = stocked.paths.object_store_cache
    content = cache.read_bytes()
    cache.write_bytes(content[:whole] + b"?" * (len(content) - whole))

    assert synchronise(stocked).unchanged == len(KEYS)
    assert synchronise(stocked).unchanged == len(KEYS)
