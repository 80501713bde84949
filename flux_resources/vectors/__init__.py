from flux_resources.vectors.index import IndexState
from flux_resources.vectors.rows import Vectors, as_matrix
from flux_resources.vectors.store import VectorStore, active_vectors

__all__ = ["IndexState", "VectorStore", "Vectors", "active_vectors", "as_matrix"]
