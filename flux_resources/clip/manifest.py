"""The checksums beside a bundled model: are these the files that were shipped?"""

from pathlib import Path

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.files import sha256_of

MANIFEST = "SHA256SUMS"
_RESTORE = (
    "Restore the folder with `git checkout -- {folder}` in a checkout, or reinstall FLUX "
    "(`pip install --force-reinstall flux-archive`)."
)


def verified_digests(folder: Path) -> dict[str, str]:
    """Digest by file name, as listed and as found in `folder`.

    Raises ModelUnavailable at the first file that is missing or differs.
    """
    try:
        listed = read_manifest(folder)
    except (OSError, ValueError) as error:
        raise ModelUnavailable(
            f"The checksums of the bundled model cannot be read from {folder / MANIFEST}: {error}. "
            + _RESTORE.format(folder=folder)
        ) from error
    for name, expected in listed.items():
        path = folder / name
        if not path.is_file():
            raise ModelUnavailable(
                f"The bundled model lacks {path}. " + _RESTORE.format(folder=folder)
            )
        found = sha256_of(path)
        if found != expected:
            raise ModelUnavailable(
                f"{path} ({path.stat().st_size:,} bytes) is not the file that was shipped: its "
                f"sha256 is {found}, expected {expected}; it is truncated or was altered. "
                + _RESTORE.format(folder=folder)
            )
    return listed


def read_manifest(folder: Path) -> dict[str, str]:
    """Name to hex digest, from lines as `sha256sum` writes them."""
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    pairs = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    if not pairs:
        raise ValueError("no file is listed")
    return {name: digest for digest, name in pairs}


def write_manifest(folder: Path, names: list[str]) -> None:
    """List the present content of `names`."""
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in sorted(names)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8")
