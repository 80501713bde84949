"""Where everything lies under one data root, in the archive's own words."""

from dataclasses import dataclass
from pathlib import Path

from flux_resources.settings import Settings


@dataclass(frozen=True)
class Paths:
    """Folders and files of one data root. Nothing here touches the disk."""

    root: Path
    ledger_folder: Path
    vectors: Path
    dagster: Path

    @classmethod
    def of(cls, root: Path, settings: Settings) -> "Paths":
        """Paths under `root`, with the stores that `storage` in flux.yaml moves elsewhere."""
        storage = settings.storage
        return cls(
            root=root,
            ledger_folder=storage.ledger or root / "FLUX_METADATA",
            vectors=storage.vectors or root / "FLUX_EMBEDDINGS",
            dagster=storage.dagster or root / "FLUX_METADATA" / "dagster",
        )

    @property
    def inbox(self) -> Path:
        return self.root / "FLUX_INBOX"

    @property
    def rejected(self) -> Path:
        return self.inbox / "rejected"

    @property
    def inbox_duplicates(self) -> Path:
        return self.inbox / "duplicates"

    @property
    def originals(self) -> Path:
        return self.root / "FLUX_ARCHIVE" / "ORIGINALS"

    @property
    def keepers(self) -> Path:
        return self.root / "FLUX_ARCHIVE" / "KEEPERS"

    @property
    def metadata(self) -> Path:
        return self.root / "FLUX_METADATA"

    @property
    def tables(self) -> Path:
        return self.metadata / "tables"

    @property
    def duckdb(self) -> Path:
        return self.metadata / "flux.duckdb"

    @property
    def flux_db(self) -> Path:
        return self.metadata / "flux.db"

    @property
    def coverage_page(self) -> Path:
        return self.metadata / "coverage.html"

    @property
    def decisions(self) -> Path:
        return self.metadata / "decisions.jsonl"

    @property
    def models(self) -> Path:
        return self.metadata / "models"

    @property
    def nominatim_cache(self) -> Path:
        return self.metadata / "nominatim.sqlite"

    @property
    def backups(self) -> Path:
        return self.metadata / "backups"

    @property
    def object_store_cache(self) -> Path:
        return self.metadata / "object_store.sqlite"

    @property
    def ledger(self) -> Path:
        return self.ledger_folder / "ledger.sqlite"

    @property
    def locks(self) -> Path:
        return self.ledger_folder / "locks"

    @property
    def proxies(self) -> Path:
        return self.root / "FLUX_PROXIES"

    @property
    def thumbs(self) -> Path:
        return self.root / "FLUX_PUBLIC" / "thumbs"

    @property
    def issues(self) -> Path:
        return self.root / "FLUX_ISSUES"

    def original_day(self, day: str) -> Path:
        """Folder of one archive day: `ORIGINALS/2022/2022-01/2022-01-15`."""
        return self.originals / day_folder(day)

    def proxy(self, day: str, photo_id: str) -> Path:
        return self.proxies / day_folder(day) / f"{photo_id}.jpg"

    def thumb(self, photo_id: str) -> Path:
        return self.thumbs / f"{photo_id}.jpg"

    def background(self, model: str) -> Path:
        """What unrelated questions find in the archive, by the vectors of a model."""
        return self.vectors / f"{model}_background.npz"

    def burst_sheet(self, day: str) -> Path:
        """A contact sheet of the largest burst of a day."""
        return self.metadata / "sheets" / "bursts" / f"{day}.jpg"

    def draft_sheet(self, draft: str) -> Path:
        """Contact sheet of a draft of an issue."""
        return self.metadata / "drafts" / f"{draft}.jpg"

    def draft_json(self, draft: str) -> Path:
        """A draft as people read it."""
        return self.metadata / "drafts" / f"{draft}.json"

    def relative(self, path: Path) -> str:
        """`path` as tables hold it: relative inside the data root, absolute outside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def absolute(self, stored: str) -> Path:
        """The inverse of `relative`."""
        return self.root / stored


def day_folder(day: str) -> Path:
    """`2022-01-15` gives `2022/2022-01/2022-01-15`."""
    return Path(day[:4]) / day[:7] / day
