"""Programs, partners, links and clicks for stories, made by the real actions."""

import secrets
from datetime import datetime, timedelta

from rapport.apps.conversions.actions import keep_receipts, new_receipt
from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.models import Door, Receipt, ReceiptState
from rapport.apps.conversions.reading import read_conversion, read_correction
from rapport.apps.conversions.recording import TakenConversion, TakenCorrection
from rapport.apps.identity.models import Organisation
from rapport.apps.partners.actions import admit_partner, apply_to_program
from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.actions import create_program, move_program, publish_terms
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState
from rapport.apps.programs.queries import version_in_force
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.actions import create_coupon, create_link, ensure_click_key
from rapport.apps.tracking.inputs import CouponInput, LinkInput
from rapport.apps.tracking.keys import key_of
from rapport.apps.tracking.models import Coupon, Link
from rapport.domain.terms import presets
from rapport.flows.intake import take_conversions, take_corrections
from rapport.flows.offers import load_offer
from rapport.kit.clock import to_ms
from rapport.kit.ids import new_id
from rapport.wire.clickid import Mark, mint
from tests.make.identity import NOON, STORY, make_organisation

NO_MARKS = Mark(0)
START = NOON - timedelta(days=100)
"""When the programs of stories open, well before anything happens in them."""


def make_program(
    workspace: Organisation | None = None,
    *,
    name: str = "Partner program",
    currency: str = "EUR",
    zone: str = "Europe/Berlin",
    document: dict[str, object] | None = None,
    at: datetime = START,
) -> Program:
    """Return an open program with its first version of terms (12 % of the sale, 365 days) in force."""
    given = ProgramInput(
        name=name,
        slug=f"p-{secrets.token_hex(6)}",
        currency=currency,
        zone=zone,
        landing_url="https://shop.example/",
        hosts=("shop.example", "www.shop.example"),
    )
    program = create_program(
        workspace_id=(workspace or make_organisation()).id,
        given=given,
        document=document or dict(presets()[0].document),
        by=STORY,
        at=at,
    )
    publish_terms(program_id=program.id, effective_at=at, by=STORY, at=at)
    return move_program(program_id=program.id, state=ProgramState.OPEN, by=STORY, at=at)


def make_agreement(
    program: Program, *, name: str = "Slow Mornings", organisation: Organisation | None = None, at: datetime = START
) -> Agreement:
    """Return an active agreement of a partner (a new one unless given) on the terms in force."""
    version = version_in_force(program.id, at=at)
    assert version is not None
    application = apply_to_program(
        program_id=program.id,
        given=ApplicationInput(
            name="Anna Reuter",
            organisation_name=name,
            email=f"{secrets.token_hex(6)}@example.com",
            segment="blogger",
            promotion="I write about mornings.",
            accepted_version=version.id,
        ),
        sentence="You earn 12 % of every sale.",
        secret_digest=secrets.token_hex(32),
        by=STORY,
        at=at,
    )
    partner = organisation or make_organisation(name, at=at)
    return admit_partner(application_id=application.id, organisation_id=partner.id, by=STORY, at=at)


def make_link(agreement: Agreement, *, at: datetime = START, **given: object) -> Link:
    """Return a link of an agreement to the program's landing page."""
    return create_link(agreement_id=agreement.id, given=read_input(LinkInput, given), by=STORY, at=at)


def make_coupon(agreement: Agreement, code: str, *, at: datetime = START, **given: object) -> Coupon:
    """Return a coupon of an agreement, good from now on."""
    return create_coupon(
        agreement_id=agreement.id, given=read_input(CouponInput, {"code": code, **given}), by=STORY, at=at
    )


def make_click_id(link: Link, *, at: datetime = NOON, marks: Mark = NO_MARKS) -> str:
    """Return a click id as the edge would mint it for this link."""
    row = ensure_click_key(by=STORY, at=at)
    key = key_of(row)
    return mint(key=key, at_ms=to_ms(at), link_number=link.number, marks=marks, random=secrets.token_bytes(4))


def report_sale(program: Program, *, at: datetime = NOON, **given: object) -> TakenConversion:
    """Report one sale to a program through the use-case that every door calls."""
    fields = {"kind": "sale", "currency": program.currency, "occurred_at": at, **given}
    offer = load_offer(program.id)
    read = read_conversion(read_input(ConversionInput, fields), frame=offer.frame, received_at=at)
    return take_conversions([read], offer=offer, door=Door.API, by=STORY, at=at)[0]


def report_correction(program: Program, *, at: datetime = NOON, **given: object) -> TakenCorrection:
    """Report one correction to a program through the use-case that every door calls."""
    fields = {"currency": program.currency, "occurred_at": at, **given}
    offer = load_offer(program.id)
    read = read_correction(read_input(CorrectionInput, fields), frame=offer.frame, received_at=at)
    return take_corrections([read], offer=offer, door=Door.API, by=STORY, at=at)[0]


def make_receipt(program: Program, *, state: ReceiptState = ReceiptState.TAKEN, **more: object) -> Receipt:
    """Keep the receipt of a postback that came at noon."""
    fields = {"id": new_id("rcp", at=NOON), "program_id": program.id, "state": state}
    receipt = new_receipt(**(fields | {"received_at": NOON, "handled_at": NOON} | more))
    keep_receipts([receipt])
    return receipt
