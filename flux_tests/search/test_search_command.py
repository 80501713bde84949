import pytest
from typer.testing import CliRunner

from flux_assets.cli import app
from flux_tests.search.conftest import Publish


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_city_that_is_misspelled_is_said_even_where_nothing_else_was_read(
    publish: Publish, options: tuple[str, ...]
) -> None:
    rome = {"location_city": "Rome", "location_country": "Italy"}
    root = publish({"a": ((1, 0, 0), rome)}, {}).paths.root

    asked = ["search", "", "--city", "Rom", *options]
    result = CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, asked)

    said = result.stderr if options else result.stdout
    assert result.exit_code == 0
    assert "the archive has no city “Rom”: is it Rome?" in said
    assert "no photograph passes these filters" in said
