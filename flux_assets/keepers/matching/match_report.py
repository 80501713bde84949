"""What matching came to: keepers per rung, and those that a person must look at."""

from dataclasses import dataclass

import polars as pl

UNREADABLE = "cannot be read"
NOTHING = "nothing matches"


@dataclass(frozen=True)
class MatchReport:
    """Counts of keeper files, but for `photographs`: several edits of one are one photograph.

    `ambiguous` have candidates that nothing tells apart, or a match that was refused; `unmatched`
    have none that fits. `unmatched_share` is the share of all files without an original, for
    whichever of these reasons.
    """

    keepers: int
    photographs: int
    rungs: dict[int, int]
    edited: int
    drifted: int
    ambiguous: int
    unmatched: int
    unreadable: int

    @property
    def unmatched_share(self) -> float:
        missing = self.ambiguous + self.unmatched + self.unreadable
        return missing / self.keepers if self.keepers else 0.0

    def numbers(self) -> dict[str, float]:
        """Every count by its name, and the share that found no original."""
        counts = {name: value for name, value in vars(self).items() if name != "rungs"}
        rungs = {f"rung_{rung}": count for rung, count in self.rungs.items()}
        return counts | rungs | {"unmatched_share": self.unmatched_share}

    def warning(self, most: float) -> str | None:
        """A sentence for people where more than the share `most` found no original."""
        if self.unmatched_share <= most:
            return None
        missing = self.ambiguous + self.unmatched + self.unreadable
        return (
            f"{missing} of {self.keepers} keepers ({self.unmatched_share:.1%}) have no original: "
            f"{self.ambiguous} ambiguous, {self.unmatched} unmatched, {self.unreadable} "
            "unreadable. Settle them with: flux keepers resolve"
        )


def match_report(matches: pl.DataFrame) -> MatchReport:
    """The report of `KeeperMatches`, or of a table that has its columns."""
    found = pl.col("photo_id").is_not_null()
    unreadable = pl.col("review").str.starts_with(UNREADABLE).fill_null(False)
    unmatched = (pl.col("review") == NOTHING).fill_null(False)
    counts = matches.select(
        photographs=pl.col("photo_id").drop_nulls().n_unique(),
        edited=(found & pl.col("edited")).sum(),
        drifted=pl.col("clock_offset_s").count(),
        ambiguous=(~found & ~unreadable & ~unmatched).sum(),
        unmatched=(~found & unmatched).sum(),
        unreadable=(~found & unreadable).sum(),
    ).row(0, named=True)
    by_rung = matches.drop_nulls("rung").group_by("rung").len().sort("rung")
    return MatchReport(keepers=matches.height, rungs=dict(by_rung.iter_rows()), **counts)
