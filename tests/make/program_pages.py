"""A program in which one of everything has happened, for pages: made by the real actions."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.actions import keep_receipts
from rapport.apps.conversions.models import Conversion, Correction, Receipt, ReceiptState
from rapport.apps.identity.models import Organisation
from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.partners.models import Agreement, Application
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import version_in_force
from rapport.apps.tracking.models import Coupon, Link
from rapport.flows.admission import apply
from rapport.kit.ids import new_id
from tests.make.road import (
    START,
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)


@dataclass(frozen=True, slots=True)
class Everything:
    """One of each thing that the program pages show."""

    program: Program
    application: Application
    agreement: Agreement
    link: Link
    coupon: Coupon
    click_id: str
    conversion: Conversion
    commission: Commission
    in_conflict: Conversion
    waiting: Correction
    refused: Receipt


def make_everything(workspace: Organisation, *, at: datetime) -> Everything:
    """Return a program with an applicant, a partner, a sale after its click, a conflict, and things that wait."""
    program = make_program(workspace, name=f"Linen of {workspace.name}"[:60], at=START)
    agreement = make_agreement(program)
    link = make_link(agreement, name="Ten linen pyjamas", placement="review")
    click_id = make_click_id(link, at=at - timedelta(hours=2))
    sale = report_sale(
        program,
        at=at - timedelta(hours=1),
        external_id="10428",
        total="128.92",
        tax="19.80",
        shipping="4.90",
        customer_id="k-77",
        click_ids=[click_id],
        lines=[{"product": "PJ-1", "name": "Linen pyjamas", "quantity": "1", "price": "104.22"}],
    )
    ordered_at = at - timedelta(hours=1)
    report_sale(program, at=ordered_at, external_id="11032", click_ids=[click_id], total="148.00")
    conflict = report_sale(program, at=ordered_at, external_id="11032", click_ids=[click_id], total="118.00")
    refund = report_correction(program, at=at, kind="refund", external_id="r-1", of="99999", total="5.00")
    return Everything(
        program=program,
        application=make_application(program, at=at),
        agreement=agreement,
        link=link,
        coupon=make_coupon(agreement, "ANNA12"),
        click_id=click_id,
        conversion=sale.conversion,
        commission=Commission.objects.get(conversion=sale.conversion),
        in_conflict=conflict.conversion,
        waiting=refund.correction,
        refused=make_refused_receipt(program, at=at),
    )


def make_application(program: Program, *, at: datetime, name: str = "Sleep Atlas") -> Application:
    """Return an application that waits."""
    version = version_in_force(program.id, at=at)
    assert version is not None
    given = ApplicationInput(
        name="Mira Falk",
        organisation_name=name,
        email=f"{new_id('x', at=at)[-12:]}@example.com",
        website="https://sleepatlas.example/",
        segment="niche",
        promotion="I compare mattresses.",
        accepted_version=version.id,
    )
    return apply(program=program, given=given, at=at).application


def make_refused_receipt(program: Program, *, at: datetime) -> Receipt:
    """Return the receipt of a postback that could not be used."""
    receipt = Receipt(
        id=new_id("rcp", at=at),
        program=program,
        state=ReceiptState.REFUSED,
        problems=[{"field": "total", "sentence": "Give an amount such as 12.50."}],
        raw={"params": {"amount": "twelve"}},
        received_at=at,
        handled_at=at,
    )
    keep_receipts([receipt])
    return receipt
