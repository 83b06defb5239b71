"""Find out whether a site or profile is an applicant's: a TXT record, a file, a meta tag, the text of the profile."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from rapport.apps.partners.actions import note_proof
from rapport.apps.partners.models import Application, ProofWay, SiteProof
from rapport.apps.partners.queries import proof_of
from rapport.apps.partners.sites import host_of_site, is_profile
from rapport.apps.record.actors import Actor
from rapport.kit.outgoing import Limits, NotReached, Outgoing

# The resolver takes ten megabytes: it is loaded where a name is asked for.
if TYPE_CHECKING:
    from dns.resolver import Resolver

FILE = "/.well-known/rapport.txt"
META = "rapport-verify"
LABEL = "_rapport"

_LIMITS = Limits(seconds=10.0, most_bytes=2_000_000)
_DNS_SECONDS = 5.0
PROVER = Actor.system("site-check")

Txt = Callable[[str], list[str]]
"""A name to the texts of its TXT records; none where there is no such name."""


def system_txt(name: str) -> list[str]:
    """Ask the resolver of this machine."""
    from dns.resolver import Resolver  # noqa: PLC0415 - see above

    return txt_by(Resolver(), name)


def txt_by(resolver: "Resolver", name: str) -> list[str]:
    """Ask a resolver for TXT records; whatever goes wrong is no record."""
    from dns.exception import DNSException  # noqa: PLC0415 - see above

    try:
        answer = resolver.resolve(name, "TXT", lifetime=_DNS_SECONDS)
    except DNSException:
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


@dataclass(frozen=True, slots=True)
class World:
    """How the outside is asked: by HTTP and by name; tests hand in one of their own."""

    outgoing: Outgoing = field(default_factory=Outgoing)
    txt: Txt = system_txt


@dataclass(frozen=True, slots=True)
class Ways:
    """Where an applicant may put its code: in the text of a profile, or in one of three places of a site."""

    code: str
    profile: str
    record: str
    file: str
    meta: str


def ways_of(application: Application, code: str) -> Ways | None:
    """Return where the code may stand; nothing for an application that names no site."""
    website = application.website
    if not host_of_site(website):
        return None
    if is_profile(website):
        return Ways(code, profile=website, record="", file="", meta="")
    parts = urlsplit(website)
    return Ways(
        code,
        profile="",
        record=f"{LABEL}.{host_of_site(website)}",
        file=f"{parts.scheme}://{parts.netloc}{FILE}",
        meta=f'<meta name="{META}" content="{code}">',
    )


def is_being_checked(proof: SiteProof | None) -> bool:
    """Say whether the worker is to look, or looks, at this moment."""
    if proof is None or proof.proven_at or proof.asked_at is None:
        return False
    return proof.checked_at is None or proof.checked_at < proof.asked_at


def check_proof(application: Application, *, world: World, at: datetime) -> bool:
    """Look for an applicant's code where it may stand, outside of any transaction, and keep what was found."""
    proof = proof_of(application.id)
    if proof is None or not application.website:
        return False
    if proof.proven_at:
        return True
    way = next(_found(application.website, proof.code, world), None)
    problem = "" if way else _why_not(application.website)
    note_proof(application_id=application.id, way=way, problem=problem, by=PROVER, at=at)
    return way is not None


def _found(website: str, code: str, world: World) -> Iterator[ProofWay]:
    """Go through the ways by which the code is found, the cheapest first."""
    if is_profile(website):
        if code in _read(website, world):
            yield ProofWay.PROFILE
        return
    host = host_of_site(website)
    for name in (f"{LABEL}.{host}", host):
        if code in {text.strip() for text in world.txt(name)}:
            yield ProofWay.TXT
    parts = urlsplit(website)
    if code in {line.strip() for line in _read(f"{parts.scheme}://{parts.netloc}{FILE}", world).splitlines()}:
        yield ProofWay.FILE
    if code in _meta_of(_read(website, world)):
        yield ProofWay.META


def _read(address: str, world: World) -> str:
    try:
        answer = world.outgoing.send("GET", address, limits=_LIMITS)
    except NotReached:
        return ""
    return answer.content.decode("utf-8", "replace") if answer.is_success else ""


def _why_not(website: str) -> str:
    if is_profile(website):
        return _("The code does not stand in the text that your profile shows to everybody.")
    return _("The code was found neither in a TXT record nor in the file nor on the page. New records take a while.")


class _Metas(HTMLParser):
    """Collects what the page's own meta tags say to us."""

    def __init__(self) -> None:
        super().__init__()
        self.told: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        said = dict(attrs)
        if tag == "meta" and said.get("name") == META:
            self.told.add((said.get("content") or "").strip())


def _meta_of(page: str) -> set[str]:
    metas = _Metas()
    metas.feed(page)
    return metas.told
