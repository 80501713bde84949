"""One opened data root: settings, paths, tables, decisions and ledger together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flux_resources.decisions import Decisions
from flux_resources.ledger import Ledger
from flux_resources.paths import Paths
from flux_resources.settings import Settings, load_settings
from flux_resources.tables import TableStore


@dataclass(frozen=True)
class DataRoot:
    """What nearly every product needs. Opening one reads `flux.yaml` and nothing else."""

    settings: Settings
    paths: Paths

    @classmethod
    def open(cls, root: Path) -> "DataRoot":
        """Open the archive at `root`.

        Raises:
            SettingsError: its `flux.yaml` cannot be used.
        """
        settings = load_settings(root)
        return cls(settings, Paths.of(root.resolve(), settings))

    @cached_property
    def tables(self) -> TableStore:
        return TableStore(self.paths.tables)

    @cached_property
    def decisions(self) -> Decisions:
        return Decisions(self.paths.decisions, self.paths.locks)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, closed at the end."""
        ledger = Ledger(self.paths.ledger)
        try:
            yield ledger
        finally:
            ledger.close()
