"""The far end of `flux_resources.isolation`: a process that does one item after another.

Started as `python -m flux_resources.isolated_worker DESCRIPTOR`; ends when its pipe is closed.
"""

import pickle
import resource
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any


def serve(pipe: Connection) -> None:
    """Answer each packed task; see `_answer` for what is sent back."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends this process even inside C code
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # Linux: when memory runs out, this process goes, not the caller
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    with suppress(EOFError, OSError):  # nobody is there any more
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(packed: bytes) -> bytes:
    """`(result, reason, passing)`; the reason is None, or says why there is no result."""
    answer: tuple[Any, str | None, bool]
    gigabytes = 0.0
    try:
        function, item, seconds, gigabytes = pickle.loads(packed)  # imports the function's module
        _limit_memory(int(gigabytes * 1e9))
        signal.setitimer(signal.ITIMER_REAL, seconds)
        result = function(item)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return pickle.dumps((result, None, False))
    except MemoryError:
        answer = None, f"needed more than {gigabytes:g} GB", True
    except Exception as error:
        answer = None, f"{type(error).__name__}: {error}", False
    signal.setitimer(signal.ITIMER_REAL, 0)
    return pickle.dumps(answer)


def _limit_memory(size: int) -> None:
    """What this process may allocate, in bytes; files it maps and shared libraries are not meant.

    Linux refuses more; other systems take note and do nothing.
    """
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    soft = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, most))


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
