"""Rows of the pages of tax papers, in the console, in the portal and behind a mailed link."""

from rapport.apps.identity.models import Role
from rapport.flows.tax_links import signed_link
from tests.doors.routes.rows.paying import PAYERS, agreement, program
from tests.doors.routes.rows.portal import agreement as held
from tests.doors.routes.table import Addressed, Row, everybody, portal, team
from tests.make.identity import Cast, make_member
from tests.make.road import make_agreement, make_program
from tests.make.taxes import make_form

PROFILE, RATE = {"what": "profile"}, {"what": "rate"}


def form(cast: Cast) -> Addressed:
    """A form of a partner: foreign as a whole, foreign under our own address, and missing."""
    ours, theirs = (make_agreement(make_program(one)) for one in (cast.ours, cast.theirs))
    own, foreign = (make_form(one.partner.organisation).id for one in (ours, theirs))
    rows = (
        (theirs.program_id, theirs.id, foreign),
        (ours.program_id, theirs.id, foreign),
        (ours.program_id, ours.id, foreign),
        (ours.program_id, ours.id, "txf_missing"),
    )
    names = ("program_id", "agreement_id", "form_id")
    return Addressed(
        own={"program_id": ours.program_id, "agreement_id": ours.id, "form_id": own},
        elsewhere=tuple(dict(zip(names, row, strict=True)) for row in rows),
    )


def mailed(cast: Cast) -> Addressed:
    """A mailed link; one that was changed on the way opens nothing."""
    found = make_agreement(make_program(cast.ours))
    person = make_member(found.partner.organisation, Role.PARTNER)
    token = signed_link(found, person.email).rpartition("/")[2]
    return Addressed(own={"token": token}, elsewhere=({"token": token[:-1]}, {"token": "x"}))


ROWS = (
    Row("console:taxes", "GET", team(*PAYERS), at=program),
    Row("console:tax-settings", "GET", team(*PAYERS), at=program),
    Row("console:tax-settings", "POST", team(*PAYERS, ok=422), at=program, data=PROFILE),
    Row("console:tax-papers", "GET", team(*PAYERS), at=agreement),
    Row("console:tax-papers", "POST", team(*PAYERS, ok=422), at=agreement, data=RATE),
    Row("console:tax-vies", "POST", team(*PAYERS, ok=422), at=agreement),
    Row("console:tax-form", "GET", team(*PAYERS), at=form),
    Row("console:tax-form-file", "POST", team(*PAYERS), at=form),
    Row("console:tax-form-accept", "POST", team(*PAYERS, ok=303), at=form),
    Row("console:tax-form-refuse", "POST", team(*PAYERS, ok=422), at=form),
    Row("portal:taxes", "GET", portal(), at=held),
    Row("portal:taxes", "POST", portal(ok=422), at=held, data=PROFILE),
    Row("portal:self-billing", "POST", portal(ok=422), at=held),
    Row("public:tax-papers", "GET", everybody(), at=mailed),
    Row("public:tax-papers", "POST", everybody(ok=422), at=mailed, data=PROFILE),
)
