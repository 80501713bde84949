"""flux.yaml: every mistake is named with its key and its file."""

from importlib import resources
from pathlib import Path

import pytest
import yaml

from flux_resources.paths import Paths
from flux_resources.settings import Settings, SettingsError, data_root, load_settings


def _load(root: Path, text: str) -> Settings:
    root.mkdir(exist_ok=True)
    (root / "flux.yaml").write_text(text)
    return load_settings(root)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("archve: {}", "archve", "unknown key"),
        ("archive: {begin: 2022-01-01}", "archive.begin", "unknown key"),
        ("imaging: {proxy_pixels: large}", "imaging.proxy_pixels", "'large'"),
        ("imaging: {proxy_pixels: 12}", "imaging.proxy_pixels", "greater than or equal to 256"),
        ("imaging: 5", "imaging", "given: 5"),
        ("archive: {start: yesterday}", "archive.start", "'yesterday'"),
        ("archive: {exclude: ['(']}", "archive.exclude.0", "is no regular expression"),
        ("archive: {roots: [photos]}", "archive.roots.0", "must be an absolute path"),
        ("archive: {start: 2023-01-01, end: 2022-01-01}", "archive", "lies before start"),
        ("archive: {time_zone: Mars/Olympus}", "archive.time_zone", "as Europe/Rome"),
        ("archive: {time_zone: America}", "archive.time_zone", "'America'"),
        ("archive: {time_zone: +09:00}", "archive.time_zone", "must be an IANA name"),
        ("intake: {photographer: 'A/B'}", "intake.photographer", "'A/B'"),
        ("intake: {settle_seconds: -1}", "intake.settle_seconds", "-1"),
        ("vision: {device: gpu}", "vision.device", "'cpu'"),
        ("storage: {ledger: ./here}", "storage.ledger", "must be an absolute path"),
        ("- a list", "(top level)", "a list"),
    ],
)
def test_a_mistake_is_named_with_key_and_file(
    tmp_path: Path, text: str, key: str, words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, text)

    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'flux.yaml'} has 1 mistake(s):\n  {key}: ")
    assert words in message


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"2 mistake\(s\)(?s:.*)archive\.x(?s:.*)vision\.y"):
        _load(tmp_path, "archive: {x: 1}\nvision: {y: 2}")


@pytest.mark.parametrize("text", ["a: [", "\t: x", "a: b: c"])
def test_a_file_that_is_no_yaml_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"flux\.yaml is not valid YAML"):
        _load(tmp_path, text)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "flux.yaml").write_bytes(b"archive: \xff\xfe")

    with pytest.raises(SettingsError, match=r"flux\.yaml is not valid YAML"):
        load_settings(tmp_path)


@pytest.mark.parametrize("below", ["", "inside", ".."])
def test_a_root_that_overlaps_the_data_root_is_refused(tmp_path: Path, below: str) -> None:
    root = tmp_path / "data"

    with pytest.raises(SettingsError, match=r"flux\.yaml(?s:.*)archive\.roots\.0: .* overlaps"):
        _load(root, f"archive: {{roots: [{root / below}]}}")


def test_an_overlap_through_a_link_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    (tmp_path / "alias").symlink_to(root)

    with pytest.raises(SettingsError, match="overlaps"):
        _load(root, f"archive: {{roots: [{tmp_path / 'alias' / 'FLUX_ARCHIVE'}]}}")


def test_a_root_inside_another_root_is_refused(tmp_path: Path) -> None:
    disk = tmp_path / "disk"

    with pytest.raises(SettingsError, match=r"archive\.roots\.1: .* overlaps archive\.roots\.0"):
        _load(tmp_path / "data", f"archive: {{roots: [{disk}, {disk / '2022'}]}}")


def test_a_root_that_holds_a_linked_folder_of_the_archive_is_refused(tmp_path: Path) -> None:
    root, disk = tmp_path / "data", tmp_path / "disk"
    (disk / "drop").mkdir(parents=True)
    root.mkdir()
    (root / "FLUX_INBOX").symlink_to(disk / "drop")

    with pytest.raises(SettingsError, match=r"overlaps the data root .*FLUX_INBOX"):
        _load(root, f"archive: {{roots: [{disk}]}}")


def test_a_root_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(SettingsError, match=r"archive\.roots\.0: is a file, not a folder"):
        _load(tmp_path / "data", f"archive: {{roots: [{tmp_path / 'file'}]}}")


@pytest.mark.parametrize("text", ["", "# nothing\n", "archive:\nimaging:\n  # workers: 8\n"])
def test_what_is_left_out_is_the_default(tmp_path: Path, text: str) -> None:
    assert _load(tmp_path, text) == Settings()


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_the_template_says_the_defaults_and_every_key(tmp_path: Path) -> None:
    template = resources.files("flux_resources").joinpath("settings_template.yaml").read_text()

    assert _load(tmp_path, template) == Settings()
    written = yaml.safe_load(template.replace("# workers", "workers"))
    known = Settings().model_dump()
    assert {name: set(section) for name, section in written.items()} == {
        name: set(section) for name, section in known.items()
    }


def test_stores_can_lie_outside_the_data_root(tmp_path: Path) -> None:
    root, local = tmp_path / "data", tmp_path / "local"

    paths = Paths.of(root, _load(root, f"storage: {{ledger: {local}, vectors: {local}/v}}"))

    assert paths.ledger == local / "ledger.sqlite"
    assert paths.locks == local / "locks"
    assert paths.vectors == local / "v"
    assert paths.dagster == root / "FLUX_METADATA" / "dagster"


def test_paths_are_stored_relative_inside_the_root_and_absolute_outside(tmp_path: Path) -> None:
    paths = Paths.of(tmp_path / "data", Settings())

    for path, stored in (
        (paths.original_day("2022-01-15"), "FLUX_ARCHIVE/ORIGINALS/2022/2022-01/2022-01-15"),
        (tmp_path / "disk" / "a.jpg", str(tmp_path / "disk" / "a.jpg")),
    ):
        assert paths.relative(path) == stored
        assert paths.absolute(stored) == path


def test_the_data_root_is_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUX_ROOT", str(tmp_path / "x"))
    assert data_root() == tmp_path / "x"

    monkeypatch.setenv("FLUX_ROOT", "")
    monkeypatch.chdir(tmp_path)
    assert data_root() == tmp_path / "data"


def test_a_day_lies_in_the_archive_from_start_to_end() -> None:
    archive = Settings.model_validate({"archive": {"end": "2022-12-31"}}).archive

    days = ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01")
    assert [archive.spans(day) for day in days] == [False, True, True, False]
    assert not Settings().archive.spans("2999-01-01")
