"""Does every order still earn what was judged, to the cent: all stories are judged again from their facts."""

import json
from collections.abc import Iterator

from django.db.models import Count, F
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Attribution, Commission
from rapport.apps.commissions.queries import latest_attributions, open_proposals
from rapport.apps.commissions.standing import judgement_digest
from rapport.apps.conversions.actions import Judged, stale_effects
from rapport.apps.conversions.models import Conversion
from rapport.apps.conversions.recording import Touched
from rapport.apps.ledger.queries import booked_of
from rapport.apps.programs.models import Program
from rapport.domain.judgement_document import to_document
from rapport.flows.doctor.looks import PAGE, Seen
from rapport.flows.doctor.periods import miscounted
from rapport.flows.judging import judge_only
from rapport.flows.offers import load_offer
from rapport.kit.clock import to_ms


def attributions(seen: Seen) -> Iterator[str]:
    """Hold every judgement, also those that were followed by another, to the digest of its reasons."""
    rows = Attribution.objects.order_by("id").values_list("conversion_id", "number", "document", "digest")
    for page in seen.pages(rows.iterator(PAGE)):
        for conversion_id, number, document, digest in page:
            if judgement_digest(document) != digest:
                told = {"id": conversion_id, "number": number}
                yield _("Judgement %(number)s of %(id)s does not hold the reasons it was sealed with.") % told


def entitlements(seen: Seen) -> Iterator[str]:
    """Compare what each commission holds with its judgement: the target, unless a person has still to agree to it."""
    of_orders = Commission.objects.filter(conversion__isnull=False).order_by("id")
    for rows in seen.pages(of_orders.iterator(PAGE)):
        latest = latest_attributions([row.source for row in rows])
        ids = [row.id for row in rows]
        proposals, booked = open_proposals(ids), booked_of(ids)
        for row in rows:
            judged, proposal = latest[row.source], proposals.get(row.id)
            earns = judged.agreement_id == row.agreement_id
            target_minor = judged.target_minor if earns else 0
            if (proposal.target_minor if proposal else booked[row.id].minor) != target_minor:
                yield _("%(id)s holds another amount than was judged, and nobody is asked about it.") % {"id": row.id}
            if earns and _waiting_for(row) != (judged.document["holds"], judged.document["hold_until_ms"]):
                yield _("%(id)s waits for something else than was judged.") % {"id": row.id}
    net_minor = F("accrued_minor") + F("payable_minor") + F("reserved_minor") + F("paid_minor")
    holders = of_orders.annotate(net_minor=net_minor).filter(net_minor__gt=0).order_by().values_list("source")
    for source, _number in holders.annotate(number=Count("id")).filter(number__gt=1).order_by("source"):
        yield _("Two partners hold money for %(id)s.") % {"id": source}


def stories(seen: Seen) -> Iterator[str]:
    """Judge every story again: the facts are the same, so nothing may come out differently."""
    for program in Program.objects.order_by("id"):
        offer = load_offer(program.id)
        rows = Conversion.objects.filter(program=program).order_by("customer_id", "id")
        for page in seen.pages(rows.iterator(PAGE)):
            judged, promises = judge_only(Touched.by(page).in_order(), offer=offer)
            yield from _differences(judged)
            yield from miscounted(judged, promises=promises, zone=program.zone)


def _differences(judged: list[Judged]) -> Iterator[str]:
    latest = latest_attributions([one.row.id for one in judged])
    for one in judged:
        kept = latest.get(one.row.id)
        if kept is None or kept.document != json.loads(json.dumps(to_document(one.decision))):
            yield _("%(id)s would be judged differently today.") % {"id": one.row.id}
        for name in stale_effects(one):
            yield _("%(id)s keeps another %(field)s than its reports come to.") % {"id": one.row.id, "field": name}


def _waiting_for(row: Commission) -> tuple[list[str], int]:
    return row.holds, to_ms(row.hold_until)
