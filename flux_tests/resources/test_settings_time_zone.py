"""The zone of the computer, as `flux init` writes it."""

import pytest

from flux_resources.settings_time_zone import time_zone_here


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Europe/Rome", "Europe/Rome"),
        (":Europe/Rome", "Europe/Rome"),
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("CET-1CEST", None),
        ("/nowhere", None),
        ("", None),
    ],
)
def test_a_zone_is_known_by_its_name_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, told: str, name: str | None
) -> None:
    monkeypatch.setenv("TZ", told)

    assert time_zone_here() == name
