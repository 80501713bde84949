"""Rows of an answer that Jupyter shows as pictures."""

import io
from base64 import b64encode
from collections.abc import Callable
from html import escape

import polars as pl
from PIL import Image


class PictureFrame(pl.DataFrame):
    """A frame like any other, shown as a contact sheet with the table folded below it.

    What is selected or filtered from it is shown as a table.
    """

    _draw: Callable[[], Image.Image] | None = None  # Polars makes frames without a call of __init__
    _title = ""

    def __init__(self, rows: pl.DataFrame, draw: Callable[[], Image.Image], title: str) -> None:
        """`draw` makes the contact sheet; it is called when there is something to show."""
        super().__init__(rows)
        self._draw = draw
        self._title = title

    def _repr_html_(self, **kwargs: bool) -> str:
        table: str = super()._repr_html_(**kwargs)
        if self._draw is None or self.is_empty():
            return table
        jpeg = io.BytesIO()
        self._draw().save(jpeg, "JPEG", quality=85)
        source = f"data:image/jpeg;base64,{b64encode(jpeg.getvalue()).decode()}"
        return (
            f'<img src="{source}" alt="{escape(self._title)}" style="max-width: 100%">'
            f"<details><summary>table</summary>{table}</details>"
        )
