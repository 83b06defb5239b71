"""Read applications, agreements and what they accepted."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.errors import NotFound
from rapport.apps.partners.models import Acceptance, Agreement, Application, ApplicationState
from rapport.apps.programs.models import TermsVersion
from rapport.apps.programs.queries import coming_version, version_in_force
from rapport.domain.promises import InForce, Standing, Suspension
from rapport.kit.clock import to_ms


def open_applications(program_id: str) -> QuerySet[Application]:
    """Return what waits for a decision, oldest first."""
    waiting = (ApplicationState.RECEIVED, ApplicationState.QUESTIONS)
    return Application.objects.filter(program_id=program_id, state__in=waiting).order_by("id")


def acceptance_at(agreement_id: str, *, at: datetime) -> Acceptance | None:
    """Return what binds an agreement at this moment."""
    accepted = Acceptance.objects.filter(agreement_id=agreement_id, from_at__lte=at)
    return accepted.select_related("version").order_by("-from_at", "-version__number").first()


def offered_version(agreement: Agreement, *, at: datetime) -> TermsVersion | None:
    """Return the newer version that the partner may accept: the one in force, or the one that comes next."""
    accepted = set(agreement.acceptances.values_list("version_id", flat=True))
    offers = (coming_version(agreement.program_id, at=at), version_in_force(agreement.program_id, at=at))
    return next((version for version in offers if version and version.id not in accepted), None)


def standings(agreement_ids: Collection[str]) -> dict[str, Standing]:
    """Return the life of each agreement as the rules want it: two queries beside the agreements, however many."""
    agreements = Agreement.objects.filter(pk__in=agreement_ids).prefetch_related("acceptances", "suspensions")
    return {agreement.id: _standing(agreement) for agreement in agreements}


def _standing(agreement: Agreement) -> Standing:
    return Standing(
        agreement_id=agreement.id,
        active_from_ms=to_ms(agreement.active_at),
        acceptances=tuple(InForce(row.version_id, to_ms(row.from_at)) for row in agreement.acceptances.all()),
        suspensions=tuple(
            Suspension(to_ms(row.from_at), to_ms(row.until_at) if row.until_at else None)
            for row in agreement.suspensions.all()
        ),
        ended_at_ms=to_ms(agreement.ended_at) if agreement.ended_at else None,
        ended_for_breach=agreement.ended_for_breach,
    )


def application_of(*, slug: str, secret: str) -> Application:
    """Return the application whose mailed address carries this secret; raises `NotFound`."""
    rows = Application.objects.select_related("program").filter(program__slug=slug)
    found = rows.filter(secret_digest=digest_of(secret)).first()
    if found is None:
        raise NotFound
    return found
