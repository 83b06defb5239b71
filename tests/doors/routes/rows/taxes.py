"""Rows of the pages of tax papers, in the console, in the portal and behind a mailed link."""

from rapport.apps.conversions.models import Conversion
from rapport.apps.identity.models import Role
from rapport.apps.invoices.actions import issue_for
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.actions import propose_write_off
from rapport.domain.payouts import Outcome
from rapport.flows.paying import record_outcome
from rapport.flows.tax_links import signed_link
from rapport.kit.clock import now
from tests.doors.routes.rows.paying import PAYERS, READERS, a_run, agreement, program, sent
from tests.doors.routes.rows.portal import agreement as held
from tests.doors.routes.rows.portal import both as both_agreements
from tests.doors.routes.table import Addressed, Row, everybody, portal, team
from tests.make.identity import NOON, STORY, Cast, make_member
from tests.make.payouts import AFTER_HOLD, MARA
from tests.make.road import make_agreement, make_program, report_correction
from tests.make.taxes import bill_for, make_form

PROFILE, RATE = {"what": "profile"}, {"what": "rate"}


def vat_rate(cast: Cast) -> Addressed:
    """A rate that came with the program; a day on which none begins, and no day at all."""
    found = program(cast)
    names = ({"country": "DE", "from_on": "2021-01-01"}, {"country": "DE", "from_on": "2021-01-32"})
    return Addressed(
        own={**found.own, **names[0]},
        elsewhere=(*({**one, **names[0]} for one in found.elsewhere), {**found.own, **names[1]}),
    )


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


def issued(agreement: Agreement) -> str:
    """Bill a payout of a partner that arrived."""
    bill_for(agreement)
    payout = a_run(agreement, sent)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=now())
    return issue_for(payout_id=payout.id, by=STORY, at=now())[0].id


def invoice(cast: Cast) -> Addressed:
    """An invoice of a program: foreign as a whole, foreign under our own address, and missing."""
    ours, theirs = (make_agreement(make_program(one)) for one in (cast.ours, cast.theirs))
    own, foreign = issued(ours), issued(theirs)
    pairs = ((theirs.program_id, foreign), (ours.program_id, foreign), (ours.program_id, "inv_missing"))
    return Addressed(
        own={"program_id": ours.program_id, "invoice_id": own},
        elsewhere=tuple({"program_id": one, "invoice_id": other} for one, other in pairs),
    )


def written(cast: Cast) -> Addressed:
    """An invoice of our partner firm, and one of the firm beside it."""
    ours, theirs = both_agreements(cast)
    own, foreign = issued(ours), issued(theirs)
    pairs = ((theirs.id, foreign), (ours.id, foreign), (theirs.id, own), (ours.id, "inv_missing"))
    return Addressed(
        own={"agreement_id": ours.id, "invoice_id": own},
        elsewhere=tuple({"agreement_id": one, "invoice_id": other} for one, other in pairs),
    )


def write_off(cast: Cast) -> Addressed:
    """A debt proposed to be given up: foreign as a whole, foreign under our own address, and missing."""
    ours, theirs = (make_agreement(make_program(one)) for one in (cast.ours, cast.theirs))
    own, foreign = owed(ours), owed(theirs)
    pairs = ((theirs.program_id, foreign), (ours.program_id, foreign), (ours.program_id, "wof_missing"))
    return Addressed(
        own={"program_id": ours.program_id, "write_off_id": own},
        elsewhere=tuple({"program_id": one, "write_off_id": other} for one, other in pairs),
    )


def owed(agreement: Agreement) -> str:
    """Propose to give up what was taken back after it had been paid."""
    payout = a_run(agreement, sent)
    record_outcome(payout=payout, outcome=Outcome.SETTLED, words="R", by=MARA, at=now())
    order = Conversion.objects.get(program=agreement.program).external_id
    report_correction(agreement.program, at=NOON + AFTER_HOLD, kind="refund", external_id="r", of=order, total="500.00")
    return propose_write_off(agreement=agreement, reason="Ended", by=STORY, at=now()).id


ROWS = (
    Row("console:debts", "GET", team(*READERS), at=program),
    Row("console:debt", "GET", team(*READERS), at=agreement),
    Row("console:debt", "POST", team(*PAYERS, ok=422), at=agreement),
    Row("console:write-off-approve", "POST", team(*PAYERS, ok=303), at=write_off),
    Row("console:write-off-refuse", "POST", team(*PAYERS, ok=303), at=write_off),
    Row("console:year-end", "GET", team(*PAYERS), at=program),
    Row("console:year-end-file", "GET", team(*PAYERS), at=program),
    Row("console:year-end-numbers", "POST", team(*PAYERS), at=program),
    Row("console:vat-rates", "GET", team(*PAYERS), at=program),
    Row("console:vat-rates", "POST", team(*PAYERS, ok=422), at=program),
    Row("console:vat-rate-checked", "POST", team(*PAYERS, ok=303), at=vat_rate),
    Row("console:invoices", "GET", team(*READERS), at=program),
    Row("console:invoices-file", "GET", team(*READERS), at=program),
    Row("console:invoice", "GET", team(*READERS), at=invoice),
    Row("console:invoice", "POST", team(*PAYERS, ok=422), at=invoice),
    Row("portal:invoice", "GET", portal(), at=written),
    Row("portal:invoice", "POST", portal(ok=422), at=written),
    Row("console:invoice-paper", "GET", team(*READERS), at=invoice),
    Row("console:invoice-data", "GET", team(*READERS), at=invoice),
    Row("portal:invoices", "GET", portal(), at=held),
    Row("portal:invoices-file", "GET", portal(), at=held),
    Row("portal:invoice-paper", "GET", portal(), at=written),
    Row("portal:invoice-data", "GET", portal(), at=written),
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
