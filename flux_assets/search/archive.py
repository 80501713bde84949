"""The read side: ask an archive by words, by pictures, by facts.

>>> from flux_assets.search import Archive
>>> Archive("data/demo").search("a cat asleep", year=2023, city="Rome")  # doctest: +SKIP
"""

from functools import cached_property
from pathlib import Path
from typing import Unpack

import polars as pl

from flux_assets.publishing.photos import read_photos
from flux_assets.search.filters import Filters, where
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.settings import data_root
from flux_resources.vectors import Vectors, VectorStore, active_vectors

_SHOWN = (
    "photo_id, path, captured_at, location_city, location_country, tags, thumb_path, proxy_path"
)

# Of one shutter press the JPEG speaks for the RAW file too, unless it is missing or has failed.
_SPEAKS = (
    "(pair_id IS NULL OR format = 'JPEG' OR pair_id NOT IN (SELECT pair_id FROM photos"
    " WHERE pair_id IS NOT NULL AND format = 'JPEG' AND embedding_id IS NOT NULL))"
)
_FEW = 2_000  # photographs that are compared one by one rather than searched for


class NotBuilt(FluxError):
    """The archive has nothing to search yet; the message says what to run."""


class NotFound(FluxError):
    """No such photograph in the archive."""


class Archive:
    """One archive, opened read-only. The model is loaded by the first search that needs it."""

    def __init__(self, root: str | Path | None = None) -> None:
        """Open `root`; None means `$FLUX_ROOT`, else `./data`."""
        self._archive = DataRoot.open(Path(root) if root else data_root())
        self.paths = self._archive.paths

    def photos(self) -> pl.DataFrame:
        """The whole `photos` table."""
        return self._query("SELECT * FROM photos")

    def search(self, text: str, *, limit: int = 12, **filters: Unpack[Filters]) -> pl.DataFrame:
        """Photographs that look like `text` describes, best first.

        Returns:
            `photo_id, score, path, captured_at, location_city, location_country, tags,
            thumb_path, proxy_path`; score is the cosine of text and picture, paths are absolute.

        Raises:
            NotBuilt: no photographs are published, or none has a vector of the active model.
            flux_resources.clip.errors.ModelUnavailable: the model's weights are not to be had.
        """
        self._require_built(filters)
        return self._nearest(self.embedder.encode_texts([text])[0], limit, filters)

    def similar(
        self, photo: str | Path, *, limit: int = 12, **filters: Unpack[Filters]
    ) -> pl.DataFrame:
        """Photographs that look like one of the archive (`photo_id`) or like a picture file.

        Returns the columns of `search`; the photograph itself is left out, and what was taken with
        it in one shutter press.

        Raises:
            NotBuilt: as for `search`.
            NotFound: neither a photograph with a vector nor a readable picture.
        """
        self._require_built(filters)
        vector = self._store.vector_of(str(photo))
        if vector is not None:
            found = self._nearest(vector, limit + 1, filters)
            return found.filter(~pl.col("photo_id").is_in(self._press(str(photo)))).head(limit)
        if self._query("SELECT 1 FROM photos WHERE photo_id = ?", [str(photo)]).height:
            raise NotFound(f"{photo} has no vector of the active model; see: flux status")
        return self._nearest(self._vector_of_file(Path(photo)), limit, filters)

    @cached_property
    def embedder(self) -> Embedder:
        """The active model, loaded once."""
        return load_embedder(self._archive.settings.vision)

    @cached_property
    def _store(self) -> VectorStore:
        return active_vectors(self._archive)

    def _press(self, photo_id: str) -> list[str]:
        """The photograph and what shares its shutter press."""
        same = "SELECT pair_id FROM photos WHERE photo_id = ?"
        pair = self._query(f"SELECT photo_id FROM photos WHERE pair_id = ({same})", [photo_id])
        return [photo_id, *pair["photo_id"]]

    def _vector_of_file(self, file: Path) -> Vectors:
        if not file.is_file():
            raise NotFound(f"{file} is neither a photo_id of this archive nor a picture file")
        encoded = self.embedder.encode_images([file])
        if encoded.errors[0]:
            raise NotFound(f"{file} cannot be read as a picture: {encoded.errors[0]}")
        vector: Vectors = encoded.vectors[0]
        return vector

    def _nearest(self, vector: Vectors, limit: int, filters: Filters) -> pl.DataFrame:
        """The best `limit` photographs that pass the filters.

        What `photos` says today decides. When few photographs pass, only these are compared;
        otherwise vectors are asked for in growing numbers until enough of them pass.
        """
        asked_for, values = where(filters)
        condition = f"{asked_for} AND {_SPEAKS}"
        passing = f"FROM photos WHERE embedding_id IS NOT NULL AND {condition}"
        count = int(self._query(f"SELECT count(*) AS n {passing}", values)["n"].item())
        among = None
        if count <= _FEW:
            among = self._query(f"SELECT photo_id {passing}", values)["photo_id"].to_list()
        total = self._store.count()
        asked = limit * total // max(count, 1) + limit
        while True:
            near = self._store.nearest(vector, min(asked, total), among)
            ids = [near["photo_id"].to_list(), *values]
            details = f"SELECT {_SHOWN} FROM photos WHERE photo_id IN (SELECT unnest(?))"
            known = self._query(f"{details} AND {condition}", ids)
            found = near.join(known, on="photo_id", how="inner", maintain_order="left")
            if found.height >= min(limit, count) or asked >= total:
                return self._present(found.head(limit))
            asked *= 4

    def _present(self, found: pl.DataFrame) -> pl.DataFrame:
        return found.with_columns(
            *(self._absolute(name) for name in ("path", "thumb_path", "proxy_path")),
            pl.col("tags").str.json_decode(pl.List(pl.String)),
        )

    def _absolute(self, column: str) -> pl.Expr:
        stored = pl.col(column)
        below_root = pl.concat_str(pl.lit(f"{self.paths.root}/"), stored)
        return pl.when(stored.str.starts_with("/")).then(stored).otherwise(below_root).alias(column)

    def _query(self, query: str, values: list[object] | None = None) -> pl.DataFrame:
        if not self.paths.duckdb.exists():
            raise NotBuilt(f"{self.paths.root} has no photographs yet; run: flux materialize")
        return read_photos(self.paths, query, values)

    def _require_built(self, filters: Filters) -> None:
        known = "SELECT count(*) AS n FROM photos WHERE keeper = 1"
        if filters.get("keeper") is not None and not self._query(known)["n"].item():
            raise NotBuilt("no photograph is a keeper yet; see: flux keepers report")
        if not self._store.count():
            raise NotBuilt(
                f"no photograph has a vector of the model {self._store.table_name}; "
                "run: flux materialize"
            )
