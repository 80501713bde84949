"""The first commands of an archive, `flux init` and `flux ingest`, and what they say."""

from datetime import datetime
from pathlib import Path

from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.graph.test_cli import flux


def test_init_says_what_cannot_be_changed_once_files_are_in(archive: DataRoot) -> None:
    settings = f"{SETTINGS}archive: {{start: 2015-03-01}}\n"
    settings = settings.replace("intake: {", "intake: {photographer: JaneDoe, ")
    (archive.paths.root / "flux.yaml").write_text(settings)

    (said,) = [
        line
        for line in flux(archive.paths.root, "init").stdout.splitlines()
        if line.startswith("before files go in, check in flux.yaml")
    ]

    assert "intake.photographer (JaneDoe)" in said
    assert "archive.start (2015-03-01)" in said


def test_init_names_the_root_in_the_next_command_if_it_was_given_one(tmp_path: Path) -> None:
    root = tmp_path / "my archive"

    given = flux(tmp_path, "--root", str(root), "init").stdout

    assert given.endswith(f"then run: flux --root '{root}' materialize\n")
    assert flux(root, "init").stdout.endswith("then run: flux materialize\n")


def test_ingest_lists_every_refusal_first_and_sums_up_warnings(
    archive: DataRoot, photograph: Photograph, tmp_path: Path
) -> None:
    card = tmp_path / "card"
    for number in range(3):
        early = datetime(2019, 5, 5, number)
        photograph(card / f"a{number}.jpg", early, seed=number)
    for number in range(25):
        (card / f"b{number}.txt").write_text("no photograph")

    lines = flux(archive.paths.root, "ingest", str(card)).stdout.splitlines()

    said = lines[lines.index("3 filed, 25 rejected") + 1 :]
    assert all(line.startswith(f"  rejected: {card}/b") for line in said[:25])
    assert all(line.endswith("is not in archive.endings") for line in said[:25])
    early_times = "camera time before archive.start, 2022-01-01; file time used"
    assert said[25] == f"  3 filed with a warning: {early_times}"
    assert said[26] == "  rejected files outside the inbox were left where they are"
    assert f"intake log: {archive.paths.tables / 'intake_log.parquet'} " in said[27]
    assert (archive.paths.tables / "intake_log.parquet").is_file()
    assert len(said) == 28


def test_ingest_of_the_inbox_does_not_say_that_rejected_files_stay(archive: DataRoot) -> None:
    (archive.paths.inbox / "notes.txt").write_text("no photograph")

    said = flux(archive.paths.root, "ingest", str(archive.paths.inbox)).stdout

    assert "rejected: " in said
    assert "left where they are" not in said
