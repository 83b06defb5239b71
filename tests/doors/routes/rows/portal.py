"""Rows of the partners' portal."""

from collections.abc import Callable
from datetime import timedelta

from rapport.apps.commissions.models import Commission
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.actions import publish_terms, save_draft
from rapport.domain.terms import presets
from rapport.kit.clock import now
from tests.doors.routes.table import NOBODY, PEOPLE, Addressed, Expected, Row, portal
from tests.make.identity import STORY, Cast
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale


def both(cast: Cast) -> tuple[Agreement, Agreement]:
    """Our partner firm in our program, and another firm beside it in the same one."""
    program = make_program(cast.ours)
    return make_agreement(program, organisation=cast.partner_firm), make_agreement(program, name="Deal Otter")


def agreement(cast: Cast) -> Addressed:
    """An agreement; the id of a program names none."""
    ours, theirs = both(cast)
    foreign = ({"agreement_id": other} for other in (theirs.id, ours.program_id, "agr_missing"))
    return Addressed(own={"agreement_id": ours.id}, elsewhere=tuple(foreign))


def inside(gap: str, id_of: Callable[[Agreement], str]) -> Callable[[Cast], Addressed]:
    """A thing of an agreement: foreign as a whole, foreign under our own address, and missing."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = both(cast)
        own, foreign = id_of(ours), id_of(theirs)
        return Addressed(
            own={"agreement_id": ours.id, gap: own},
            elsewhere=(
                {"agreement_id": theirs.id, gap: foreign},
                {"agreement_id": ours.id, gap: foreign},
                {"agreement_id": theirs.id, gap: own},
                {"agreement_id": ours.id, gap: "xxx_missing"},
            ),
        )

    return at


def earned(agreement: Agreement) -> str:
    """A commission of this agreement."""
    at = now() - timedelta(hours=1)
    click_id = make_click_id(make_link(agreement), at=at)
    taken = report_sale(agreement.program, at=at, external_id=agreement.id, total="50.00", click_ids=[click_id])
    return Commission.objects.get(conversion=taken.conversion).id


def offered(cast: Cast) -> Addressed:
    """A newer version that our partner may accept; that of another program is none of its own."""
    ours, _beside = both(cast)
    newer, foreign = (newer_version(each) for each in (ours, make_agreement(make_program(cast.theirs))))
    elsewhere = ((ours.id, foreign), (ours.id, "trm_missing"), ("agr_missing", newer))
    return Addressed(
        own={"agreement_id": ours.id, "version_id": newer},
        elsewhere=tuple({"agreement_id": one, "version_id": other} for one, other in elsewhere),
    )


def newer_version(agreement: Agreement) -> str:
    at = now()
    save_draft(program_id=agreement.program_id, document=dict(presets()[1].document), by=STORY, at=at)
    return publish_terms(program_id=agreement.program_id, effective_at=at, by=STORY, at=at).id


def holders(*, ok: int = 200) -> Expected:
    """Whoever has a portal of any kind."""
    same = dict.fromkeys(PEOPLE, 403) | dict.fromkeys(NOBODY, 302) | dict.fromkeys(("owner", "manager", "partner"), ok)
    return Expected(own=same, elsewhere=same, strangers=same)


link = inside("link_id", lambda agreement: make_link(agreement).id)
commission = inside("commission_id", earned)

ROWS = (
    Row("portal:choose", "GET", holders()),
    Row("portal:home", "GET", portal(), at=agreement),
    Row("portal:make-link", "POST", portal(ok=303), at=agreement),
    Row("portal:links", "GET", portal(), at=agreement),
    Row("portal:link-new", "GET", portal(), at=agreement),
    Row("portal:link-new", "POST", portal(ok=422), at=agreement, data={"destination": "ftp://shop.example/"}),
    Row("portal:link", "GET", portal(), at=link),
    Row("portal:link-limits", "GET", portal(), at=link),
    Row("portal:link-limits", "POST", portal(ok=422), at=link, data={"fallback_url": "ftp://shop.example/"}),
    Row("portal:link-switch", "POST", portal(ok=303), at=link),
    Row("portal:commissions", "GET", portal(), at=agreement),
    Row("portal:commissions-file", "GET", portal(), at=agreement),
    Row("portal:commission", "GET", portal(), at=commission),
    Row("portal:commission-reply", "POST", portal(ok=422), at=commission),
    Row("portal:reports", "GET", portal(), at=agreement),
    Row("portal:reports-csv", "GET", portal(), at=agreement),
    Row("portal:terms", "GET", portal(), at=agreement),
    Row("portal:terms-accept", "POST", portal(ok=303), at=offered),
    Row("portal:profile", "GET", portal(), at=agreement),
    Row("portal:profile", "POST", portal(ok=422), at=agreement),
)
