"""Read applications, agreements and what they accepted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from rapport.apps.identity.digests import digest_of
from rapport.apps.identity.errors import NotFound
from rapport.apps.identity.models import Organisation
from rapport.apps.identity.rights import Capability, scope
from rapport.apps.partners.models import (
    Acceptance,
    Agreement,
    AgreementState,
    Application,
    ApplicationState,
    ApprovalRules,
    Introduction,
    SiteProof,
    TermsOffer,
)
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import coming_version, version_in_force
from rapport.apps.record.actors import Actor
from rapport.apps.record.asking import composed
from rapport.apps.record.queries import trail_of
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
    """Return the version that the partner may accept: offered by name, else the one in force or the one coming next.

    An agreement that was ever offered a version by name goes on from offer to offer: what the program publishes for
    everybody never takes the place of what was agreed with one.
    """
    if agreement.state == AgreementState.ENDED:
        return None
    accepted = set(agreement.acceptances.values_list("version_id", flat=True))
    by_name = terms_offers_of(agreement.id).first()
    if by_name:
        return None if by_name.version_id in accepted else by_name.version
    offers = (coming_version(agreement.program_id, at=at), version_in_force(agreement.program_id, at=at))
    return next((version for version in offers if version and version.id not in accepted), None)


def terms_offers_of(agreement_id: str) -> QuerySet[TermsOffer]:
    """Return what an agreement was offered by name, the newest first."""
    return TermsOffer.objects.filter(agreement_id=agreement_id).select_related("version").order_by("-from_at", "-id")


_LIFE = (
    *("id", "active_at", "ended_at", "ended_for_breach", "partner__segment"),
    *("acceptances__version_id", "acceptances__from_at", "suspensions__from_at", "suspensions__until_at"),
)


@dataclass(slots=True)
class _Life:
    """What is known of an agreement; the query names each acceptance once for every suspension."""

    active_at: datetime
    ended_at: datetime | None
    for_breach: bool
    segment: str
    accepted: set[InForce] = field(default_factory=set)
    offered: set[InForce] = field(default_factory=set)
    suspended: set[Suspension] = field(default_factory=set)

    def add(
        self, version_id: str | None, from_at: datetime | None, since: datetime | None, until: datetime | None
    ) -> None:
        """Take one row of the joined tables; an agreement may have no acceptance yet, and mostly no suspension."""
        if version_id and from_at:
            self.accepted.add(InForce(version_id, to_ms(from_at)))
        if since:
            self.suspended.add(Suspension(to_ms(since), to_ms(until) if until else None))

    @property
    def asks_for_offers(self) -> bool:
        """Say whether it was active before anything was accepted: an agreement that was brought along."""
        return not self.accepted or min(one.from_ms for one in self.accepted) > to_ms(self.active_at)

    def standing(self, agreement_id: str) -> Standing:
        """Return it as the rules want it; the latest moment binds, so the order does not matter."""
        return Standing(
            agreement_id=agreement_id,
            active_from_ms=to_ms(self.active_at),
            acceptances=tuple(self.accepted),
            offers=tuple(self.offered),
            suspensions=tuple(self.suspended),
            ended_at_ms=to_ms(self.ended_at) if self.ended_at else None,
            ended_for_breach=self.for_breach,
            segment=self.segment,
        )


def standings(agreement_ids: Collection[str]) -> dict[str, Standing]:
    """Return the life of each agreement as the rules want it, with one query, two where one was brought along."""
    lives: dict[str, _Life] = {}
    for agreement_id, active_at, ended_at, for_breach, segment, *joined in _lives(agreement_ids=sorted(agreement_ids)):
        life = lives.setdefault(agreement_id, _Life(active_at, ended_at, for_breach, segment))
        life.add(*joined)
    unbound = sorted(agreement_id for agreement_id, life in lives.items() if life.asks_for_offers)
    if unbound:
        rows = TermsOffer.objects.filter(agreement_id__in=unbound)
        for agreement_id, version_id, from_at in rows.values_list("agreement_id", "version_id", "from_at"):
            lives[agreement_id].offered.add(InForce(version_id, to_ms(from_at)))
    return {agreement_id: life.standing(agreement_id) for agreement_id, life in lives.items()}


@composed
def _lives(agreement_ids: Sequence[str]) -> QuerySet[Agreement, tuple[Any, ...]]:
    return Agreement.objects.filter(pk__in=agreement_ids).order_by().values_list(*_LIFE)


def application_of(*, slug: str, secret: str) -> Application:
    """Return the application whose mailed address carries this secret; raises `NotFound`."""
    rows = Application.objects.select_related("program").filter(program__slug=slug)
    digest = digest_of(secret)
    found = rows.filter(secret_digest=digest).first() or rows.filter(addresses__secret_digest=digest).first()
    if found is None:
        raise NotFound
    return found


def application_by_id(application_id: str) -> Application:
    """Return one application with its program; raises Application.DoesNotExist."""
    return Application.objects.select_related("program__workspace").get(pk=application_id)


def applications_of(program_id: str) -> QuerySet[Application]:
    """Return every application to a program, newest first."""
    return Application.objects.filter(program_id=program_id).select_related("program", "agreement").order_by("-id")


def agreements_of(program_id: str) -> QuerySet[Agreement]:
    """Return the agreements of a program with their partners, by name."""
    rows = Agreement.objects.filter(program_id=program_id).select_related("partner__organisation", "program")
    return rows.order_by("partner__name", "id")


def reason_of(agreement: Agreement) -> str:
    """Return what the program told its partner about why the agreement rests or has ended; empty while it is active."""
    if agreement.state == AgreementState.SUSPENDED:
        rests = agreement.suspensions.filter(until_at__isnull=True).first()
        return rests.reason if rests else ""
    if agreement.state == AgreementState.ENDED:
        ended = trail_of(agreement.id).filter(action="agreement.ended").first()
        return str(ended.data.get("reason", "")) if ended else ""
    return ""


def acceptances_of(agreement_id: str) -> QuerySet[Acceptance]:
    """Return what an agreement accepted, the version that binds from the latest moment first."""
    return Acceptance.objects.filter(agreement_id=agreement_id).select_related("version").order_by("-from_at", "-id")


def all_agreements() -> QuerySet[Agreement]:
    """Return the agreements of every program, for a door that looks for the one its address names."""
    return Agreement.objects.select_related("program__workspace", "partner")


def agreements_of_organisation(organisation_id: str) -> QuerySet[Agreement]:
    """Return the agreements of one partner's organisation in all programs, by program."""
    return all_agreements().filter(partner__organisation_id=organisation_id).order_by("program__name", "id")


