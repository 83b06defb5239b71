"""A site is an applicant's when its code stands in a TXT record, in a file, on the page, or in a profile's text."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingUDPServer
from typing import ClassVar

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from rapport.apps.partners.actions import ask_for_proof
from rapport.apps.partners.models import Application, ProofWay, SiteProof
from rapport.apps.record.models import AuditRow
from rapport.flows.admission import apply
from rapport.flows.proving import FILE, World, check_proof, is_being_checked, txt_by, ways_of
from rapport.kit.outgoing import Outgoing
from tests.make.identity import NOON
from tests.make.joining import application_to
from tests.make.road import make_program

pytestmark = pytest.mark.django_db


class Site(BaseHTTPRequestHandler):
    """A small site: what stands at which path."""

    pages: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        """Answer with the page, or with nothing."""
        page = self.pages.get(self.path)
        self.send_response(404 if page is None else 200)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site(**pages: str) -> Iterator[tuple[str, Outgoing]]:
    """Serve pages on this machine; return the address, and the way out that may go there."""
    Site.pages = {{"home": "/", "file": FILE}.get(name, f"/{name}"): text for name, text in pages.items()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host = f"127.0.0.1:{server.server_address[1]}"
    try:
        yield f"http://{host}/", Outgoing(loopback=frozenset({host}))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def nothing(_name: str) -> list[str]:
    """A world without TXT records."""
    return []


def applied(website: str) -> tuple[Application, SiteProof]:
    """Return an application that names a site, and its proof."""
    received = apply(program=make_program(), given=application_to(website=website), at=NOON).application
    return received, SiteProof.objects.get(application=received)


def test_a_record_of_the_domain_proves_it() -> None:
    application, proof = applied("https://www.slow.example/about")
    asked: list[str] = []

    def txt(name: str) -> list[str]:
        asked.append(name)
        return [proof.code] if name == "_rapport.slow.example" else ["v=spf1 -all"]

    assert check_proof(application, world=World(txt=txt), at=NOON)
    proof.refresh_from_db()
    assert (proof.way, proof.proven_at, proof.problem) == (ProofWay.TXT, NOON, "")
    assert asked[0] == "_rapport.slow.example"
    assert AuditRow.objects.get(action="site.proven").actor_id == "site-check"
    assert check_proof(application, world=World(txt=nothing), at=NOON), "what is proven stays so"


@pytest.mark.parametrize(("place", "way"), [("file", ProofWay.FILE), ("home", ProofWay.META)])
def test_a_file_or_a_tag_of_the_site_proves_it(place: str, way: ProofWay) -> None:
    with site(home="<html></html>") as (address, outgoing):
        application, proof = applied(address)
        world = World(outgoing=outgoing, txt=nothing)
        assert not check_proof(application, world=world, at=NOON)
        proof.refresh_from_db()
        assert proof.problem.startswith("The code was found neither in a TXT record nor in the file")
        tag = f'<head><meta charset="utf-8"><meta name="rapport-verify" content="{proof.code}"></head>'
        Site.pages = {FILE: f"# ours\n{proof.code}\n"} if place == "file" else {"/": tag}
        assert check_proof(application, world=world, at=NOON)
    proof.refresh_from_db()
    assert (proof.way, proof.problem) == (way, "")


def test_a_code_in_the_text_of_a_page_proves_no_site() -> None:
    with site(home="nothing") as (address, outgoing):
        application, proof = applied(address)
        Site.pages = {"/": f"<p>{proof.code}</p>", FILE: f"somebody else's {proof.code}"}
        assert not check_proof(application, world=World(outgoing=outgoing, txt=nothing), at=NOON)


def test_a_profile_is_proven_by_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    application, proof = applied("https://www.youtube.com/@slow")
    told = ways_of(application, proof.code)
    assert told
    assert (told.profile, told.record) == ("https://www.youtube.com/@slow", "")
    assert not check_proof(application, world=World(outgoing=Outgoing(resolve=lambda *_: []), txt=nothing), at=NOON)
    proof.refresh_from_db()
    assert proof.problem == "The code does not stand in the text that your profile shows to everybody."
    monkeypatch.setattr("rapport.apps.partners.sites.NETWORKS", ("127.0.0.1",))
    with site(home="") as (address, outgoing):
        application, proof = applied(address)
        Site.pages = {"/": f"<p>About me: {proof.code}</p>"}
        assert check_proof(application, world=World(outgoing=outgoing, txt=nothing), at=NOON)
    proof.refresh_from_db()
    assert proof.way == ProofWay.PROFILE


def test_our_own_network_is_never_asked() -> None:
    with site(home="") as (address, _outgoing):
        application, proof = applied(address)
        Site.pages = {FILE: proof.code}
        assert not check_proof(application, world=World(txt=nothing), at=NOON)


def test_an_application_without_a_site_has_nothing_to_prove() -> None:
    received = apply(program=make_program(), given=application_to(), at=NOON).application
    assert not SiteProof.objects.exists()
    assert ways_of(received, "code") is None
    assert not check_proof(received, world=World(txt=nothing), at=NOON)
    ask_for_proof(application=received)
    assert not check_proof(received, world=World(txt=nothing), at=NOON)
    assert not is_being_checked(None)


class Names(BaseRequestHandler):
    """A name server that knows one record."""

    def handle(self) -> None:
        """Answer one question."""
        data, sock = self.request
        asked = dns.message.from_wire(data)
        answer = dns.message.make_response(asked)
        name = asked.question[0].name
        if name.to_text() == "_rapport.slow.example.":
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"rapport-" "code"'))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(answer.to_wire(), self.client_address)


def test_a_real_name_server_is_asked_and_a_missing_name_is_no_record() -> None:
    with ThreadingUDPServer(("127.0.0.1", 0), Names) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        assert txt_by(resolver, "_rapport.slow.example") == ["rapport-code"]
        assert txt_by(resolver, "_rapport.other.example") == []
        server.shutdown()
