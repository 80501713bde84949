"""Pictures of photographs by photo_id: no part of a request is ever part of a path."""

from pathlib import Path
from typing import Literal

from flux_assets.search.archive import Archive, NotFound

Kind = Literal["thumb", "proxy"]


def picture_file(archive: Archive, photo_id: str, kind: Kind) -> Path:
    """The thumbnail or the working copy that `photos` names.

    Raises:
        NotBuilt: no photographs are published.
        NotFound: there is no such photograph, or it has no such picture.
    """
    paths = archive.paths
    with archive.catalogue() as catalogue:
        photo = catalogue.photo(photo_id)
    stored = photo and photo[f"{kind}_path"]
    folder = paths.thumbs if kind == "thumb" else paths.proxies
    if stored:
        file = paths.absolute(stored).resolve()
        if file.is_relative_to(folder.resolve()) and file.is_file():
            return file
    raise NotFound(f"there is no {kind} of {photo_id}")
