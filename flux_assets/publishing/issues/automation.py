"""What publishes issues by itself: one job, and the sensor that asks for parts of it."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster import AssetSelection

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.instance import is_active
from flux_assets.partitions import issues as issue_ids
from flux_assets.partitions import range_tags
from flux_assets.publishing.drafts.accept import unedited_issues
from flux_assets.publishing.issues.issue_manifests import ISSUE_KEY, ISSUE_MANIFESTS
from flux_assets.publishing.issues.issue_pdfs import pdfs_to_make
from flux_assets.publishing.issues.publish import DUE, issue_states
from flux_assets.publishing.issues.source_files import assigned_states, sources_state
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource

PER_ISSUE = ("issue_manifests", "issue_pdfs")
PER_ARCHIVE = (
    *("issues", "catalog_entries", "photos"),
    *("flux_db", "issue_drafts", "coverage"),
)

generate_issue_metadata = dg.define_asset_job(
    "generate_issue_metadata",
    AssetSelection.assets(*PER_ISSUE, *PER_ARCHIVE),
    description="Publish issues: manifests, PDFs, and the tables that tell of them.",
)


def add_issues(instance: dg.DagsterInstance, wanted: Iterable[str]) -> list[str]:
    """Add partitions that are not there yet; all of them, in the order in which ranges run."""
    name = str(issue_ids.name)
    known = instance.get_dynamic_partitions(name)
    new = sorted(set(wanted) - set(known))
    if new:
        instance.add_dynamic_partitions(name, new)
    return [*known, *new]


def issue_stretches(known: Sequence[str], wanted: Iterable[str]) -> list[tuple[str, str]]:
    """Issues in as few runs as may be: first and last of neighbours among the partitions.

    >>> issue_stretches(["FLUX_001", "FLUX_002", "FLUX_003"], ["FLUX_003", "FLUX_001"])
    [('FLUX_001', 'FLUX_001'), ('FLUX_003', 'FLUX_003')]
    """
    chosen = set(wanted)
    found: list[tuple[str, str]] = []
    previous = None
    for issue_id in known:
        if issue_id in chosen:
            start = found.pop()[0] if found and previous == found[-1][1] else issue_id
            found.append((start, issue_id))
        previous = issue_id
    return found


@dg.sensor(
    job=generate_issue_metadata,
    minimum_interval_seconds=30,
    description="Publishes issues whose assignment file is new or changed. A file that is gone "
    "takes nothing back: what was published stays. An accepted draft is left alone until its "
    "frames are edited or `flux issues publish` publishes it. What failed is asked for again when "
    "photographs came, and once a day.",
)
def issues_sensor(
    context: dg.SensorEvaluationContext, archive: ArchiveResource
) -> dg.SensorResult | dg.SkipReason:
    """Three steps, one a tick: changed issues, PDFs that are still to be made, the tables.

    The first asks for all of it; the others come after a run that refused some issues. Each asks
    once for a state of the files, until `_settled` forgets what came to nothing.
    """
    if is_active(context.instance, generate_issue_metadata.name):
        return dg.SkipReason("Issues are being published.")
    opened = archive.open()
    cursor = _settled(opened, json.loads(context.cursor or "{}"))
    assigned, before = _assigned(opened), cursor["assigned"]
    changed = [issue_id for issue_id, state in assigned.items() if before.get(issue_id) != state]
    if changed:
        known = add_issues(context.instance, assigned)
        asked = {"assigned": assigned, "asked": sorted({*cursor["asked"], *changed})}
        return _asking({**cursor, **asked}, known, changed, [*PER_ISSUE, *PER_ARCHIVE])
    unprinted = pdfs_to_make(opened)
    if unprinted and cursor.get("unprinted") != unprinted:
        known = add_issues(context.instance, unprinted)
        return _asking({**cursor, "unprinted": unprinted}, known, unprinted, ["issue_pdfs"])
    sources = sources_state(opened)
    if sources and cursor.get("sources") != sources:
        request = dg.RunRequest(asset_selection=_keys(PER_ARCHIVE))
        return dg.SensorResult([request], cursor=json.dumps({**cursor, "sources": sources}))
    return dg.SensorResult(
        skip_reason="No assignment file is new or changed.",
        cursor=json.dumps({**cursor, "assigned": assigned}),
    )


def _assigned(archive: DataRoot) -> dict[str, str]:
    """States of the assignment files, but for accepted drafts that nobody edited or published."""
    published = archive.tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY)
    untouched = unedited_issues(archive) - set(published)
    states = assigned_states(archive)
    return {issue_id: state for issue_id, state in states.items() if issue_id not in untouched}


def _settled(archive: DataRoot, cursor: dict[str, Any]) -> dict[str, Any]:
    """The cursor; without what came to nothing when photographs came since, or a day passed."""
    as_of = [str(archive.tables.written_at(PHOTO_INDEX.name)), _today()]
    if cursor.get("as_of") == as_of:
        return cursor
    asked = cursor.get("asked", [])
    states = issue_states(archive) if asked else {}
    due = {issue_id for issue_id in asked if states.get(issue_id) in DUE}
    before = cursor.get("assigned", {}).items()
    assigned = {issue_id: state for issue_id, state in before if issue_id not in due}
    return {"as_of": as_of, "asked": [], "assigned": assigned}


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _asking(
    cursor: Mapping[str, object], known: Sequence[str], wanted: Iterable[str], assets: Sequence[str]
) -> dg.SensorResult:
    """A run for each stretch of issues; what concerns the whole archive is part of the last."""
    stretches = issue_stretches(known, wanted)
    requests = []
    for number, (first, last) in enumerate(stretches, 1):
        chosen = assets if number == len(stretches) else [a for a in assets if a in PER_ISSUE]
        requests.append(dg.RunRequest(tags=range_tags(first, last), asset_selection=_keys(chosen)))
    return dg.SensorResult(requests, cursor=json.dumps(cursor))


def run_issues(
    archive: DataRoot,
    instance: dg.DagsterInstance,
    execute: Callable[[Sequence[str], dict[str, str]], None],
    issue_ids: Iterable[str],
) -> None:
    """Publish issues in this process: manifests, then PDFs, then what tells of them.

    `execute` runs assets with run tags, and remembers what failed; the rest is done all the same.
    """
    chosen = set(issue_ids)
    known = add_issues(instance, chosen)
    for name in PER_ISSUE:
        for first, last in issue_stretches(known, chosen):
            execute([name], range_tags(first, last))
        chosen &= set(archive.tables.partitions(ISSUE_MANIFESTS, ISSUE_KEY))
    execute(PER_ARCHIVE, {})


def _keys(names: Iterable[str]) -> list[dg.AssetKey]:
    return [dg.AssetKey(name) for name in names]
