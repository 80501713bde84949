"""Ctrl-C and SIGTERM while Dagster runs: none is lost."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flux_assets import progress

_ENDING = {signal.SIGINT, signal.SIGTERM}


@contextmanager
def none_lost() -> Iterator[None]:
    """Raise KeyboardInterrupt when the block was asked to end: at the next progress, or after it.

    Dagster holds back what arrives between two steps and forgets what arrives after the last; a
    library may swallow the exception. The wakeup descriptor tells of every signal, whatever
    handler takes it. Signals reach the main thread alone: elsewhere nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrivals, handler = socket.socketpair()
    with arrivals, handler:
        arrivals.setblocking(False)
        handler.setblocking(False)
        before = signal.set_wakeup_fd(handler.fileno(), warn_on_full_buffer=False)
        try:
            with progress.listening(lambda _product, _done: _stop_if_asked(arrivals)):
                yield
        finally:
            signal.set_wakeup_fd(before)
        _stop_if_asked(arrivals)


def _stop_if_asked(arrivals: socket.socket) -> None:
    """`arrivals` holds a byte, the number, for each signal; they stay there to be seen again."""
    try:
        numbers = arrivals.recv(4096, socket.MSG_PEEK)
    except BlockingIOError:
        return
    if _ENDING.intersection(numbers):
        raise KeyboardInterrupt
