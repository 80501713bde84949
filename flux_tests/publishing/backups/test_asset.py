"""The asset `backups` makes a backup, and reports what it cost."""

import dagster as dg

from flux_assets.publishing.backups.assets import backups
from flux_assets.publishing.backups.shelf import Shelf
from flux_assets.publishing.backups.verify import verify_backup
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource


def test_materializing_it_makes_a_backup_that_is_whole(filled: DataRoot, shelf: Shelf) -> None:
    resources = {"archive": ArchiveResource(root=str(filled.paths.root))}

    result = dg.materialize([backups], resources=resources)

    (event,) = result.asset_materializations_for_node("backups")
    backup = shelf.read(None)
    assert event.metadata["name"].value == backup.name
    assert event.metadata["new_bytes"].value == backup.new_bytes > 0
    assert verify_backup(shelf, backup).whole
