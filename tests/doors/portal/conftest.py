"""What the tests of the portal share: a partner with a link, a code and a sale, in a program with another partner."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client

from rapport.apps.commissions.models import Commission
from rapport.apps.identity.models import Organisation, Person, Role
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Coupon, Link
from rapport.kit.clock import now
from tests.make.identity import make_member, make_organisation
from tests.make.road import make_agreement, make_click_id, make_coupon, make_link, make_program, report_sale


@dataclass(frozen=True, slots=True)
class Partnership:
    """One partner in one program."""

    program: Program
    organisation: Organisation
    person: Person
    agreement: Agreement
    link: Link
    coupon: Coupon
    commission: Commission
    rival: Agreement
    at: datetime


@pytest.fixture
def anna(db: None) -> Partnership:
    """Anna of Slow Mornings, who brought one order of 104.22 EUR an hour ago."""
    at = now()
    program = make_program()
    organisation = make_organisation("Slow Mornings")
    agreement = make_agreement(program, organisation=organisation)
    link = make_link(agreement, name="Ten linen pyjamas", placement="review", subs={"sub1": "may"})
    click_id = make_click_id(link, at=at - timedelta(hours=2))
    ordered_at = at - timedelta(hours=1)
    sale = report_sale(
        program, at=ordered_at, external_id="=10428", total="104.22", customer_id="k-77", click_ids=[click_id]
    )
    return Partnership(
        program=program,
        organisation=organisation,
        person=make_member(organisation, Role.PARTNER),
        agreement=agreement,
        link=link,
        coupon=make_coupon(agreement, "ANNA12"),
        commission=Commission.objects.get(conversion=sale.conversion),
        rival=make_agreement(program, name="Deal Otter"),
        at=at,
    )


@pytest.fixture
def by_anna(anna: Partnership) -> Client:
    client = Client()
    client.force_login(anna.person)
    return client
