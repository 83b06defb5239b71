"""Does what was agreed hold together: states of agreements, acceptances, versions of terms."""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _

from rapport.apps.partners.models import Acceptance, Agreement, AgreementState, Suspension, TermsOffer
from rapport.apps.programs.models import OwnTerms, TermsVersion
from rapport.domain.terms import Problems, digest, parse
from rapport.flows.doctor.looks import PAGE, Seen


def agreements(seen: Seen) -> Iterator[str]:
    """Compare each agreement's state with its end and its suspensions, and acceptances with what they accepted."""
    for rows in seen.pages(Agreement.objects.order_by("id").iterator(PAGE)):
        open_ones = Suspension.objects.filter(agreement__in=rows, until_at__isnull=True)
        suspended = set(open_ones.values_list("agreement_id", flat=True))
        for row in rows:
            ended = row.state == AgreementState.ENDED
            if ended != bool(row.ended_at) or (row.ended_for_breach and not ended):
                yield _("%(id)s is called %(state)s, which its end is not.") % {"id": row.id, "state": row.state}
            if not ended and (row.state == AgreementState.SUSPENDED) != (row.id in suspended):
                yield _("%(id)s is called %(state)s, which its suspensions are not.") % {
                    "id": row.id,
                    "state": row.state,
                }
    yield from _proposed()
    accepted = Acceptance.objects.exclude(digest=F("version__digest"))
    for agreement_id in accepted.order_by("id").values_list("agreement_id", flat=True):
        yield _("%(id)s accepted other terms than the version it names.") % {"id": agreement_id}
    abroad = Acceptance.objects.exclude(version__program=F("agreement__program"))
    for agreement_id in abroad.order_by("id").values_list("agreement_id", flat=True):
        yield _("%(id)s accepted the terms of another program.") % {"id": agreement_id}


def _proposed() -> Iterator[str]:
    """Hold proposed agreements to what they were offered, and terms for one agreement to that agreement."""
    proposed = Agreement.objects.filter(state=AgreementState.PROPOSED)
    for row_id in proposed.filter(acceptances__isnull=False).order_by("id").values_list("id", flat=True):
        yield _("%(id)s is called proposed and has accepted terms.") % {"id": row_id}
    for row_id in proposed.filter(offers__isnull=True).order_by("id").values_list("id", flat=True):
        yield _("%(id)s is called proposed and was offered nothing.") % {"id": row_id}
    owners = dict(OwnTerms.objects.values_list("version_id", "agreement_id"))
    for model in (TermsOffer, Acceptance):
        named = model.objects.filter(version_id__in=list(owners)).order_by("id")
        for agreement_id, version_id in named.values_list("agreement_id", "version_id"):
            if owners[version_id] != agreement_id:
                yield _("%(id)s has terms that were made for another partner.") % {"id": agreement_id}


def versions(seen: Seen) -> Iterator[str]:
    """Read every published version again and compare it with the digest that partners accepted."""
    rows = TermsVersion.objects.select_related("program").order_by("id")
    for page in seen.pages(rows.iterator(PAGE)):
        for row in page:
            terms = parse(row.document, currency=row.program.currency)
            if isinstance(terms, Problems) or digest(terms) != row.digest:
                yield _("%(id)s does not say what was published.") % {"id": row.id}
