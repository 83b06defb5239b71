"""Prove the names of programs: ask for the TXT record, note what it says, and tell where a name leads."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.record.actors import Actor
from rapport.apps.tracking.domains import Proof, note_proof
from rapport.apps.tracking.models import TrackingDomain
from rapport.apps.tracking.queries import domains_to_ask
from rapport.kit.records import NoAnswer, Records


def check_domain(domain: TrackingDomain, *, records: Records, by: Actor, at: datetime) -> TrackingDomain:
    """Ask for the proof of one name, outside of any transaction, and note the answer."""
    return note_proof(domain_id=domain.id, proof=_proof(domain, records), by=by, at=at)


def check_all_domains(*, records: Records, at: datetime) -> int:
    """Ask for the proof of every name, and return how many there are."""
    domains = list(domains_to_ask())
    for domain in domains:
        check_domain(domain, records=records, by=Actor.system("domain-proofs"), at=at)
    return len(domains)


def records_of_settings() -> Records:
    """Return the resolver that the operator chose."""
    return Records(settings.DNS_SERVER)


def edge_host() -> str:
    """Return the name that a domain's CNAME record has to name."""
    return urlsplit(settings.EDGE_URL).hostname or ""


def _proof(domain: TrackingDomain, records: Records) -> Proof:
    try:
        texts = records.texts(domain.record_name)
    except NoAnswer as silence:
        return Proof(found=False, answered=False, problem=_("No name server answered: %(why)s") % {"why": silence})
    if domain.record_text in texts:
        return Proof(found=True, answered=True)
    if texts:
        found = ", ".join(texts)[:120]
        return Proof(
            found=False, answered=True, problem=_("The record says something else: %(text)s") % {"text": found}
        )
    return Proof(found=False, answered=True, problem=_("There is no such record yet."))
