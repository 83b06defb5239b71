"""What an operator chooses for a public address, read strictly."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from rapport.config.errors import Stop
from rapport.config.mail import MailServer

_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_ADDRESS = re.compile(r"[^@\s+\"\\]+@[^@\s\"\\]+")
PORTS = {"port": 8100, "edge_port": 8101, "metrics_port": 8102}
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Under which names, with which mail, and where the files go; `root` is put before every path of the system."""

    domain: str
    links: str
    data: Path
    user: str
    root: Path
    mail: str = ""
    mail_from: str = ""
    bounces: str = ""
    contact: str = ""
    acme: str = ""
    acme_root: str = ""
    http_port: int = 80
    https_port: int = HTTPS

    @property
    def public_url(self) -> str:
        """The address of the pages."""
        return self._url(self.domain)

    @property
    def edge_url(self) -> str:
        """The address that links begin with."""
        return self._url(self.links)

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        return self.mail_from or f"rapport@{self.domain}"

    def path(self, path: str) -> Path:
        """Return where a file of the system goes."""
        return self.root / path.lstrip("/")

    def _url(self, name: str) -> str:
        return f"https://{name}" + ("" if self.https_port == HTTPS else f":{self.https_port}")


def checked(plan: Plan) -> Plan:
    """Return the plan; raises Stop with a sentence for what cannot be."""
    for name in {plan.domain, plan.links}:
        if not _NAME.fullmatch(name):
            raise Stop(
                f"{name} is no host name such as partners.example.com: small letters, without https:// and path."
            )
    for option, address in (("--mail-from", plan.mail_from), ("--bounces", plan.bounces), ("--contact", plan.contact)):
        if address and not _ADDRESS.fullmatch(address):
            raise Stop(f"{option} {address} is no mail address such as rapport@{plan.domain}.")
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,30}", plan.user):
        raise Stop(f"--user {plan.user} is no name of a user.")
    for option, text in (("--acme", plan.acme), ("--acme-root", plan.acme_root), ("--data", str(plan.data))):
        if re.search(r"[\s\"'{}\\%$]", text):
            raise Stop(f"{option} {text} holds a character that the files of systemd and Caddy would read otherwise.")
    try:
        MailServer.from_url(plan.mail or None)
    except ValueError as problem:
        raise Stop(f"--mail: {problem}.") from problem
    return plan


def program() -> Path:
    """Return the program that the units start: the one that runs now."""
    beside = Path(sys.executable).with_name("rapport")
    found = str(beside) if beside.exists() else shutil.which("rapport")
    if found is None:
        raise Stop("The program `rapport` is not found beside its Python.")
    return Path(found)
