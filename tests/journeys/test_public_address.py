"""From a laptop to a public address: the files of setup, Debian's Caddy, a certificate authority, HTTPS everywhere."""

import os
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from rapport.apps.tracking.domains import add_domain
from rapport.apps.tracking.inputs import DomainInput
from rapport.flows.domains import check_domain
from rapport.kit.clock import now
from rapport.kit.records import Records
from tests.config.commands import rapport
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_link, make_program
from tests.support.authority import Authority, certifying
from tests.support.databases import FreshDatabase
from tests.support.mail import listening
from tests.support.names import NameServer, naming
from tests.support.ports import free_port
from tests.support.processes import end_with_parent
from tests.support.server import running_rapport

PAGES, OWN, UNPROVEN = "partners.test", "go.shop.test", "evil.test"
WITHIN_S = 60


@dataclass(frozen=True, slots=True)
class Internet:
    """The names, the authority and the ports that stand for the world outside."""

    names: NameServer
    authority: Authority
    http: int
    https: int

    def get(self, name: str, path: str, *, secure: bool = True) -> httpx.Response:
        """Ask as a browser does that found the name's address."""
        port = self.https if secure else self.http
        trusted = ssl.create_default_context(cafile=str(self.authority.trusted))
        with httpx.Client(verify=trusted, timeout=20) as browser:
            return browser.get(
                f"{'https' if secure else 'http'}://127.0.0.1:{port}{path}",
                headers={"Host": f"{name}:{port}", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"},
                extensions={"sni_hostname": name},
            )


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    """Three names that lead to this machine."""
    http, https = free_port(), free_port()
    with naming() as names, certifying(tmp_path, names=names.address, http_port=http, https_port=https) as authority:
        for name in (PAGES, OWN, UNPROVEN):
            names.say(name, "A", "127.0.0.1")
        yield Internet(names, authority, http, https)


@contextmanager
def caddy(file: Path, *, home: Path) -> Iterator[Path]:
    """Run Caddy on a Caddyfile; its certificates lie in the folder that this yields."""
    log = home / "caddy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["caddy", "run", "--config", str(file)],
            env={
                **os.environ,
                "HOME": str(home),
                "XDG_DATA_HOME": str(home),
                "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other way ends with a test run that was killed
        )
    try:
        yield home / "caddy" / "certificates"
    finally:
        process.terminate()
        process.wait()


def test_setups_own_files_are_valid_for_systemd(tmp_path: Path) -> None:
    done = rapport("setup", "--domain", PAGES, "--root", str(tmp_path), "--data", "/srv/rapport")
    assert done.returncode == 0, done.stderr
    units = sorted((tmp_path / "etc/systemd/system").iterdir())
    assert [unit.name for unit in units] == [
        "rapport-edge.service",
        "rapport-web.service",
        "rapport-worker.service",
        "rapport.target",
    ]
    judged = subprocess.run(
        ["systemd-analyze", "verify", *map(str, units)], capture_output=True, text=True, check=False
    )
    assert (judged.returncode, judged.stderr) == (0, "")
    for unit in units[:3]:
        # Without a booted systemd: what the unit leaves open, from 0.0 to 10.0; 4.0 is the most that is allowed.
        exposed = subprocess.run(
            ["systemd-analyze", "security", "--offline=yes", "--threshold=40", str(unit)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert exposed.returncode == 0, exposed.stdout


@pytest.mark.drill(seconds=40)
def test_pages_and_links_are_reached_by_https_and_an_unproven_name_has_no_certificate(
    fresh_database: FreshDatabase, internet: Internet, tmp_path: Path
) -> None:
    root = tmp_path / "system"
    data = root / "srv" / "rapport"
    data.mkdir(parents=True)
    ports = {name: free_port() for name in ("port", "edge_port", "metrics_port")}
    (data / "config.toml").write_text("".join(f"{name} = {port}\n" for name, port in ports.items()))
    with ExitStack() as running:
        mail = running.enter_context(listening())
        settings = {
            "RAPPORT_DATABASE_URL": fresh_database.url,
            "RAPPORT_DNS_SERVER": internet.names.address,
            "SSL_CERT_FILE": str(internet.authority.trusted),
        }
        asked = [
            *("setup", "--domain", PAGES, "--mail", mail.url, "--root", str(root), "--data", "/srv/rapport"),
            *("--acme", internet.authority.directory, "--acme-root", str(internet.authority.own_root)),
            *("--http-port", str(internet.http), "--https-port", str(internet.https)),
        ]
        done = rapport(*asked, **settings)
        assert done.returncode == 0, done.stderr
        assert f"https://{PAGES}:{internet.https}/start/" in done.stdout
        assert "written" not in rapport(*asked, **settings).stdout, "the second time nothing is left to do"

        variables = {f"RAPPORT_{name.upper()}": str(port) for name, port in ports.items()} | settings
        running.enter_context(running_rapport(data=data, database_url=fresh_database.url, variables=variables))
        kept = running.enter_context(caddy(root / "etc/caddy/Caddyfile", home=tmp_path))

        page = until_answered(internet, PAGES, "/accounts/login/")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert any(name.startswith("__Host-") for name in page.cookies)
        plain = internet.get(PAGES, "/accounts/login/", secure=False)
        assert (plain.status_code, plain.headers["location"][:8]) == (308, "https://")

        program = make_program()
        link = make_link(make_agreement(program))
        domain = add_domain(program_id=program.id, given=DomainInput(name=OWN), by=STORY, at=now())
        assert_no_certificate(internet, OWN)
        internet.names.say(domain.record_name, "TXT", domain.record_text)
        check_domain(domain, records=Records(internet.names.address), by=STORY, at=now())

        for name in (PAGES, OWN):
            click = until_answered(internet, name, f"/c/{link.code}", wanted=302, having="set-cookie")
            assert click.headers["location"].startswith("https://shop.example/")
            assert "; Secure" in click.headers["set-cookie"]
            assert internet.get(name, "/t.js").headers["content-type"].startswith("text/javascript")
            assert internet.get(name, f"/i/{link.code}.gif").headers["content-type"] == "image/gif"
            for path in ("/pb", "/px.gif", "/page/click", "/page/sale"):
                told = internet.get(name, path)
                assert told.status_code != 404, f"{path} is asked of the pages, which do not know it"
        assert_no_certificate(internet, UNPROVEN)
        assert {path.stem for path in kept.rglob("*.crt")} == {PAGES, OWN}

        assert_the_check_misses_mail_records_alone(data, settings)


def assert_the_check_misses_mail_records_alone(data: Path, settings: dict[str, str]) -> None:
    """Let the installation look at itself."""
    looked = rapport("setup", "--check", "--data", str(data), **settings)
    found = {line.split("  ")[0].strip(): line for line in looked.stdout.splitlines()}
    for what in ("port of web", "port of edge", f"name {PAGES}", "certificate of pages", "pages", "links"):
        assert "in order" in found[what], looked.stdout
    assert "in order" in found["certificates on demand"]
    assert "wrong" in found["SPF"], "the name has no mail records"
    assert looked.returncode == 1


def until_answered(
    internet: Internet, name: str, path: str, *, wanted: int = 200, having: str = "date"
) -> httpx.Response:
    """Ask until a certificate is there and the link book is published: an unknown link leads on without a cookie."""
    deadline, last = time.monotonic() + WITHIN_S, ""
    while time.monotonic() < deadline:
        try:
            answer = internet.get(name, path)
        except httpx.HTTPError as problem:
            last = str(problem)
        else:
            if answer.status_code == wanted and having in answer.headers:
                return answer
            last = f"{answer} {answer.headers}"
        time.sleep(0.2)
    pytest.fail(f"https://{name}{path} never answered {wanted}: {last}")


def assert_no_certificate(internet: Internet, name: str) -> None:
    """Nothing is shown under a name that nobody has proven: the greeting itself fails."""
    with pytest.raises(httpx.ConnectError):
        internet.get(name, "/c/abc")
