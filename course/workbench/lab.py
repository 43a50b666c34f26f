"""JupyterLab in ``work/``, quiet, offline, on the course's start page."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from course import settings

FIRST_PORT = 8888
PORTS_TRIED = 50
HOST = "127.0.0.1"
INSTRUCTOR_EXTENSIONS = tuple(
    f"nbgrader.server_extensions.{part}"
    for part in ("formgrader", "validate_assignment", "assignment_list", "course_list")
)


def free_port(wanted: int | None = None) -> int:
    """Return the port to serve on: the one asked for, else the first free one from 8888.

    Raises
    ------
    ValueError
        If the port asked for, or every port tried, is in use.
    """
    if wanted is not None:
        if not _is_free(wanted):
            raise ValueError(
                f"Port {wanted} is in use, perhaps by a JupyterLab that is still open. "
                f"Close it, or take another: --port {free_port()}."
            )
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _is_free(port):
            return port
    last = FIRST_PORT + PORTS_TRIED - 1
    raise ValueError(f"Ports {FIRST_PORT} to {last} are all in use. Choose one: --port N.")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            # A server that stopped a moment ago must not count as one that runs.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def has_display(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Return whether a browser opened here would be seen by the person."""
    environ = os.environ if environ is None else environ
    if "SSH_CONNECTION" in environ or "SSH_TTY" in environ:
        return False
    if platform in ("win32", "darwin"):
        return True
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def server_arguments(port: int, token: str, *, browser: bool) -> list[str]:
    """Return JupyterLab's arguments; they never show in a process list, nor does the token."""
    import zmq

    settings_dir = Path(__file__).parent / "start_page"
    arguments = [
        f"--ServerApp.root_dir={settings.work_dir()}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        "--Application.log_level=ERROR",
        # The instructor's side of nbgrader has no place in a learner's window.
        *(f"--ServerApp.jpserver_extensions={name}=False" for name in INSTRUCTOR_EXTENSIONS),
        "--LabApp.default_url=/lab/tree/START.md",
        f"--LabApp.app_settings_dir={settings_dir}",
        # Tabs of another JupyterLab on this machine are not restored into this one.
        f"--LabApp.workspaces_dir={settings.cache_dir() / 'lab-workspaces'}",
        # Nothing is asked of the network.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if zmq.has("curve"):
        # Kernels that are reached unencrypted say so in the terminal, at each start.
        arguments.append("--KernelManager.transport_encryption=auto")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--ServerApp.allow_root=True")  # as in most containers
    return arguments


def put_environment_first() -> None:
    """Let the server, its terminals and its kernels find this environment's commands first.

    nbgrader calls ``alembic`` from PATH; a learner types ``grade`` and ``quiz`` in a terminal.
    """
    commands = str(Path(sys.executable).parent)
    others = os.environ.get("PATH", "").split(os.pathsep)
    os.environ["PATH"] = os.pathsep.join([commands, *(o for o in others if o != commands)])
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"


def watch_kernels() -> None:
    """Let kernels say which cell to run where a name is missing, see
    `course.workbench.missing_names`.

    A start-up file of a person's own is left to run instead.
    """
    start = Path(__file__).parent / "start_page" / "kernel.py"
    os.environ.setdefault("PYTHONSTARTUP", str(start))


def address(port: int, token: str) -> str:
    """Return what a person opens in a browser."""
    return f"http://localhost:{port}/lab/tree/START.md?token={token}"


def serve(port: int, *, browser: bool) -> None:
    """Run JupyterLab until the person stops it.

    Parameters
    ----------
    port : int
        From `free_port`.
    browser : bool
        Whether to open one.
    """
    from jupyterlab.labapp import LabApp

    put_environment_first()
    watch_kernels()
    token = secrets.token_urlsafe(24)
    server = LabApp.initialize_server(argv=server_arguments(port, token, browser=browser))
    print(f"\n  {address(port, token)}\n", flush=True)
    print("To stop: Ctrl-C here, then y. Your work stays in the folder work/.", flush=True)
    server.start()
