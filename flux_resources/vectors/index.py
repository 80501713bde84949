"""The index over the vectors: what lies near a query, without comparing all rows.

IVF_SQ: rows in partitions, a byte per number. With more probes it comes as close to exact search
as one likes, whatever the data; a graph (IVF_HNSW_SQ) takes ten times as long to build and loses
its way where vectors form no clusters.
"""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from flux_resources.vectors.rows import Vectors

_NAME = "vector_idx"
_NOTE = "flux.index"  # in the metadata of the column, so that it is part of each version
_ROWS_PER_PARTITION = 2_500


@dataclass(frozen=True)
class IndexState:
    """An index as it stands.

    Attributes:
        rows: rows when it was built.
        partitions: what its rows are divided into.
        probes: partitions to look into for a dozen hits.
        indexed: rows in it today.
        unindexed: rows that came since; searches compare each of them.
        segments: the index itself, and one for every refresh since.
    """

    rows: int
    partitions: int
    probes: int
    indexed: int
    unindexed: int
    segments: int


def index_state(table: Any) -> IndexState | None:
    """None where there is no index."""
    note = (table.schema.field("vector").metadata or {}).get(_NOTE.encode())
    found = [index for index in table.list_indices() if index.name == _NAME]
    if not found or note is None:
        return None
    return IndexState(
        **json.loads(note),
        indexed=found[0].num_indexed_rows,
        unindexed=found[0].num_unindexed_rows,
        segments=found[0].num_segments,
    )


def build_index(table: Any) -> None:
    """Index all rows anew; until probes are set, every partition is looked into."""
    from lancedb.index import BTree, IvfSq

    rows = table.count_rows()
    partitions = max(1, rows // _ROWS_PER_PARTITION)
    table.optimize()
    config = IvfSq(distance_type="l2", num_partitions=partitions)
    table.create_index("vector", config=config, name=_NAME)
    for column in ("photo_id", "day"):
        table.create_index(column, config=BTree())
    _note(table, {"rows": rows, "partitions": partitions, "probes": partitions})


def set_probes(table: Any, probes: int) -> None:
    state = index_state(table)
    if state is not None:
        _note(table, {"rows": state.rows, "partitions": state.partitions, "probes": probes})


def near(table: Any, vector: Vectors, count: int, probes: int) -> pa.Table:
    """`photo_id, vector` of about the `count` nearest rows, from so many partitions."""
    query = table.search(vector).distance_type("l2").nprobes(probes).limit(count)
    return query.select(["photo_id", "vector", "_distance"]).to_arrow()


def _note(table: Any, values: dict[str, int]) -> None:
    table.update_field_metadata({"path": "vector", "metadata": {_NOTE: json.dumps(values)}})
