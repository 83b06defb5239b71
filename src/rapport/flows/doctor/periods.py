"""Does every tier and bonus still come to what was judged: what counts is derived again from the stories."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission, PeriodStanding
from rapport.apps.commissions.periods import counted_before, judge_standing, judged_document
from rapport.apps.commissions.queries import open_proposals
from rapport.apps.conversions.actions import Judged
from rapport.apps.ledger.queries import booked_of
from rapport.domain.promises import Promises
from rapport.flows.doctor.looks import PAGE, Seen
from rapport.flows.periods import countings


def standings(seen: Seen) -> Iterator[str]:
    """Judge every period again by what counts, and hold its commission to it."""
    rows = PeriodStanding.objects.select_related("latest", "agreement__program").order_by("id")
    for page in seen.pages(rows.iterator(PAGE)):
        for standing in page:
            yield from _judged_again(standing)
            yield from _booked(standing)


def miscounted(judged: list[Judged], *, promises: Promises, zone: str) -> Iterator[str]:
    """Hold what is noted as counting to what the judged conversions count for."""
    noted = counted_before([one.row.id for one in judged])
    counted = {
        (found.agreement_id, found.source, one.row.id): found.counted
        for one in judged
        for found in countings(one, promises=promises, zone=zone)
    }
    for key in sorted({*noted, *counted}):
        if noted.get(key) != counted.get(key):
            yield _("%(id)s counts otherwise for %(source)s than is noted.") % {"id": key[2], "source": key[1]}


def _judged_again(standing: PeriodStanding) -> Iterator[str]:
    judged = judge_standing(
        standing, currency=standing.agreement.program.currency, zone=standing.agreement.program.zone
    )
    document = json.loads(json.dumps(judged_document(standing, judged)))
    if standing.latest is None:
        if judged.target_minor + standing.kept_minor > 0:
            yield _("%(id)s was never judged.") % {"id": standing}
    elif standing.latest.document != document:
        yield _("%(id)s would be judged differently today.") % {"id": standing}


def _booked(standing: PeriodStanding) -> Iterator[str]:
    target_minor = standing.latest.target_minor if standing.latest else 0
    row = Commission.objects.filter(agreement_id=standing.agreement_id, source=standing.source).first()
    if row is None:
        if target_minor:
            yield _("%(id)s holds another amount than was judged, and nobody is asked about it.") % {"id": standing}
        return
    proposal = open_proposals([row.id]).get(row.id)
    held_minor = proposal.target_minor if proposal else booked_of([row.id])[row.id].minor
    if held_minor != target_minor:
        yield _("%(id)s holds another amount than was judged, and nobody is asked about it.") % {"id": row.id}
