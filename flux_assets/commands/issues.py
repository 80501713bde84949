"""Commands that publish issues and say what keeps one from being published."""

import json
from typing import Annotated

import typer

from flux_assets.commands.options import Json, clear_errors, existing_root
from flux_resources.data_root import DataRoot

app = typer.Typer(help="Issues of 36 frames: manifests and PDFs.", no_args_is_help=True)

Issue = Annotated[str, typer.Argument(help="FLUX_019")]


@app.command()
def publish(
    issues: Annotated[
        list[str] | None, typer.Argument(help="FLUX_019 ...; default: all new and changed.")
    ] = None,
) -> None:
    """Make manifest and PDF of issues, and bring the tables up to date.

    An issue that is refused keeps what it had; the others are published all the same.
    """
    from flux_assets.publishing.issues.issue_pdfs import pdfs_to_make
    from flux_assets.publishing.issues.publish import DUE, issue_states

    with clear_errors():
        from flux_assets.execution import Graph

        archive = DataRoot.open(existing_root())
        if issues:
            chosen = [_known(archive, issue_id) for issue_id in dict.fromkeys(issues)]
        else:
            states = issue_states(archive).items()
            due = {issue_id for issue_id, state in states if state in DUE}
            chosen = sorted(due.union(pdfs_to_make(archive)))
        graph = Graph(archive)
        graph.publish_issues(chosen)
        graph.require_success()
        typer.echo(f"{len(chosen)} issues published" if chosen else "nothing new to publish")


@app.command("list")
def list_issues(as_json: Json = False) -> None:
    """Every issue: published, new, changed, refused, or without its assignment file."""
    from flux_assets.publishing.issues.issues import collect_issues
    from flux_assets.publishing.issues.publish import issue_states

    with clear_errors():
        archive = DataRoot.open(existing_root())
        published = {row["issue_id"]: row for row in collect_issues(archive).to_dicts()}
        empty = dict.fromkeys(("generated_at", "frame_count", "manifest_path", "pdf_path"))
        rows = [
            {"issue_id": issue_id, "state": state, **empty, **published.get(issue_id, {})}
            for issue_id, state in issue_states(archive).items()
        ]
        if as_json:
            typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
            return
        for row in rows:
            made = row["pdf_path"] or row["manifest_path"] or ""
            when = row["generated_at"] or "–"
            typer.echo(f"{row['issue_id']}  {row['state']:<12}  {when:<20}  {made}")
        if not rows:
            typer.echo(f"no issues; write {archive.paths.issues / 'FLUX_001' / 'frames.txt'}")


@app.command()
def check(issue: Issue) -> None:
    """Everything for which publishing an issue would be refused; writes nothing."""
    from flux_assets.publishing.issues.publish import check_issue

    with clear_errors():
        archive = DataRoot.open(existing_root())
        faults = check_issue(archive, _known(archive, issue))
        for fault in faults:
            typer.echo(fault, err=True)
        if faults:
            raise typer.Exit(1)
        typer.echo(f"{issue} can be published")


def _known(archive: DataRoot, issue_id: str) -> str:
    """
    Raises:
        ValueError: no issue can be called so, or it has no folder.
    """
    from flux_assets.publishing.issues.assignments import ISSUE_ID

    if not ISSUE_ID.fullmatch(issue_id):
        raise ValueError(f"{issue_id}: an issue is called like FLUX_019")
    folder = archive.paths.issues / issue_id
    if not folder.is_dir():
        raise ValueError(f"{folder} does not exist; write its frames.txt first")
    return issue_id
