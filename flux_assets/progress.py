"""Progress of long work, for whoever listens: the `flux` command draws bars from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener(product, photographs)` whenever photographs are done in this process."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def advance(product: str, photographs: int) -> None:
    """Tell all listeners that so many more photographs of a product are up to date."""
    for listener in _listeners:
        listener(product, photographs)
