"""The graph in this process: what `flux materialize` runs, seen by the Dagster UI as well."""

from collections.abc import Collection, Sequence

import dagster as dg

from flux_assets.corpus.take_in import open_ledger
from flux_assets.definitions import build_defs
from flux_assets.instance import open_instance
from flux_assets.interrupts import none_lost
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.partitions import days, range_tags, stretches
from flux_assets.products import PRODUCTS
from flux_assets.publishing.issues.automation import run_issues
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.resources import ArchiveResource

ARRIVALS = ("intake_log", "archive_scan", "keeper_index")
DAY_PRODUCTS = tuple(product.name for product in PRODUCTS)
_TASTE = (KEEPER_LABELS.name, KEEPER_SCORES.name)
# What is run together, in this order: a stage with day products once for each stretch of days.
_STAGES = (
    *((name,) for name in ARRIVALS),
    ("keeper_matches", *(name for name in DAY_PRODUCTS if name not in _TASTE)),
    ("duplicates", "keeper_verification"),
    (KEEPER_LABELS.name,),
    ("training_set", "keeper_model"),
    (KEEPER_SCORES.name,),
    ("vector_index", "issues", "catalog_entries", "photos"),
    ("flux_db", "issue_drafts"),
    ("coverage",),
)
EVERYTHING = tuple(name for stage in _STAGES for name in stage)
_FAILURE = "dagster._core.definitions.events.Failure: "
ACCEPT_LOSS = ("archive_scan", "keeper_index", "photo_index")


class RunFailed(FluxError):
    """A step of the graph failed; the message holds each step and its reason."""


class Graph:
    """Runs parts of one archive's graph in this process."""

    def __init__(self, archive: DataRoot, *, accept_loss: bool = False) -> None:
        self._archive = archive
        self._accept_loss = accept_loss
        self._failures: list[str] = []
        self._instance = open_instance(archive)
        root = ArchiveResource(root=str(archive.paths.root))
        definitions = build_defs(resources={"archive": root})
        self._job = definitions.resolve_implicit_global_asset_job_def()

    def run(self, products: Collection[str], keys: Sequence[str] = ()) -> None:
        """Materialize the named products, day products for the given days.

        What fails is remembered, and the rest is done all the same: one bad day or disk must not
        keep the others waiting. Ask `require_success` at the end.
        """
        for stage in _STAGES:
            chosen = [name for name in stage if name in products]
            if set(chosen) & set(DAY_PRODUCTS):
                for first, last in stretches(keys):
                    self._execute(chosen, range_tags(first, last))
            elif chosen:
                self._execute(chosen, {})

    def publish_issues(self, issue_ids: Collection[str]) -> None:
        """Publish issues, and bring up to date what tells of them; failures are remembered."""
        run_issues(self._archive, self._instance, self._execute, issue_ids)

    def require_success(self) -> None:
        """Report what failed in any run so far.

        Raises:
            RunFailed: names each failed step and its reason; what was written stays.
        """
        if self._failures:
            raise RunFailed("\n".join(dict.fromkeys(self._failures)))

    def photographs_per_day(self) -> dict[str, int]:
        """Photographs of each day that can be enriched, and days whose photographs are gone."""
        with open_ledger(self._archive) as ledger:
            found = ledger.photographs_per_day()
        known = set(days.get_partition_keys())
        indexed = dict.fromkeys(self._archive.tables.days("photo_index"), 0)
        return {day: n for day, n in sorted((indexed | found).items()) if day in known}

    @none_lost()
    def _execute(self, products: Sequence[str], tags: dict[str, str]) -> None:
        configured = [name for name in products if name in ACCEPT_LOSS]
        result = self._job.execute_in_process(
            run_config={
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                "ops": {
                    name: {"config": {"accept_loss": self._accept_loss}} for name in configured
                },
            },
            instance=self._instance,
            asset_selection=[dg.AssetKey(name) for name in products],
            tags=tags,
            raise_on_error=False,
        )
        self._failures += _failures(result)


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """One line per failed step and check, with the message of what caused it."""
    lines = [
        f"{check.asset_key.to_user_string()}: {check.description or check.check_name}"
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
    for event in result.filter_events(lambda event: event.is_step_failure):
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        reason = error.message.strip().removeprefix(_FAILURE) if error else event.message
        lines.append(f"{event.step_key}: {reason}")
    if not result.success and not lines:
        return ["the run failed before any step started; see the Dagster UI"]
    return lines
