"""`flux demo`: build the demo archive, run the graph over it, and ask it three things."""

import time
from collections import Counter
from pathlib import Path

import yaml
from rich.markup import escape

from flux_assets.console import bars, console, sheet_cells, show_results
from flux_assets.demo.archive import build_demo
from flux_assets.demo.staging import ISSUE_ID, PHOTOGRAPHER
from flux_assets.execution import Graph
from flux_assets.keepers.matching.match_report import match_report
from flux_assets.keepers.taste.hidden_gems import top
from flux_assets.keepers.taste.versions import open_models
from flux_assets.materialize import bring_up_to_date
from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.backups.shelf import Shelf
from flux_assets.publishing.backups.verify import verify_backup
from flux_assets.publishing.coverage.measure import measure_coverage
from flux_assets.publishing.coverage.printed import show_status
from flux_assets.publishing.drafts.issue_drafts import list_drafts
from flux_assets.publishing.issues.issues import read_issues
from flux_assets.search import Archive
from flux_assets.search.contact_sheet import contact_sheet
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_resources.data_root import DataRoot
from flux_resources.files import atomic_file
from flux_resources.settings import SETTINGS_FILE

QUERIES = ("a man with a camera in fog", "a cat in Rome, 2023", "a rocket on its launch pad")
OWN_QUERIES = ("a street", "a person", "the sky")
_SETTLE_SECONDS = 1.0
_SETTINGS = {
    "archive": {"start": "2022-01-01", "end": "2024-12-31"},
    "intake": {"photographer": PHOTOGRAPHER, "settle_seconds": _SETTLE_SECONDS},
    "keeper_model": {"minimum_keepers": 20},  # few, to show what it does; its card says how few
}
_NEXT = """
Look at it:  make dev
Ask it:      .venv/bin/flux --root {root} search "a rocket" --limit 3
Your own:    .venv/bin/flux --root /path/to/archive init
             then drop photographs into its FLUX_INBOX, and
             .venv/bin/flux --root /path/to/archive materialize
"""


def show_demo(root: Path, photos: Path | None) -> None:
    """Everything `make demo` promises, with visible progress; run again, it computes nothing.

    Raises what building, running and searching raise.
    """
    started = time.perf_counter()
    console.rule("1. A small archive of real photographs")
    with bars({"frames": 0}) as advance:
        demo = build_demo(
            root, photos=photos, on_frame=lambda _, total: advance("frames", 1, total)
        )
    write_settings(root)
    frames = demo.truth.frames
    console.print(f"{escape(str(root))}: {len(frames)} files, {len(demo.truth.keepers)} keepers")
    odd = Counter(frame.oddity for frame in frames if frame.oddity)
    console.print("on purpose: " + ", ".join(f"{count} {kind}" for kind, count in odd.items()))
    archive = DataRoot.open(root)
    if demo.newly_built:
        time.sleep(_SETTLE_SECONDS)
    console.rule("2. The graph, from inbox to search")
    bring_up_to_date(archive)
    console.rule("3. What it knows")
    show_status(measure_coverage(archive))
    console.rule("4. Three questions")
    searches, answers = Archive(root), []
    for query in QUERIES if photos is None else OWN_QUERIES:
        found = searches.search(query, limit=4)
        console.print(f"“{query}”", style="bold")
        show_results(found.head(3))
        answers += sheet_cells(found, f"“{query}”")
    sheet = root / "demo_search.jpg"
    contact_sheet(answers, "Three questions").save(sheet, "JPEG", quality=90)
    console.print(escape(f"contact sheet: {sheet}"), soft_wrap=True)
    console.rule("5. Keepers, and what else might have been kept")
    verified = match_report(archive.tables.read(KEEPER_VERIFICATION, KeeperVerification))
    console.print(
        f"{verified.keepers} files, {verified.photographs} photographs, {verified.edited} edited, "
        f"{verified.ambiguous + verified.unmatched} left for a person to decide"
    )
    if open_models(archive).current():
        show_results(top(archive, not_keepers=True, limit=3))
    console.rule("6. An issue, a draft of the next, a backup")
    show_publishing(archive)
    console.rule(f"done in {time.perf_counter() - started:.0f} s")
    console.print(escape(_NEXT.format(root=root)), soft_wrap=True)


def show_publishing(archive: DataRoot) -> None:
    """Publish the issue that waits, say what the next might be, back up and prove the backup.

    Raises:
        flux_assets.execution.RunFailed: the issue was refused.
    """
    graph = Graph(archive)
    graph.publish_issues([ISSUE_ID])
    graph.require_success()
    for issue in read_issues(archive.tables).iter_rows(named=True):
        console.print(f"issue {issue['issue_id']}: {issue['manifest_path']}, {issue['pdf_path']}")
    for draft in list_drafts(archive.tables).head(1).iter_rows(named=True):
        sheet = archive.paths.relative(archive.paths.draft_sheet(draft["draft_id"]))
        console.print(f"draft {draft['draft_id']}: {draft['keepers']} keepers, {sheet}")
    backup = create_backup(archive).backup
    proof = "whole" if verify_backup(Shelf(archive.paths.backups), backup).whole else "DAMAGED"
    console.print(f"backup {backup.name}: {len(backup.entries)} files, restored and {proof}")


def write_settings(root: Path) -> None:
    """The demo's `flux.yaml`, unless it has one."""
    file = root / SETTINGS_FILE
    if not file.exists():
        with atomic_file(file) as temporary:
            temporary.write_text(yaml.safe_dump(_SETTINGS, sort_keys=False), encoding="utf-8")
