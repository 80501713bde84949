"""Dagster's event log in SQLite, with databases that stay open."""

import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

_KEPT_OPEN = 4  # the index, the run at hand, and what a reader asks for meanwhile


class OpenEventLog(SqliteEventLogStorage):
    """The same files and tables; Dagster's own opens, prepares and closes one for each event.

    Where steps have little to do, that takes longer than the steps.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OpenEventLog":
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        super().dispose()
        self._close()

    def wipe(self) -> None:
        self._close()
        super().wipe()

    def _close(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None) or self._opened(shard)
        self._engines[shard] = engine
        if len(self._engines) > _KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def _opened(self, shard: str) -> Engine:
        # One connection serves all threads, since the lock lets in one at a time.
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        if shard != INDEX_SHARD_NAME:
            event.listen(engine, "connect", _write_through)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine


def _write_through(connection: sqlite3.Connection, _: object) -> None:
    """Let each event reach the database's own file: the UI watches it to follow a run."""
    connection.execute("PRAGMA wal_autocheckpoint = 1")
