"""The shape that all day-partitioned photo tables share."""

from dataclasses import dataclass

import dataframely as dy


class PhotoTable(dy.Schema):
    """One row per photograph of the day's index."""

    photo_id = dy.String(primary_key=True, description="Canonical file name without its ending.")
    error = dy.String(nullable=True, description="Null, or `stage: message`.")
    fingerprint = dy.String(
        nullable=True,
        description="Digest of all the row was computed from; null means: try again.",
    )


class WaitingTable(PhotoTable):
    """A photo table whose gaps may close by themselves."""

    pending = dy.String(
        nullable=True, description="Why the value is not there yet; it is asked for again."
    )


@dataclass(frozen=True)
class Product:
    """A day-partitioned table: its name, its shape, and how a gap in it reads.

    A photograph has the product when `value` (a column) is not null; where it is null without an
    error, `gap` says why that is expected.
    """

    name: str
    schema: type[PhotoTable]
    value: str
    gap: str | None = None

    @property
    def waits(self) -> bool:
        """Whether a row can be pending: not failed, not done."""
        return issubclass(self.schema, WaitingTable)
