"""A contact sheet that shows the structure of an answer."""

from pathlib import Path

from PIL import Image

from flux_assets.console import sheet_cells
from flux_assets.search.answering import Answer
from flux_assets.search.answers.sheets import echoes_sheet, evolution_sheet, motifs_sheet
from flux_assets.search.archive import Archive
from flux_assets.search.contact_sheet import contact_sheet
from flux_assets.search.language.plan import Shape


def draw_answer(answer: Answer, archive: Archive, title: str) -> Image.Image:
    """Pairs for echoes, a row for each motif, a time line for an evolution, else a grid."""
    rows, thumb = answer.rows, archive.paths.thumb
    if answer.plan.shape is Shape.ECHOES:
        return echoes_sheet(rows, archive.photos(), thumb, title)
    if answer.plan.shape is Shape.MOTIFS:
        return motifs_sheet(rows, thumb, title)
    if answer.plan.shape is Shape.EVOLUTION:
        return evolution_sheet(rows, answer.periods, thumb, title)
    return contact_sheet(sheet_cells(rows), title)


def write_answer(answer: Answer, archive: Archive, title: str, file: Path) -> None:
    """The sheet of an answer, as JPEG."""
    draw_answer(answer, archive, title).save(file, "JPEG", quality=90)
