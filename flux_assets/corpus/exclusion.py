"""Which files are photographs by name: endings and exclude patterns from the settings."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from flux_resources.settings_sections import ArchiveSettings


@dataclass(frozen=True)
class Exclusion:
    """Compiled `archive.endings` and `archive.exclude`."""

    endings: frozenset[str]
    patterns: Sequence[re.Pattern[str]]

    @classmethod
    def of(cls, settings: ArchiveSettings) -> "Exclusion":
        return cls(
            frozenset(ending.lower().lstrip(".") for ending in settings.endings),
            [re.compile(pattern, re.IGNORECASE) for pattern in settings.exclude],
        )

    def refuses(self, path: PurePath) -> str | None:
        """Why a file (path below its root) is left out; None if it is a photograph by name."""
        for pattern in self.patterns:
            if any(pattern.search(part) for part in path.parts):
                return f"excluded by the pattern {pattern.pattern!r}"
        if path.suffix.lower().lstrip(".") not in self.endings:
            return f"ending {path.suffix or '(none)'} is not in archive.endings"
        return None
