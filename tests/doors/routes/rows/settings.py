"""Rows of the settings of a workspace."""

from datetime import timedelta

from rapport.apps.delivery.actions import queue_mail, suppress_by_hand
from rapport.apps.delivery.inputs import SuppressionInput
from rapport.apps.delivery.letters import Letter
from rapport.apps.identity.actions import invite_teammate
from rapport.apps.identity.inputs import TeammateInput
from rapport.apps.identity.models import Membership, Organisation, Role
from rapport.apps.rates.actions import keep_rates
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.models import RateSource
from rapport.apps.rates.queries import doubts_of
from rapport.kit.clock import now
from tests.doors.routes.table import TEAM, Addressed, Row, team
from tests.make.identity import STORY, Cast, make_api_key


def organisation(cast: Cast) -> Addressed:
    """The workspace; the partner's firm is no workspace of ours either."""
    foreign = ({"organisation_id": other} for other in (cast.theirs.id, cast.partner_firm.id, "org_missing"))
    return Addressed(own={"organisation_id": cast.ours.id}, elsewhere=tuple(foreign))


def membership(cast: Cast) -> Addressed:
    """The sales person of ours, and theirs."""
    ours, theirs = (Membership.objects.get(person=person).id for person in (cast.sales, cast.strangers["sales"]))
    return inside(cast, "membership_id", ours=ours, theirs=theirs)


def invitation(cast: Cast) -> Addressed:
    """An open invitation."""
    ours, theirs = (invited(organisation) for organisation in (cast.ours, cast.theirs))
    return inside(cast, "invitation_id", ours=ours, theirs=theirs)


def key(cast: Cast) -> Addressed:
    """An API key."""
    ours, theirs = (make_api_key(organisation).key.id for organisation in (cast.ours, cast.theirs))
    return inside(cast, "key_id", ours=ours, theirs=theirs)


def mail(cast: Cast) -> Addressed:
    """A mail that the workspace sent."""
    ours, theirs = (mailed(organisation) for organisation in (cast.ours, cast.theirs))
    return inside(cast, "mail_id", ours=ours, theirs=theirs)


def inside(cast: Cast, gap: str, *, ours: str, theirs: str) -> Addressed:
    """A thing inside a workspace: foreign as a whole, foreign under our own address, and missing."""
    return Addressed(
        own={"organisation_id": cast.ours.id, gap: ours},
        elsewhere=(
            {"organisation_id": cast.theirs.id, gap: theirs},
            {"organisation_id": cast.ours.id, gap: theirs},
            {"organisation_id": cast.theirs.id, gap: ours},
            {"organisation_id": cast.ours.id, gap: "xxx_missing"},
        ),
    )


def invited(organisation: Organisation) -> str:
    given = TeammateInput(email="new@example.com", role=Role.SALES)
    issued = invite_teammate(organisation_id=organisation.id, given=given, by=STORY, at=now())
    return issued.invitation.id


def mailed(organisation: Organisation) -> str:
    letter = Letter(recipient="a@example.com", subject="Hello", paragraphs=("Hi.",), workspace_id=organisation.id)
    return queue_mail(letter=letter, at=now()).id


def suppression(cast: Cast) -> Addressed:
    """An address that gets no mail."""
    ours, theirs = (suppressed(organisation) for organisation in (cast.ours, cast.theirs))
    return inside(cast, "suppression_id", ours=ours, theirs=theirs)


def suppressed(organisation: Organisation) -> str:
    given = SuppressionInput(email="gone@example.com")
    return suppress_by_hand(workspace_id=organisation.id, given=given, by=STORY, at=now()).id


def doubt(cast: Cast) -> Addressed:
    """A rate that jumped."""
    ours, theirs = (doubted(organisation) for organisation in (cast.ours, cast.theirs))
    return inside(cast, "doubt_id", ours=ours, theirs=theirs)


def doubted(organisation: Organisation) -> str:
    lines = [Listed("EUR", "USD", now().date() - timedelta(days=ago), rate) for ago, rate in ((2, "1.08"), (1, "108"))]
    keep_rates(lines, workspace_id=organisation.id, source=RateSource.ECB, by=STORY, at=now())
    return doubts_of(organisation.id).get().id


RUNNERS = ("owner", "manager")
MONEY = (*RUNNERS, "finance")

ROWS = (
    Row("settings:home", "GET", team(*TEAM, ok=302)),
    Row("settings:team", "GET", team(*TEAM), at=organisation),
    Row("settings:team", "POST", team(*RUNNERS, ok=422), at=organisation),
    Row("settings:member", "GET", team(*TEAM), at=membership),
    Row("settings:member", "POST", team(*RUNNERS, ok=422), at=membership),
    Row("settings:member-end", "POST", team(*RUNNERS, ok=302), at=membership),
    Row("settings:invitation-revoke", "POST", team(*RUNNERS, ok=302), at=invitation),
    Row("settings:keys", "GET", team(*RUNNERS), at=organisation),
    Row("settings:keys", "POST", team(*RUNNERS, ok=422), at=organisation),
    Row("settings:key-revoke", "POST", team(*RUNNERS, ok=302), at=key),
    Row("settings:organisation", "GET", team(*TEAM), at=organisation),
    Row("settings:organisation", "POST", team("owner", ok=422), at=organisation),
    Row("settings:audit", "GET", team(*RUNNERS, "finance"), at=organisation),
    Row("settings:outbox", "GET", team(*RUNNERS), at=organisation),
    Row("settings:letter", "GET", team(*RUNNERS), at=mail),
    Row("settings:letter-again", "POST", team(*RUNNERS, ok=302), at=mail),
    Row("settings:mail", "GET", team(*RUNNERS), at=organisation),
    Row("settings:mail", "POST", team(*RUNNERS), at=organisation),
    Row("settings:mail-try", "POST", team(*RUNNERS, ok=302), at=organisation),
    Row("settings:backups", "GET", team(*RUNNERS), at=organisation),
    Row("settings:backups", "POST", team(*RUNNERS, ok=302), at=organisation),
    Row("settings:rates", "GET", team(*MONEY), at=organisation),
    Row("settings:rates", "POST", team(*MONEY, ok=422), at=organisation),
    Row("settings:rate-take", "POST", team(*MONEY, ok=302), at=doubt),
    Row("settings:rate-refuse", "POST", team(*MONEY, ok=302), at=doubt),
    Row("settings:suppressions", "GET", team(*RUNNERS), at=organisation),
    Row("settings:suppressions", "POST", team(*RUNNERS, ok=422), at=organisation),
    Row("settings:suppression-lift", "POST", team(*RUNNERS, ok=302), at=suppression),
)
