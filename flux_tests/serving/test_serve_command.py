import socket
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from flux_assets.commands.serve import serve
from flux_resources.data_root import DataRoot

app = typer.Typer()
app.command()(serve)


def test_a_port_that_is_taken_is_said_with_a_remedy(archive: DataRoot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        runner = CliRunner(env={"FLUX_ROOT": str(archive.paths.root)})
        result = runner.invoke(app, ["--port", str(port)])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr
    assert "flux serve --port 0" in result.stderr


@pytest.mark.parametrize(
    ("host", "names", "warned"),
    [("127.0.0.1", "127.0.0.1", False), ("0.0.0.0", "*", True)],
)
def test_only_another_address_than_loopback_lets_others_in(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch, host: str, names: str, warned: bool
) -> None:
    opened: list[tuple[Any, tuple[str, int]]] = []

    def run(self: Any, sockets: list[socket.socket]) -> None:
        opened.append((self, sockets[0].getsockname()))

    monkeypatch.setattr("uvicorn.Server.run", run)
    runner = CliRunner(env={"FLUX_ROOT": str(archive.paths.root)})
    result = runner.invoke(app, ["--host", host, "--port", "0"])

    [(server, (address, port))] = opened
    assert address == host
    assert f"http://{host}:{port}/" in result.stdout
    assert ("no password" in result.stderr) is warned
    [trusted] = [m for m in server.config.app.user_middleware if "allowed_hosts" in m.kwargs]
    assert names in trusted.kwargs["allowed_hosts"]
