"""`flux.duckdb` kept open: for many questions, from several threads."""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import duckdb

from flux_assets.publishing.photos import open_for_reading

State = tuple[int, int]


class Published:
    """The published database, as it is now.

    Each state of the file is opened once, by itself, and left to the readers that are still at it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._opened: dict[State, duckdb.DuckDBPyConnection] = {}  # the latest alone
        self._opening = Lock()
        weakref.finalize(self, self._opened.clear)  # DuckDB complains of what outlives Python

    def state(self) -> State:
        """Differs between any two publications.

        Raises:
            FileNotFoundError: nothing is published.
        """
        now = self.file.stat()
        return now.st_ino, now.st_mtime_ns

    @contextmanager
    def reading(self) -> Iterator["duckdb.DuckDBPyConnection"]:
        """A connection of its own, in which `photos` is the table published last.

        Raises:
            FileNotFoundError: nothing is published.
            flux_assets.publishing.photos.Unreadable: the file cannot be opened.
        """
        with self._opening:
            state = self.state()  # before it is opened: a later file is then merely opened twice
            if state not in self._opened:
                self._opened.clear()
                self._opened[state] = open_for_reading(self.file)
            connection = self._opened[state].cursor()
        with connection:
            connection.execute("USE published")
            yield connection
