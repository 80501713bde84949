"""Versions of the keeper model: which one is in use, through promotions, pins and kills."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flux_assets.keepers.taste.versions import ModelStore, NoSuchVersion, Version, open_models
from flux_resources.data_root import DataRoot

_ADD = """
import sys
from pathlib import Path
from flux_assets.keepers.taste.versions import ModelStore
from flux_tests.keepers.taste.test_versions import add
store = ModelStore(Path(sys.argv[1]), Path(sys.argv[2]))
print("ready", flush=True)
while True:
    add(store, content=str(len(store.versions())) * 100_000)
    store.pin(store.versions()[-1].name)
"""


def add(store: ModelStore, content: str, *, promoted: bool = True) -> Version:
    version = Version(
        made_at="2022-01-15T12:00:00+00:00",
        vectors="mini",
        keepers=50,
        photographs=1300,
        average_precision=0.4,
        promoted=promoted,
        reason="because",
    )
    return store.add(
        version,
        lambda folder: (folder / "model.txt").write_text(content),
        lambda folder, _: (folder / "MODEL_CARD.md").write_text("# card"),
    )


@pytest.fixture
def store(archive: DataRoot) -> ModelStore:
    return open_models(archive)


def in_use(store: ModelStore) -> str | None:
    current = store.current()
    return current.name if current else None


def test_without_versions_none_is_in_use(store: ModelStore) -> None:
    assert store.versions() == []
    assert store.current() is None


def test_the_newest_promoted_version_is_in_use(store: ModelStore) -> None:
    add(store, "a")
    add(store, "b")
    assert in_use(store) == "v002"


def test_a_version_that_is_not_promoted_is_kept_with_its_reason(store: ModelStore) -> None:
    add(store, "a")
    kept = add(store, "b", promoted=False)

    assert in_use(store) == "v001"
    assert store.versions()[-1] == kept
    assert kept.reason == "because"
    assert (store.model_files(kept) / "model.txt").read_text() == "b"
    assert (store.files(kept) / "MODEL_CARD.md").read_text() == "# card"
    assert store.states() == {"v001": "in use", "v002": "not promoted"}


def test_the_same_model_is_not_stored_twice(store: ModelStore) -> None:
    first = add(store, "a")
    assert add(store, "a") == first
    assert store.versions() == [first]


def test_versions_are_in_the_order_of_their_numbers(store: ModelStore) -> None:
    for number in range(11):
        add(store, str(number))
    (store.folder / "v011").rename(store.folder / "v1000")
    record = store.folder / "v1000" / "version.json"
    record.write_text(record.read_text().replace("v011", "v1000"))
    assert in_use(store) == "v1000"
    assert add(store, "next").name == "v1001"


def test_a_pinned_version_stays_in_use_until_it_is_unpinned(store: ModelStore) -> None:
    add(store, "a")
    add(store, "b", promoted=False)
    store.pin("v002")
    add(store, "c")
    assert in_use(store) == "v002"
    assert store.states() == {"v001": "promoted", "v002": "in use, pinned", "v003": "promoted"}

    store.unpin()
    assert in_use(store) == "v003"


def test_rolling_back_uses_the_version_promoted_before(store: ModelStore) -> None:
    add(store, "a")
    add(store, "b", promoted=False)
    add(store, "c")
    assert store.rollback().name == "v001"
    assert in_use(store) == "v001"
    assert store.states()["v003"] == "rolled back"

    add(store, "d")
    assert in_use(store) == "v004"


def test_the_only_version_cannot_be_rolled_back(store: ModelStore) -> None:
    add(store, "a")
    with pytest.raises(NoSuchVersion, match="no earlier version"):
        store.rollback()
    assert in_use(store) == "v001"


def test_a_pinned_version_cannot_be_rolled_back(store: ModelStore) -> None:
    add(store, "a")
    add(store, "b")
    store.pin("v002")
    with pytest.raises(NoSuchVersion, match="--unpin"):
        store.rollback()


def test_pinning_what_is_not_there_names_what_is(store: ModelStore) -> None:
    add(store, "a")
    with pytest.raises(NoSuchVersion, match=r"no version v7 \(there are: v001\)"):
        store.pin("v7")
    assert in_use(store) == "v001"


def test_a_pinned_version_that_vanished_is_named_with_the_remedy(store: ModelStore) -> None:
    add(store, "a")
    store.pin("v001")
    (store.folder / "v001").rename(store.folder / "elsewhere")
    with pytest.raises(NoSuchVersion, match="--unpin"):
        store.current()


def test_a_failed_write_leaves_no_version_and_the_next_one_succeeds(store: ModelStore) -> None:
    add(store, "a")

    def broken(folder: Path, version: Version) -> None:
        (folder / "MODEL_CARD.md").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add(store.versions()[0], lambda folder: (folder / "x").touch(), broken)
    assert in_use(store) == "v001"
    assert len(store.versions()) == 1

    assert add(store, "b").name == "v002"
    assert sorted(path.name for path in store.folder.iterdir()) == ["v001", "v002"]


def test_killed_at_any_instant_every_version_is_whole_and_one_is_in_use(
    archive: DataRoot, store: ModelStore
) -> None:
    add(store, "first")
    known = 1
    for wait in (0.001, 0.013, 0.05):
        arguments = [str(store.folder), str(archive.paths.locks)]
        process = subprocess.Popen(
            [sys.executable, "-c", _ADD, *arguments], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()

        versions = store.versions()
        assert len(versions) >= known
        known = len(versions)
        assert in_use(store) in (versions[-1].name, versions[-2].name if known > 1 else None)
        for version in versions[1:]:
            assert len((store.model_files(version) / "model.txt").read_text()) >= 100_000
            assert (store.files(version) / "MODEL_CARD.md").exists()
