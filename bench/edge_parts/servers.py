"""The servers that are measured: our edge, as an installation runs it, nginx with `return 302`, and the least."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from bench.edge_parts.machine import free_port, wait_for_port
from rapport.config.public.files import files_of
from rapport.config.public.plan import Plan
from rapport.edge import EdgeSettings
from rapport.wire import linkbook
from rapport.wire.clickid import Key
from rapport.wire.linkbook import Keys, LinkEntry, ProgramEntry

SERVER_CORE, CALLER_CORE = "0", "1"
TOKEN = "the-token-of-the-bench"  # noqa: S105 - opens a link book that lives as long as the measurement
STOP_S = 20
LINKS = "localhost"  # the name that the links of the bench have: wrk names it in its greeting, and finds it

NGINX_SETTINGS = """
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log {folder}/access.log combined buffer=64k flush=1s;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  keepalive_requests 1000000000;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 302 https://shop.example/product?from=partner; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens."""

    pid: int
    port: int


@contextmanager
def nginx(folder: Path) -> Iterator[Server]:
    """Run nginx: one process on the servers' core, a buffered access log, a redirect that looks nothing up."""
    folder.mkdir(exist_ok=True)
    program, port, settings = shutil.which("nginx") or "/usr/sbin/nginx", free_port(), folder / "nginx.conf"
    settings.write_text(NGINX_SETTINGS.format(folder=folder, port=port))
    with _pinned([program, "-c", str(settings), "-e", str(folder / "error.log")], port) as server:
        yield server
    (folder / "access.log").unlink(missing_ok=True)


@contextmanager
def edge(data: Path, *, trusted_proxies: tuple[str, ...] = ()) -> Iterator[Server]:
    """Run the edge: one process on the servers' core, with everything it does for an installation."""
    port = free_port()
    told = {name: value for name, value in asdict(EdgeSettings(data=data, port=port)).items() if name != "limits"}
    told |= {
        "data": str(data),
        "trusted_proxies": trusted_proxies,
        "own_hosts": [LINKS],
        "metrics_port": free_port(),
        "sockets": None,
        "assets": "",
    }
    with _pinned([sys.executable, "-m", "rapport.config.tracking", json.dumps(told), "edge"], port) as server:
        yield server


@contextmanager
def caddy(folder: Path, *, behind: Server) -> Iterator[Server]:
    """Run Caddy on the Caddyfile that `rapport setup` writes, with certificates of its own, on any core."""
    plan = Plan(
        domain="pages.example", links=LINKS, data=Path("/data"), user="", root=folder, https_port=free_port(),
        http_port=free_port(),
    )  # fmt: skip
    settings = plan.path("/data") / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"edge_port = {behind.port}\n")
    [written] = [file for file in files_of(plan, program=Path("rapport")) if file.path.name == "Caddyfile"]
    own = "{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n"
    path = folder / "Caddyfile"
    path.write_text(written.text.replace("{\n", own, 1))
    home = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    command = ["/bin/sh", "-c", 'exec caddy run --config "$0" 2>"$0.log"', str(path)]
    with _running(command, plan.https_port, env=home) as server:
        yield server


@contextmanager
def bare() -> Iterator[Server]:
    """Run the least that a server in Python can do, on the servers' core."""
    port = free_port()
    with _pinned([sys.executable, "-m", "bench.edge_parts.bare", str(port)], port) as server:
        yield server


def _pinned(command: list[str], port: int) -> AbstractContextManager[Server]:
    return _running(["/usr/bin/taskset", "-c", SERVER_CORE, *command], port)


@contextmanager
def _running(command: list[str], port: int, *, env: dict[str, str] | None = None) -> Iterator[Server]:
    with subprocess.Popen(command, env=env) as process:
        try:
            wait_for_port(port)
            yield Server(process.pid, port)
        finally:
            process.terminate()
            process.wait(STOP_S)


def publish(data: Path, links: int) -> None:
    """Publish a link book of so many links, codes c0, c1, and so on."""
    linkbook.publish(
        data / "linkbook",
        programs=[
            ProgramEntry(
                program_id="prg_1",
                hosts=("shop.example",),
                fallback_url="https://shop.example/",
                token_hashes=(sha256(TOKEN.encode()).hexdigest(),),
            )
        ],
        links=(_link(number) for number in sorted(range(links), key=str)),
        keys=Keys(current=1, keys=(Key(1, b"k" * 32),)),
        full=True,
    )


def _link(number: int) -> LinkEntry:
    return LinkEntry(
        code=f"c{number}",
        link_number=number + 1,
        link_id=f"lnk_{number}",
        agreement_id="agr_1",
        program_id="prg_1",
        destination=f"https://shop.example/product/{number}?from=partner",
        placement="newsletter",
    )
