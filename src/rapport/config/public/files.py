"""The files of a public address: settings, units of systemd, Caddyfile. Written once and again with the same result."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapport.config.public.plan import PORTS, Plan
from rapport.wire import addresses

MARK = "# Written by `rapport setup`; written again by the next one."
UNITS = ("web", "edge", "worker")
# The file that Debian's package brings; nobody misses it.
_CADDY_EXAMPLE = "The Caddyfile is an easy way to configure your Caddy web server."


@dataclass(frozen=True, slots=True)
class File:
    """One file as it should be."""

    path: Path
    text: str
    mode: int = 0o644
    owner: str = ""

    def is_written(self) -> bool:
        """Say whether it stands there already."""
        return self.path.is_file() and self.path.read_text() == self.text

    def is_ours(self) -> bool:
        """Say whether it may be replaced: it is missing, ours, or an example that a package brought."""
        if not self.path.is_file():
            return True
        there = self.path.read_text()
        return self.path.name == "config.toml" or MARK in there or _CADDY_EXAMPLE in there

    def write(self) -> None:
        """Write it whole or not at all; what stood there before is kept beside it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_file():
            before = self.path.with_name(f"{self.path.name}.before")
            before.touch(mode=0o600)
            before.write_text(self.path.read_text())
        draft = self.path.with_name(f".{self.path.name}.draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, self.mode), "w") as file:
            file.write(self.text)
        draft.replace(self.path)


def files_of(plan: Plan, *, program: Path) -> list[File]:
    """Return every file of a plan."""
    config, folder = _config(plan), plan.path("/etc/systemd/system")
    settings = tomllib.loads(config.text)
    elsewhere = str(settings.get("backup_folder", ""))
    units = [
        File(folder / f"rapport-{role}.service", _unit(role, plan, program, backup_folder=elsewhere)) for role in UNITS
    ]
    target = File(folder / "rapport.target", _target())
    return [config, target, *units, File(plan.path("/etc/caddy/Caddyfile"), _caddyfile(plan, settings))]


def _config(plan: Plan) -> File:
    """Return the settings: what stood there stays, the lines of the plan are put right."""
    path = plan.path(str(plan.data)) / "config.toml"
    known = tomllib.loads(path.read_text()) if path.is_file() else {}
    chosen = {
        "public_url": plan.public_url,
        "edge_url": plan.edge_url,
        # Ports that somebody chose before are kept: other programs may have the usual ones.
        **{name: known.get(name, port) for name, port in PORTS.items()},
        "trusted_proxies": ["127.0.0.1", "::1"],
        "mail_from": plan.sender if plan.mail or plan.mail_from else known.get("mail_from", plan.sender),
    }
    optional = {"smtp_url": plan.mail, "mail_bounces": plan.bounces}
    chosen |= {name: value for name, value in optional.items() if value}
    # A TOML string and a list of strings are written as in JSON.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in sorted({**known, **chosen}.items())]
    return File(path, "\n".join([MARK, *lines, ""]), mode=0o600, owner=plan.user)


def _target() -> str:
    wants = " ".join(f"rapport-{role}.service" for role in UNITS)
    return f"""{MARK}
[Unit]
Description=Rapport: pages, tracking and jobs
Wants={wants}

[Install]
WantedBy=multi-user.target
"""


# `systemctl reload` renews the processes of the edge one by one, without a caller turned away.
_RELOAD = {"edge": "ExecReload=/bin/kill -USR1 $MAINPID\n"}
_WHAT = {"web": "pages and API", "edge": "tracking links and postbacks", "worker": "jobs"}


def _unit(role: str, plan: Plan, program: Path, *, backup_folder: str) -> str:
    # A backup folder of its own must be writable too; the units see everything else read-only.
    writes = " ".join(map(str, dict.fromkeys((plan.data, backup_folder or plan.data))))
    return f"""{MARK}
[Unit]
Description=Rapport, {_WHAT[role]}
PartOf=rapport.target
After=network-online.target
Wants=network-online.target

[Service]
User={plan.user}
Group={plan.user}
ExecStart={program} {role} --data {plan.data}
{_RELOAD.get(role, "")}WorkingDirectory={plan.data}
EnvironmentFile=-/etc/default/rapport
Restart=always
RestartSec=2
TimeoutStopSec=20
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
LockPersonality=yes
ReadWritePaths={writes}
"""


def _caddyfile(plan: Plan, settings: Mapping[str, object]) -> str:
    """Compose the Caddyfile: own names have a certificate from the start, proven names of programs at first need."""
    options = [f"email {plan.contact}"] if plan.contact else []
    options += [f"acme_ca {plan.acme}"] if plan.acme else []
    options += [f"acme_ca_root {plan.acme_root}"] if plan.acme_root else []
    options += [] if plan.http_port == 80 else [f"http_port {plan.http_port}", f"https_port {plan.https_port}"]  # noqa: PLR2004 - the port of http
    asked = f"http://127.0.0.1:{settings['metrics_port']}{addresses.ASK_FOR_CERTIFICATE}"
    options += ["on_demand_tls {", f"\task {asked}", "}"]
    whole = "\n".join(f"\t{line}" for line in options)
    return f"{MARK}\n{{\n{whole}\n}}\n\n{_sites(plan, settings)}"


def _sites(plan: Plan, settings: Mapping[str, object]) -> str:
    pages = f"\thandle {{\n\t\treverse_proxy 127.0.0.1:{settings['port']}\n\t}}\n"
    edge = f"\treverse_proxy 127.0.0.1:{settings['edge_port']}\n"
    tracked = f"\t@tracking path {' '.join(addresses.PUBLIC)}\n\thandle @tracking {{\n\t{edge}\t}}\n"
    own = f"{plan.domain} {{\n\tencode zstd gzip\n{tracked if plan.links == plan.domain else ''}{pages}}}\n"
    links = "" if plan.links == plan.domain else f"\n{plan.links} {{\n{edge}}}\n"
    return f"{own}{links}\nhttps:// {{\n\ttls {{\n\t\ton_demand\n\t}}\n{edge}}}\n"
