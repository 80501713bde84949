"""The zone of an archive: its IANA name, and the one of this computer."""

import os
from contextlib import suppress
from zoneinfo import ZoneInfo


def time_zone_name(name: object) -> str:
    """The name itself.

    Raises:
        ValueError: there is no such zone.
    """
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("must be an IANA name, as Europe/Rome, or null") from error


def time_zone_here() -> str | None:
    """The name of this computer's zone; None where its zone is set without a name."""
    told = os.environ.get("TZ", "/etc/localtime").removeprefix(":")
    name = os.path.realpath(told).rpartition("zoneinfo/")[2] if told.startswith("/") else told
    with suppress(ValueError):
        return time_zone_name(name)
    return None
