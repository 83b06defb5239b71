"""Does a public address work: ports, names, certificates, pages, links, mail; one line for each."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.db import DatabaseError, connection

from rapport.config.env import Environment, environment
from rapport.config.installation import is_listening
from rapport.config.public.plan import HTTPS
from rapport.flows.backup.keeping import backups
from rapport.flows.domains import records_of_settings
from rapport.flows.mail_records import Finding, Verdict, mail_findings
from rapport.kit.clock import now
from rapport.kit.records import NoAnswer, Records

WITHIN_S = 8
SOON_DAYS = 14
FRESH_DAYS = 2
UNPROVEN = "a-name-that-nobody-proved.invalid"


def look() -> Iterator[Finding]:
    """Look at everything, nearest first."""
    chosen, records = environment(), records_of_settings()
    yield from _ports(chosen)
    yield _tables()
    yield from _names(chosen, records)
    yield from _addresses(chosen, records)
    yield _ask(chosen)
    yield _mail_server()
    yield from mail_findings(records)
    yield _backup()


def _ports(chosen: Environment) -> Iterator[Finding]:
    for what, port in (("web", chosen.port), ("edge", chosen.edge_port), ("metrics", chosen.metrics_port)):
        listens = is_listening(chosen.host, port)
        words = f"{chosen.host}:{port} {'answers' if listens else 'does not answer: is it started?'}"
        yield Finding(f"port of {what}", Verdict.OK if listens else Verdict.WRONG, words)


def _tables() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        return Finding("database", Verdict.WRONG, str(problem).strip())
    return Finding("database", Verdict.OK, connection.vendor)


def _names(chosen: Environment, records: Records) -> Iterator[Finding]:
    for name in _own_names(chosen):
        try:
            found = records.addresses(name)
        except NoAnswer as silence:
            yield Finding(f"name {name}", Verdict.WARN, f"No name server answered: {silence}")
            continue
        words = ", ".join(found) or "It has no address: add an A record, and AAAA if you have IPv6."
        yield Finding(f"name {name}", Verdict.OK if found else Verdict.WRONG, words)


def _addresses(chosen: Environment, records: Records) -> Iterator[Finding]:
    for what, address, path, wanted in (
        ("pages", chosen.web_address, "/accounts/login/", 200),
        ("links", chosen.edge_address, "/c/rapport-setup-check", 404),
    ):
        if not address.startswith("https://"):
            yield Finding(what, Verdict.WRONG, f"{address} is not https: run `rapport setup --domain …`.")
            continue
        place = _place(address, records)
        yield _certificate(what, place)
        yield _page(what, place, path=path, wanted=wanted)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an address leads by the records: what is looked at is what others reach."""

    name: str
    port: int
    address: str


def _place(url: str, records: Records) -> _Place:
    parts = urlsplit(url)
    name = parts.hostname or ""
    try:
        found = records.addresses(name)
    except NoAnswer:
        found = []
    return _Place(name, parts.port or HTTPS, found[0] if found else name)


def _certificate(what: str, place: _Place) -> Finding:
    """Look at the certificate as a browser does, and at how long it is good."""
    try:
        with (
            socket.create_connection((place.address, place.port), timeout=WITHIN_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=place.name) as secured,
        ):
            found = secured.getpeercert() or {}
    except OSError as problem:
        return Finding(f"certificate of {what}", Verdict.WRONG, f"{place.name}: {problem}")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), tz=UTC)
    verdict = Verdict.OK if (ends - now()).days >= SOON_DAYS else Verdict.WARN
    return Finding(f"certificate of {what}", verdict, f"{place.name}, good until {ends:%Y-%m-%d %H:%M} UTC")


def _page(what: str, place: _Place, *, path: str, wanted: int) -> Finding:
    host = f"[{place.address}]" if ":" in place.address else place.address
    named = place.name if place.port == HTTPS else f"{place.name}:{place.port}"
    try:
        with httpx.Client(verify=ssl.create_default_context(), timeout=WITHIN_S) as browser:
            status = browser.get(
                f"https://{host}:{place.port}{path}",
                headers={"Host": named},
                extensions={"sni_hostname": place.name},
            ).status_code
    except httpx.HTTPError as problem:
        return Finding(what, Verdict.WRONG, f"https://{named}{path}: {problem}")
    # A lone program's fallback is where unknown links lead.
    fine = status == wanted or (what == "links" and status == HTTPStatus.FOUND)
    return Finding(what, Verdict.OK if fine else Verdict.WRONG, f"https://{named}{path} answers {status}")


def _ask(chosen: Environment) -> Finding:
    """See that the edge gives no certificate away."""
    url = f"http://{chosen.host}:{chosen.metrics_port}/tls/ask"
    try:
        status = httpx.get(url, params={"domain": UNPROVEN}, timeout=WITHIN_S).status_code
    except httpx.HTTPError as problem:
        return Finding("certificates on demand", Verdict.WRONG, f"{url}: {problem}")
    fine = status == HTTPStatus.NOT_FOUND
    words = "refused for a name that nobody proved" if fine else f"answers {status} for a name that nobody proved"
    return Finding("certificates on demand", Verdict.OK if fine else Verdict.WRONG, words)


def _mail_server() -> Finding:
    if not settings.EMAIL_HOST:
        return Finding("mail server", Verdict.WARN, "None is set: mail stays on the outbox page.")
    if is_listening(settings.EMAIL_HOST, settings.EMAIL_PORT):
        return Finding(
            "mail server", Verdict.OK, f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} answers; try `rapport mail test`"
        )
    return Finding("mail server", Verdict.WRONG, f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not answer.")


def _backup() -> Finding:
    kept = backups(settings.BACKUP_FOLDER)
    if not kept:
        return Finding("backup", Verdict.WARN, f"There is none in {settings.BACKUP_FOLDER}: run `rapport backup`.")
    old = (now() - kept[0].made_at).days > FRESH_DAYS
    return Finding(
        "backup", Verdict.WARN if old else Verdict.OK, f"the newest is of {kept[0].made_at:%Y-%m-%d %H:%M} UTC"
    )


def _own_names(chosen: Environment) -> list[str]:
    names = (urlsplit(address).hostname or "" for address in (chosen.web_address, chosen.edge_address))
    return [name for name in dict.fromkeys(names) if name not in {"localhost", ""}]
