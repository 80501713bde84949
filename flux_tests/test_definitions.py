"""The code location as a whole: it loads lightly, explains itself, and its edges run forward."""

import re
import subprocess
import sys

import dagster as dg
import pytest

from flux_assets.definitions import ASSETS, build_defs
from flux_assets.partitions import BACKFILL, days
from flux_assets.products import PRODUCTS

SPECS = [spec for asset in ASSETS for spec in asset.specs]
PUBLISHING = 99


def phase(key: dg.AssetKey) -> int:
    group = next(spec.group_name for spec in SPECS if spec.key == key) or ""
    found = re.match(r"phase_(\d)_", group)
    return int(found[1]) if found else PUBLISHING


def test_definitions_are_loadable() -> None:
    definitions = build_defs()
    dg.Definitions.validate_loadable(definitions)
    assert len(list(definitions.assets or [])) == len(ASSETS)


def test_loading_the_code_location_imports_no_heavy_library() -> None:
    script = (
        "import sys, flux_assets.definitions, flux_assets.cli\n"
        "print([m for m in ('torch', 'open_clip', 'lancedb', 'lightgbm') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_an_asset_explains_itself_in_the_ui(spec: dg.AssetSpec) -> None:
    assert spec.description
    assert spec.owners
    assert spec.kinds
    assert spec.code_version
    assert phase(spec.key)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key.to_user_string())
def test_edges_run_from_a_lower_phase_to_a_higher_or_equal_one(spec: dg.AssetSpec) -> None:
    assert all(phase(dep.asset_key) <= phase(spec.key) for dep in spec.deps)


def test_every_product_is_an_asset_with_the_shared_days_and_policy_and_checks() -> None:
    by_name = {asset.key.to_user_string(): asset for asset in ASSETS}
    checks = {
        (key.asset_key.to_user_string(), key.name)
        for check in build_defs().asset_checks or []
        for key in check.check_keys
    }
    for product in PRODUCTS:
        assert by_name[product.name].partitions_def == days
        assert by_name[product.name].backfill_policy == BACKFILL
        if product.name != "photo_index":
            assert (product.name, "rows_match_index") in checks


def test_writers_share_pools() -> None:
    pools = {asset.key.to_user_string(): asset.op.pool for asset in ASSETS if asset.op.pool}
    assert pools == {
        "embeddings": "lancedb_writer",
        "vector_index": "lancedb_writer",
        "photos": "duckdb_writer",
        "issue_drafts": "duckdb_writer",
        "coverage": "duckdb_writer",
    }


def test_every_column_of_every_table_says_what_it_holds() -> None:
    for product in PRODUCTS:
        for name, column in product.schema.columns().items():
            assert column.description, f"{product.name}.{name}"
