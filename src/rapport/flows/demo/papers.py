"""Tax papers of the demo: who is who to tax offices, who is billed by the shop, who lacks a form, who objects."""

from datetime import date, datetime, timedelta

from stdnum.at import uid
from stdnum.iso7064 import mod_11_10

from rapport.apps.invoices.models import Invoice, InvoiceObjection
from rapport.apps.partners.models import Agreement
from rapport.apps.programs.models import Program
from rapport.apps.record.actors import Actor
from rapport.apps.taxes import actions
from rapport.apps.taxes.inputs import FormInput, ProfileInput, RuleInput, TaxSettingsInput
from rapport.apps.taxes.models import TaxFormKind, TaxKind
from rapport.apps.taxes.numbers import NumberInput
from rapport.domain.tax import Need
from rapport.flows.objecting import object_to
from rapport.flows.tax_papers import self_billing_text

_LEADING, _AUSTRIAN, _SMALL, _AMERICAN = 0, 2, 4, 6
"""Places in the cast: who is billed with VAT, across a border, as a small business; who lives in the United States."""
_BILLED = frozenset({_LEADING, _AUSTRIAN, _SMALL})
OBJECTORS = (_AUSTRIAN, _LEADING, _SMALL)
"""Who objects to an invoice: the first of these that has one."""
_WITHOUT_VAT_ID = 3
_FORM = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
_SIGNED_ON = date(2025, 1, 7)
_ASKED = (RuleInput(needs=(Need.PROFILE,)),)
_ASKED_AT_LAST = (*_ASKED, RuleInput(where="US", needs=(Need.W9,)))


def enter_own(program: Program, *, by: Actor, at: datetime) -> None:
    """Say who the shop is, that it asks everybody who they are, and that it writes the invoices of who agrees."""
    given = ProfileInput(
        country="DE",
        kind=TaxKind.COMPANY,
        legal_name="Marlow & Lind GmbH",
        street="Am Markt 4",
        postcode="60311",
        city="Frankfurt am Main",
        vat_id=_german_vat_id(12_927_339),
    )
    actions.enter_profile(organisation_id=program.workspace_id, given=given, by=by, at=at)
    _ask(program, _ASKED, by=by, at=at)


def enter_of(agreement: Agreement, number: int, *, abroad: bool, by: Actor, at: datetime) -> None:
    """Let a partner say who it is; some agree to be billed, who lives far away hands in a form."""
    organisation_id, name = agreement.partner.organisation_id, agreement.partner.name
    given = _american(name) if abroad or number == _AMERICAN else _european(name, number)
    actions.enter_profile(organisation_id=organisation_id, given=given, by=by, at=at)
    if number == _LEADING:
        tax_number = NumberInput(kind="idnr", number="36574261809")
        actions.enter_number(organisation_id=organisation_id, given=tax_number, by=by, at=at)
    if number in _BILLED:
        text = self_billing_text(agreement)
        actions.agree_to_self_billing(agreement=agreement, text=text, language="en", by=by, at=at)
    if abroad:
        form = FormInput(kind=TaxFormKind.W9, signed_on=_SIGNED_ON, content=_FORM)
        actions.receive_form(organisation_id=organisation_id, given=form, by=by, at=at)


def ask_for_forms(program: Program, *, by: Actor, at: datetime) -> None:
    """Ask payees of the United States for a form from now on: one of them has none and is held in the last run."""
    _ask(program, _ASKED_AT_LAST, by=by, at=at)


def object_to_the_last(agreement: Agreement, *, by: Actor, until: datetime) -> bool:
    """Let a partner object to its newest invoice while that is possible; say whether it has one."""
    rows = Invoice.objects.filter(payout__agreement=agreement, corrected_by=None)
    newest = rows.select_related("payout__agreement__program").order_by("-number").first()
    if newest and not InvoiceObjection.objects.filter(pk=newest.pk).exists():
        at = min(until, newest.issued_at + timedelta(days=3))
        object_to(newest, "We moved last month: please put our new address, Lindengasse 7, on it.", by=by, at=at)
    return newest is not None


def _ask(program: Program, rules: tuple[RuleInput, ...], *, by: Actor, at: datetime) -> None:
    given = TaxSettingsInput(rules=rules, self_billing=True)
    actions.change_tax_settings(program=program, given=given, by=by, at=at)


def _european(name: str, number: int) -> ProfileInput:
    is_austrian, is_small = number == _AUSTRIAN, number == _SMALL
    has_none = number not in _BILLED and number % _WITHOUT_VAT_ID == 0
    vat_id = _austrian_vat_id(1_234_567) if is_austrian else _german_vat_id(13_000_000 + number)
    return ProfileInput(
        country="AT" if is_austrian else "DE",
        kind=TaxKind.COMPANY if is_austrian else TaxKind.PERSON,
        legal_name=name,
        street=f"{'Neubaugasse' if is_austrian else 'Lindenstraße'} {number + 1}",
        postcode="1070" if is_austrian else "60325",
        city="Wien" if is_austrian else "Frankfurt am Main",
        vat_id="" if is_small or has_none else vat_id,
        small_business=is_small,
    )


def _american(name: str) -> ProfileInput:
    return ProfileInput(
        country="US",
        kind=TaxKind.PERSON,
        legal_name=name,
        street="12 Congress Ave",
        postcode="78701",
        city="Austin",
        region="TX",
    )


def _german_vat_id(stem: int) -> str:
    text = f"{stem:08}"
    return f"DE{text}{mod_11_10.calc_check_digit(text)}"


def _austrian_vat_id(stem: int) -> str:
    text = f"U{stem:07}"
    return f"AT{text}{uid.calc_check_digit(text)}"
