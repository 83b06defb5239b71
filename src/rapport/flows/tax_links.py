"""Signed links by which whoever reads a partner's mail may hand in papers, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.urls import reverse

from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.queries import actor_of, person_with_address
from rapport.apps.partners.models import Agreement
from rapport.apps.partners.queries import all_agreements
from rapport.apps.record.actors import Actor
from rapport.flows.partner_letters import addresses_of

LINK_LASTS = timedelta(days=30)
"""How long a mailed link opens; every run that holds somebody mails a new one."""

_SALT = "rapport.tax-papers"


@dataclass(frozen=True, slots=True)
class Opened:
    """Who came by a signed link, and for which agreement."""

    agreement: Agreement
    actor: Actor


def signed_link(agreement: Agreement, address: str) -> str:
    """Return the path by which whoever reads this mail address may hand in papers, and nothing else."""
    token = signing.dumps([agreement.id, address], salt=_SALT, compress=True)
    return reverse("public:tax-papers", args=[token])


def opened_link(token: str) -> Opened:
    """Return what a signed link is for; raises `NotFound` for one that is broken or too old."""
    try:
        agreement_id, address = signing.loads(token, salt=_SALT, max_age=LINK_LASTS)
        agreement = all_agreements().get(pk=agreement_id)
    except (signing.BadSignature, ValueError, TypeError, Agreement.DoesNotExist):
        raise NotFound from None
    if address not in addresses_of(agreement):
        raise NotFound
    person = person_with_address(address)
    return Opened(agreement, actor_of(person) if person else Actor.system("signed-tax-link"))
