"""The command that serves an archive over HTTP."""

import ipaddress
import socket
from typing import Annotated

import typer

from flux_assets.commands.options import clear_errors
from flux_resources.errors import FluxError


class PortTaken(FluxError):
    """The service cannot listen; the message says where to instead."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this one let the network in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = 8765,
    opened: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve a page to search the archive with, and the same as JSON: see /openapi.json."""
    import uvicorn

    from flux_assets.search import Archive
    from flux_assets.serving.app import LOOPBACK, build_app

    with clear_errors():
        archive = Archive(picture_files=False)
        listening = _listen(host, port)
        app = build_app(archive, hosts=LOOPBACK if _is_loopback(host) else ["*"])
    name = f"[{host}]" if ":" in host else host
    address = f"http://{name}:{listening.getsockname()[1]}/"
    typer.echo(f"{archive.paths.root} is served at {address}  (Ctrl+C ends it)")
    if not _is_loopback(host):
        typer.echo("whoever reaches this address sees the archive; there is no password", err=True)
    if opened:
        typer.launch(address)  # the browser waits until the model is loaded
    with listening:
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        PortTaken: something else listens there, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortTaken(
            f"cannot listen on {host}:{port}: {error.strerror}; "
            "choose another port: flux serve --port 0 takes any that is free"
        ) from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
