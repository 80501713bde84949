"""What is counted of matches, and when it is warned of."""

from datetime import timedelta

import polars as pl

from flux_assets.keepers.matching.keeper_matches import KeeperMatches
from flux_assets.keepers.matching.match_report import match_report
from flux_tests.keepers.matching.rows import NOON, keeper, match, original


def table(rows: dict[str, dict[str, object]]) -> pl.DataFrame:
    types = {name: column.dtype for name, column in KeeperMatches.columns().items()}
    return pl.DataFrame(list(rows.values()), types)


def test_rungs_and_what_is_left_are_counted() -> None:
    a, b = original("R0000001"), original("R0000002", NOON + timedelta(seconds=5))
    burst = [original(f"R000000{n}", NOON + timedelta(seconds=9)) for n in (4, 5)]
    found = match(
        [
            keeper("time.jpg", NOON),
            keeper("again.jpg", NOON),
            keeper("R0000002.jpg"),
            keeper("content.jpg", sha256=b["sha256"]),
            keeper("several.jpg", NOON + timedelta(seconds=9)),
            keeper("web_0001.jpg"),
            keeper("broken.jpg", sha256=None, error="keeper: the file is empty"),
        ],
        [a, b, *burst],
    )
    report = match_report(table(found))
    assert report.rungs == {1: 2, 2: 1, 3: 1}
    assert (report.keepers, report.photographs, report.edited) == (7, 2, 3)
    assert (report.ambiguous, report.unmatched, report.unreadable) == (1, 1, 1)
    assert report.unmatched_share == 3 / 7
    assert str(report.warning(0.05)).startswith("3 of 7 keepers (42.9%) have no original")
    assert report.warning(0.5) is None


def test_offsets_are_counted() -> None:
    photographs = [original(f"R000000{n}", NOON + timedelta(seconds=40 * n * n)) for n in range(5)]
    late = [
        keeper(f"R000000{n}.jpg", row["captured_at"] + timedelta(hours=1))
        for n, row in enumerate(photographs)
    ]
    assert match_report(table(match(late, photographs))).drifted == 5


def test_no_keepers_give_no_warning() -> None:
    report = match_report(KeeperMatches.create_empty())
    assert (report.keepers, report.unmatched_share, report.warning(0.0)) == (0, 0.0, None)
