"""Work that may hang, crash or eat memory, done where it costs one item and not the rest.

Decoders are C libraries that read whatever bytes they are given. Each item is handed to a worker
process over a pipe of its own; a worker that dies is replaced for the next item. Workers start
when they are first needed (about 0.1 s and the imports of the function), are kept for the life of
this process, and load neither the caller's main module nor anything it has imported.
"""

import atexit
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
_AHEAD = 64  # results per worker that may wait for a slow one before them
_GRACE_S = 30.0  # for a worker's imports, before one that does not even hear its alarm is killed
_FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT})
# Workers do one thing at a time, and keep up to 128 MB for their next item: giving memory back to
# the system after each picture and asking for it again costs a tenth of the decoding (glibc).
_ENVIRONMENT = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}


@dataclass(frozen=True)
class Died:
    """An item that gave no result, and why: `took over 20 s`, `killed by signal 11 (...)`.

    `passing`: a limit or somebody outside ended it, so that another try may succeed.
    """

    reason: str
    passing: bool


def isolated_map(
    function: Callable[[T], R],
    items: Iterable[T],
    *,
    workers: int,
    seconds: float,
    gigabytes: float,
) -> Iterator[R | Died]:
    """`function` of each item, in order, in at most `workers` processes at once.

    An item whose work takes longer than `seconds`, needs more than `gigabytes` of memory, ends its
    process or raises becomes a `Died`. The memory limit holds where the platform keeps one
    (Linux). Function, item and result are pickled: the function must be importable by name, and
    belongs into a module with few imports. Few items are read ahead of the results taken.

    Raises:
        OSError: no process can be started.
        pickle.PicklingError, AttributeError, TypeError: function or item cannot be pickled.
    """
    crew = _Crew(function, seconds, gigabytes)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="isolated")
    ahead: deque[Future[R | Died]] = deque()
    try:
        for item in items:
            ahead.append(pool.submit(crew.run, item))
            if len(ahead) >= workers * _AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:  # the caller may have stopped early: nobody waits for what is still running
        for future in ahead:
            future.cancel()
        crew.disband()
        pool.shutdown()


class _Crew:
    """The workers that one call of `isolated_map` keeps busy."""

    def __init__(self, function: Callable[[Any], Any], seconds: float, gigabytes: float) -> None:
        self._function, self._seconds, self._gigabytes = function, seconds, gigabytes
        self._busy: set[_Worker] = set()
        self._disbanded = False
        self._lock = threading.Lock()  # nobody ends a worker that another call has already

    def run(self, item: Any) -> Any:
        """The result of one item, or a `Died`; runs in a thread of the caller's process."""
        with self._lock:
            if self._disbanded:
                return None
            worker = _idle_worker() or _Worker()
            self._busy.add(worker)
        try:
            return worker.run(self._function, item, self._seconds, self._gigabytes)
        finally:
            with self._lock:
                self._busy.discard(worker)
            worker.release()

    def disband(self) -> None:
        """End the workers that are still at it."""
        with self._lock:
            self._disbanded = True
            for worker in self._busy:
                worker.end()


class _Worker:
    """A process that runs `flux_resources.isolated_worker`, and this end of the pipe to it."""

    def __init__(self) -> None:
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flux_resources.isolated_worker", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | _ENVIRONMENT | {"PYTHONPATH": _import_path()},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # decoders warn there of every odd byte
                start_new_session=True,  # Ctrl-C is for the caller, who ends the workers
            )
        self._sound = self._ended = False

    def run(
        self, function: Callable[[Any], Any], item: Any, seconds: float, gigabytes: float
    ) -> Any:
        too_long = Died(f"took over {seconds:g} s", passing=True)
        try:
            self._pipe.send((function, item, seconds, gigabytes))
            if not self._pipe.poll(seconds + _GRACE_S):
                return too_long
            result, reason, passing = self._pipe.recv()
        except (EOFError, OSError):
            status = self._process.wait()
            return too_long if status == -signal.SIGALRM else _obituary(status)
        self._sound = not passing  # one that met its memory limit may not have recovered
        return result if reason is None else Died(reason, passing)

    def release(self) -> None:
        """Keep the process for another item, or end it."""
        if self._sound and not self._ended:
            self._sound = False
            _idle.append(self)
        else:
            self.end()
            self._process.wait()
            self._pipe.close()

    def end(self) -> None:
        self._ended = True
        self._process.kill()

    def is_alive(self) -> bool:
        return self._process.poll() is None


_idle: list[_Worker] = []


def _idle_worker() -> _Worker | None:
    """A worker without work that still lives."""
    while _idle:
        try:
            worker = _idle.pop()
        except IndexError:  # another thread took the last one
            return None
        if worker.is_alive():
            return worker
    return None


def _obituary(status: int) -> Died:
    if status >= 0:
        return Died(f"its process ended with status {status}", passing=False)
    named = f"killed by signal {-status} ({signal.strsignal(-status)})"
    return Died(named, passing=-status in _FROM_OUTSIDE)


def _import_path() -> str:
    """The caller's `sys.path`, as `PYTHONPATH` has it."""
    return os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)


@atexit.register
def _dismiss() -> None:
    """End the workers of this process, so that none is left behind."""
    while worker := _idle_worker():
        worker.release()


os.register_at_fork(after_in_child=_idle.clear)  # workers answer the process that started them
