"""Items that hang, crash or eat memory cost themselves and nobody else."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from flux_resources.isolation import Died, isolated_map

run = partial(isolated_map, workers=2, seconds=20.0, gigabytes=1.0)


def double(number: int) -> int:
    return 2 * number


def first_is_slow(number: int) -> int:
    time.sleep(0.2 if number == 0 else 0)
    return number


def process(_: object) -> int:
    return os.getpid()


def loaded_modules(_: object) -> set[str]:
    return set(sys.modules)


def lock(_: object) -> Any:
    return threading.Lock()


def hang(note: Path | None) -> None:
    """Leave this process's number in a file and stay, unless there is no file."""
    if note is not None:
        note.with_suffix(".part").write_text(str(os.getpid()))
        note.with_suffix(".part").rename(note)
        time.sleep(60)


def misbehave(deed: str) -> str:
    match deed:
        case "hangs":
            time.sleep(60)
        case "hangs in C":
            ctypes.PyDLL(None).sleep(60)  # keeps the interpreter's lock
        case "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "is killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "eats":
            bytearray(200_000_000)
        case "leaves":
            os._exit(3)
        case "raises":
            raise ValueError("what a file")
    return deed


def test_results_come_in_the_order_of_the_items() -> None:
    assert list(run(first_is_slow, range(50))) == list(range(50))


def test_no_items_give_no_results() -> None:
    assert list(run(double, [])) == []


@pytest.mark.parametrize(
    ("deed", "died"),
    [
        ("hangs", Died("took over 0.5 s", passing=True)),
        ("hangs in C", Died("took over 0.5 s", passing=True)),
        ("crashes", Died("killed by signal 11 (Segmentation fault)", passing=False)),
        ("is killed", Died("killed by signal 9 (Killed)", passing=True)),
        ("leaves", Died("its process ended with status 3", passing=False)),
        ("raises", Died("ValueError: what a file", passing=False)),
    ],
)
def test_an_item_that_dies_costs_itself(deed: str, died: Died) -> None:
    assert list(run(misbehave, ["a", deed, "b", "c"], seconds=0.5)) == ["a", died, "b", "c"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep no memory limit")
def test_an_item_that_needs_too_much_memory_costs_itself() -> None:
    found = list(run(misbehave, ["a", "eats", "b"], gigabytes=0.1))

    assert found == ["a", Died("needed more than 0.1 GB", passing=True), "b"]
    assert list(run(misbehave, ["eats"])) == ["eats"]


def test_a_result_that_cannot_be_sent_costs_its_item() -> None:
    (died,) = run(lock, [0])

    assert isinstance(died, Died)
    assert "pickle" in died.reason


def test_a_function_that_cannot_be_sent_is_the_callers_mistake() -> None:
    with pytest.raises(AttributeError, match="lambda"):
        list(run(lambda number: number, [1]))


def test_workers_load_nothing_of_the_caller() -> None:
    (modules,) = run(loaded_modules, [0], workers=1)

    assert isinstance(modules, set)
    assert not {"torch", "dagster", "polars"} & modules


def test_workers_are_kept_between_calls() -> None:
    assert list(run(process, [0], workers=1)) == list(run(process, [0], workers=1))


def test_calls_from_several_threads_do_not_mix() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: list(run(double, range(n, n + 20))), range(4))

    assert list(found) == [list(range(2 * n, 2 * n + 40, 2)) for n in range(4)]


def test_items_are_read_as_results_are_taken() -> None:
    taken: list[int] = []
    results = run(double, (taken.append(n) or n for n in count()))  # type: ignore[func-returns-value]

    assert list(islice(results, 3)) == [0, 2, 4]
    assert len(taken) < 200


def test_a_caller_that_stops_waits_for_nobody_and_leaves_nobody(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    results = isolated_map(hang, [None, note], workers=2, seconds=60, gigabytes=1)
    assert next(iter(results)) is None
    while not note.exists():
        time.sleep(0.01)

    del results

    assert not psutil.pid_exists(int(note.read_text()))


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_caller(ending: signal.Signals) -> None:
    work = (
        "from flux_tests.resources.test_isolation import misbehave, run\n"
        "for done in run(misbehave, ['a', 'hangs'], seconds=2): print(done, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", work], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"a\n"
        workers = psutil.Process(caller.pid).children()
        assert workers
        caller.send_signal(ending)
        assert caller.wait(1.5) != 0

    assert not psutil.wait_procs(workers, timeout=5)[1]