def agreements_held_by(actor: Actor) -> QuerySet[Agreement]:
    """Return the agreements that the actor holds as a partner, by program."""
    return scope(actor, Capability.PORTAL_READ, all_agreements()).order_by("program__name", "id")


def acceptances_of_version(version_id: str) -> QuerySet[Acceptance]:
    """Return who accepted a version, by partner."""
    rows = Acceptance.objects.filter(version_id=version_id).select_related("agreement__partner")
    return rows.order_by("agreement__partner__name", "id")


def accepted_counts(program_id: str) -> dict[str, int]:
    """Return how many agreements accepted each version of a program, by version id."""
    rows = Acceptance.objects.filter(agreement__program_id=program_id).order_by()
    return dict(rows.values_list("version_id").annotate(Count("id")))


def application_behind(agreement_id: str) -> Application | None:
    """Return the application that led to an agreement, the latest if there were several."""
    rows = Application.objects.filter(agreement_id=agreement_id).select_related("program")
    return rows.order_by("-id").first()


def rules_of(program: Program) -> ApprovalRules:
    """Return which applicants a program lets in without a person; nobody unless it says so."""
    return ApprovalRules.objects.filter(program=program).first() or ApprovalRules(program=program)


def proof_of(application_id: str) -> SiteProof | None:
    """Return how an applicant may prove, or has proven, its site."""
    return SiteProof.objects.filter(pk=application_id).first()


def introductions_of(program_id: str) -> QuerySet[Introduction]:
    """Return whom to write to about the agreements of a program that nobody applied for."""
    return Introduction.objects.filter(agreement__program_id=program_id)


def introduction_of(agreement_id: str) -> Introduction | None:
    """Return whom to write to about an agreement that nobody applied for."""
    return Introduction.objects.filter(pk=agreement_id).first()


def introduced_partner(workspace_id: str, *, email: str) -> str:
    """Return the partner of a workspace who was brought along under this mail address; empty when nobody was."""
    rows = Introduction.objects.filter(agreement__partner__workspace_id=workspace_id, email=email)
    return rows.order_by("-created_at").values_list("agreement__partner_id", flat=True).first() or ""


def organisation_admitted(*, workspace_id: str, email: str) -> Organisation | None:
    """Return the organisation that a workspace admitted with this mail address before, whoever is in it now."""
    rows = Application.objects.filter(program__workspace_id=workspace_id, email=email, agreement__isnull=False)
    found = rows.select_related("agreement__partner__organisation").order_by("-id").first()
    return found.agreement.partner.organisation if found and found.agreement else None


def applicant_of(application_id: str) -> str:
    """Return who sent an application, or an empty text when the id is not an application's."""
    return Application.objects.filter(pk=application_id).values_list("name", flat=True).first() or ""
