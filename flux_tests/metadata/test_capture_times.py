"""When a photograph was taken: signals, trust, and what a person says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis as h
import polars as pl
import pytest
from hypothesis import strategies as st

from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.capture_times import (
    capture_times_version,
    resolve,
    trust_distribution,
    verdicts,
)
from flux_assets.metadata.exif import read_exif
from flux_assets.metadata.folder_facts import folder_facts
from flux_resources.paths import Paths
from flux_resources.settings import Settings
from flux_resources.settings_sections import CaptureTimeSettings
from flux_tests.metadata.capture_rows import (
    COPIED,
    DAY,
    NOW,
    ROME,
    SHOT,
    Row,
    candidate,
    frame,
    one,
    resolved,
    session,
    table,
)

AT_THE_SHUTTER = SHOT.replace(tzinfo=UTC)


def test_datetimeoriginal_alone_is_enough() -> None:
    row = one(captured_at=SHOT)

    assert (row["resolved_at"], row["trust"]) == (SHOT, 0.6)
    assert (row["signals_used"], row["flags"]) == (["exif_original"], [])


@pytest.mark.parametrize(
    ("known", "trust", "signal"),
    [
        ({"digitized_at": SHOT}, 0.8, "exif_other"),
        ({"modified_at": SHOT + timedelta(hours=2)}, 0.8, "exif_other"),
        ({"modified_at": SHOT + timedelta(days=90)}, 0.6, None),
        ({"file_modified_at": AT_THE_SHUTTER + timedelta(hours=23)}, 0.8, "file_time"),
        ({"file_modified_at": AT_THE_SHUTTER - timedelta(hours=25)}, 0.6, None),
        ({"source_path": "2022/Rome/R0001234.JPG"}, 0.8, "path"),
        ({"source_path": "2022/2022-02/R0001234.JPG"}, 0.6, None),
        ({"source_path": "x/IMG_20220115_132245.jpg"}, 0.8, "path"),
        ({"source_path": "x/PXL_20220115_122244123.jpg"}, 0.8, "path"),
    ],
)
def test_a_signal_counts_when_it_agrees(known: Row, trust: float, signal: str | None) -> None:
    row = one(captured_at=SHOT, **known)

    assert row["trust"] == pytest.approx(trust)
    assert row["signals_used"][1:] == ([signal] if signal else [])
    assert row["resolved_at"] == SHOT


def test_create_and_modify_date_are_one_signal() -> None:
    assert one(captured_at=SHOT, digitized_at=SHOT, modified_at=SHOT)["trust"] == 0.8


def test_trust_is_at_most_one() -> None:
    rows = session(2, folder=f"x/{DAY}", digitized_at=SHOT, file_modified_at=AT_THE_SHUTTER)

    row = resolved(*rows)[0]

    assert (row["trust"], len(row["signals_used"])) == (1.0, 5)


def test_every_candidate_is_kept_with_the_reason_it_was_not_believed() -> None:
    row = one(
        source_path="2021/R0001234.JPG",
        captured_at=SHOT,
        digitized_at=datetime(2216, 1, 1),
        modified_at=datetime(2000, 1, 1),
    )

    assert [(item["source"], item["agrees"], item["note"]) for item in row["candidates"]] == [
        ("exif_original", True, None),
        ("exif_digitized", False, "in the future"),
        ("exif_modified", False, "a clock that was never set"),
        ("path", False, None),
        ("file_time", False, None),
    ]
    assert candidate(row, "path")["says"] == "2021"
    assert "path-disagrees" in row["flags"]


def test_the_canonical_name_and_day_folder_prove_nothing() -> None:
    name = "2022-01-15_13-22-44_DanteSisofo_R0001234.JPG"
    tree = f"2022/2022-01/2022-01-15/{name}"

    in_place = one(captured_at=SHOT, source_path=None, path=f"FLUX_ARCHIVE/ORIGINALS/{tree}")
    again = one(captured_at=SHOT, source_path=f"FLUX_INBOX/{tree}")
    elsewhere = one(captured_at=SHOT, source_path=None, path=f"/mnt/disk/Rome 2022/{name}")

    assert [row["signals_used"] for row in (in_place, again)] == [["exif_original"]] * 2
    assert elsewhere["signals_used"] == ["exif_original", "path"]


@pytest.mark.parametrize(
    "camera", [datetime(2000, 1, 1, 0, 3), datetime(1980, 1, 1), datetime(1970, 1, 1)]
)
def test_a_clock_that_was_never_set_gets_no_trust(camera: datetime) -> None:
    row = one(captured_at=camera, digitized_at=camera, file_modified_at=camera.replace(tzinfo=UTC))

    assert (row["trust"], row["signals_used"]) == (0, [])
    assert {"date-uncertain", "default-clock"} <= set(row["flags"])


def test_the_epoch_of_a_camera_is_no_time() -> None:
    epoch = datetime(2021, 1, 1)
    known: Row = {"captured_at": epoch, "camera_model": "GR IIIx"}

    plain = one(**known)
    named = resolved(frame(**known), camera_epochs={"gr iiix": epoch.date()})[0]

    assert plain["flags"] == []
    assert named["flags"] == ["date-uncertain", "default-clock"]
    assert named["trust"] < 0.5


def test_new_year_among_later_numbers_is_a_clock_that_fell_back() -> None:
    rows = session(4)
    rows[2]["captured_at"] = datetime(2018, 1, 1, 0, 0, 10)

    fallen = resolved(*rows)[2]

    assert {"default-clock", "outlier", "date-uncertain"} <= set(fallen["flags"])
    assert fallen["trust"] < 0.5


def test_a_real_new_year_is_believed() -> None:
    rows = session(4, captured_at=datetime(2022, 1, 1, 0, 5))

    assert all(row["flags"] == [] for row in resolved(*rows))


def test_a_new_year_after_a_counter_that_was_reset_is_believed() -> None:
    december = session(4, first=500, captured_at=datetime(2021, 12, 28))
    january = session(2, first=1, captured_at=datetime(2022, 1, 1, 0, 5))

    assert all(row["flags"] == [] for row in resolved(*december, *january))


def test_an_edit_does_not_set_a_clock_that_was_never_set() -> None:
    fix = datetime(2022, 1, 15, 12, tzinfo=UTC)
    row = one(captured_at=datetime(2000, 1, 1), modified_at=NOW, gps_at=fix, **ROME)

    assert row["resolved_at"] == datetime(2022, 1, 15, 13)


def test_a_clock_never_set_yields_to_the_folder_and_keeps_its_order() -> None:
    first, second = (
        frame(f"2022-01-15 Rome/R000000{n}.JPG", captured_at=datetime(2000, 1, 1, 0, n))
        for n in (1, 2)
    )

    rows = resolved(first, second)

    assert [row["resolved_at"] for row in rows] == [
        datetime(2022, 1, 15, 0, 1),
        datetime(2022, 1, 15, 0, 2),
    ]
    assert {"date-uncertain", "default-clock", "day-only"} <= set(rows[0]["flags"])


@pytest.mark.parametrize("camera", [datetime(1989, 12, 31), NOW + timedelta(days=3)])
def test_impossible_times_are_refused(camera: datetime) -> None:
    row = one(captured_at=camera)

    assert row["resolved_at"] == COPIED.replace(tzinfo=None)
    assert row["flags"] == ["date-uncertain", "impossible-clock"]


def test_tomorrow_is_possible() -> None:
    assert one(captured_at=NOW + timedelta(days=1))["trust"] == 0.6


def test_a_scan_takes_the_date_of_its_folder_over_the_day_it_was_scanned() -> None:
    scanned = datetime(2023, 5, 1, 10)
    row = one(
        source_path="Scans/1985/Sicily 03.tif",
        digitized_at=scanned,
        modified_at=scanned,
        file_modified_at=scanned.replace(tzinfo=UTC),
    )

    assert row["resolved_at"] == datetime(1985, 1, 1)
    assert {"date-uncertain", "year-only"} <= set(row["flags"])
    assert candidate(row, "exif_digitized")["at"] == scanned


def test_a_scan_that_was_dated_by_hand_keeps_that_date_within_its_folder() -> None:
    row = one(source_path="Scans/1985/a.tif", captured_at=datetime(1985, 7, 2))

    assert (row["resolved_at"], row["signals_used"]) == (datetime(1985, 7, 2), ["path"])


def test_whatsapp_names_give_the_day_and_the_file_time_the_hour() -> None:
    saved = datetime(2023, 1, 15, 18, 30, tzinfo=UTC)

    row = one(source_path="WhatsApp/IMG-20230115-WA0003.jpg", file_modified_at=saved)
    alone = one(source_path="WhatsApp/IMG-20230115-WA0003.jpg")

    assert (row["resolved_at"], row["trust"]) == (saved.replace(tzinfo=None), 0.4)
    assert (alone["resolved_at"], alone["trust"]) == (datetime(2023, 1, 15), 0.2)
    assert "date-uncertain" in row["flags"]


def test_a_whatsapp_name_of_a_later_day_does_not_outweigh_exif() -> None:
    row = one(captured_at=SHOT, source_path="x/IMG-20230115-WA0003.jpg")

    assert (row["resolved_at"], row["trust"]) == (SHOT, 0.6)
    assert "path-disagrees" in row["flags"]


def test_a_file_without_any_date_keeps_its_file_time() -> None:
    row = one()

    assert (row["resolved_at"], row["trust"]) == (COPIED.replace(tzinfo=None), 0.2)
    assert row["flags"] == ["date-uncertain"]


def test_a_file_time_without_a_zone_is_read_as_intake_read_it() -> None:
    row = resolved(frame(), computer="Asia/Tokyo")[0]

    assert row["resolved_at"] == COPIED.replace(tzinfo=None) + timedelta(hours=9)
    assert row["resolved_at_utc"] is None


def test_every_computer_reads_a_file_time_in_the_zone_of_the_archive() -> None:
    there, here = (
        resolved(frame(), archive="Asia/Tokyo", computer=zone)[0] for zone in ("UTC", "Europe/Rome")
    )

    assert there["resolved_at"] == COPIED.replace(tzinfo=None) + timedelta(hours=9)
    assert here == there


def test_the_zone_of_the_place_comes_before_that_of_the_archive() -> None:
    row = resolved(frame(**ROME), archive="Asia/Tokyo")[0]

    assert row["resolved_at"] == COPIED.replace(tzinfo=None) + timedelta(hours=2)


def test_satellites_date_a_frame_of_a_clock_that_was_never_set() -> None:
    row = one(
        captured_at=datetime(2000, 1, 1), gps_at=datetime(2022, 1, 15, 12, tzinfo=UTC), **ROME
    )

    assert row["resolved_at"] == datetime(2022, 1, 15, 13)
    assert row["resolved_at_utc"] == datetime(2022, 1, 15, 12, tzinfo=UTC)
    assert "default-clock" in row["flags"]


def test_weights_and_threshold_are_settings() -> None:
    row = resolved(frame(captured_at=SHOT), weights={"exif_original": 0.4}, threshold=0.3)[0]

    assert (row["trust"], row["flags"]) == (0.4, [])


def test_the_word_of_a_person_outranks_everything_and_the_others_stay_listed() -> None:
    row = one(captured_at=SHOT, time='{"at": "2021-12-24T18:00:00"}')

    assert (row["resolved_at"], row["trust"]) == (datetime(2021, 12, 24, 18), 1.0)
    assert (row["signals_used"], row["flags"]) == (["manual"], ["manual"])
    assert candidate(row, "exif_original")["at"] == SHOT


def test_a_shift_is_relative_to_what_the_camera_wrote() -> None:
    rows = session(3, gps_behind=timedelta(hours=2), time='{"shift_seconds": -60}', **ROME)

    assert resolved(*rows)[0]["resolved_at"] == SHOT - timedelta(minutes=1)


def test_a_shift_corrects_a_clock_that_was_never_set() -> None:
    row = one(captured_at=datetime(2000, 1, 1, 0, 3), time='{"shift_seconds": 86400}')

    assert (row["resolved_at"], row["trust"]) == (datetime(2000, 1, 2, 0, 3), 1.0)


def test_a_zone_said_by_a_person_gives_utc_and_leaves_the_time() -> None:
    rows = [one(captured_at=SHOT, offset_time="+01:00", zone=said, **ROME) for said in SAID_TOKYO]

    for row in rows:
        assert row["resolved_at"] == SHOT
        assert (row["utc_offset_minutes"], row["zone_source"]) == (540, "manual")
        assert (row["trust"], row["flags"]) == (0.6, ["manual"])


SAID_TOKYO = ('{"zone": "Asia/Tokyo"}', '{"offset": "+09:00"}')


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "[]",
        '{"at": "yesterday"}',
        '{"at": "2022-01-15T13:22:44+01:00"}',
        '{"at": 5}',
        '{"shift_seconds": "x"}',
        '{"shift_seconds": 1e300}',
        '{"hours": 1}',
    ],
)
def test_a_decision_that_is_not_understood_is_an_error_row(said: str) -> None:
    row = one(captured_at=SHOT, time=said)

    assert row["resolved_at"] == SHOT
    assert row["error"].startswith("capture_times: the time ")
    assert "flux set" in row["error"]


@pytest.mark.parametrize("said", ['{"zone": "Mars"}', '{"offset": "+99:00"}', '{"zone": null}'])
def test_a_zone_that_does_not_exist_is_an_error_row(said: str) -> None:
    row = one(captured_at=SHOT, zone=said)

    assert row["error"].startswith("capture_times: the zone ")


def test_subseconds_are_kept_and_frames_of_one_moment_keep_their_order() -> None:
    late, early = (SHOT + timedelta(milliseconds=part) for part in (500, 250))
    rows = resolved(*(frame(captured_at=at) for at in (late, early, early)))

    ordered = sorted(rows, key=lambda row: (row["resolved_at"], row["photo_id"]))
    assert [row["photo_id"] for row in ordered] == ["p001", "p002", "p000"]


def test_a_day_without_photographs_has_no_rows() -> None:
    assert resolved() == []


def test_real_files_of_many_makers_are_resolved(real_photographs: Path) -> None:
    folders = (real_photographs / name for name in ("piexif-tests", "exiftool-t-images"))
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    index = pl.DataFrame({"photo_id": map(str, range(len(files))), "path": map(str, files)})
    paths = Paths.of(real_photographs, Settings())
    written = read_exif(index, paths=paths, workers=2).drop("error", "retry").to_dicts()
    wanted = set(table([]).columns)
    rows = [
        frame(None, path=str(file)) | {name: row[name] for name in wanted & row.keys()}
        for file, row in zip(files, written, strict=True)
    ]

    found = {row["photo_id"]: row for row in resolved(*rows)}

    for row in written:
        known, resolved_row = row["captured_at"], found[row["photo_id"]]
        if known is not None and known.year >= 1990 and "outlier" not in resolved_row["flags"]:
            assert resolved_row["resolved_at"] == known
            assert resolved_row["trust"] >= 0.6


_TIMES = st.none() | st.sampled_from(
    [SHOT, datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59), datetime(2000, 1, 1), NOW]
)
_ROWS = st.fixed_dictionaries(
    {
        "source_path": st.none() | st.text() | st.sampled_from(["2022/x.JPG", "2000-01-01/R1.jpg"]),
        **dict.fromkeys(("captured_at", "digitized_at", "modified_at"), _TIMES),
        "gps_at": _TIMES.map(lambda at: at and at.replace(tzinfo=UTC)),
        "file_modified_at": st.sampled_from([COPIED, datetime(9999, 12, 31, 23, tzinfo=UTC)]),
        "offset_time": st.none() | st.sampled_from(["+01:00", "+99:00", "x"]),
        "time_zone": st.none() | st.sampled_from(["Europe/Rome", "Nowhere"]),
        "serial": st.none() | st.sampled_from("AB"),
        "file_number": st.none() | st.integers(0, 2**62),
        "lat": st.none() | st.floats(-90, 90),
        "lon": st.none() | st.floats(-180, 180),
        "time": st.none() | st.text(max_size=5),
        "zone": st.none() | st.text(max_size=5),
    }
)


@h.settings(max_examples=40)
@h.given(st.lists(_ROWS, max_size=6))
def test_whatever_files_say_every_photograph_has_a_time(rows: list[Row]) -> None:
    found = resolved(*(frame(**row) for row in rows))

    assert len(found) == len(rows)
    assert all(row["resolved_at"] is not None and row["candidates"] for row in found)


def test_a_verdict_changes_with_what_it_says_and_not_with_the_folder() -> None:
    before = _verdicts(session(3))
    joined = _verdicts([*session(3), *session(1, first=9, captured_at=SHOT + timedelta(hours=5))])
    said = _verdicts(session(3, time='{"shift_seconds": 1}'))

    assert before[:2] == joined[:2]
    assert before[2] != joined[2]  # it has a neighbour now
    assert not set(before) & set(said)


def _verdicts(rows: list[Row]) -> list[str]:
    rules = TimeRules.of(Settings(), NOW)
    photographs = table(rows)
    log = pl.LazyFrame(schema={"sha256": pl.String, "action": pl.String, "at": pl.String})
    scanned = photographs.lazy()
    facts = folder_facts(scanned, scanned, log, days=[DAY], rules=rules)
    return verdicts(resolve(photographs, facts, rules=rules))["verdict"].to_list()


def test_the_version_tells_settings_apart_and_not_the_hour() -> None:
    plain, later = (TimeRules.of(Settings(), now) for now in (NOW, NOW + timedelta(hours=1)))
    other = TimeRules.of(Settings(capture_times=CaptureTimeSettings(threshold=0.4)), NOW)

    assert capture_times_version(plain) == capture_times_version(later)
    assert capture_times_version(plain) != capture_times_version(other)


def test_a_day_is_summed_up_by_trust() -> None:
    rows = resolved(frame(captured_at=SHOT), frame("x/a.jpg"), frame(time='{"at": "2022-01-15"}'))

    assert trust_distribution(pl.DataFrame(rows)) == {
        "trust_high": 1,
        "trust_fair": 1,
        "trust_low": 1,
        "date_uncertain": 1,
        "drift_corrected": 0,
        "manual": 1,
        "without_zone": 3,
    }
