"""Writes the file of a run for accounts with an IBAN: pain.001.001.09, addresses in fields of their own."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rapport.apps.payouts.providers.latin import latin
from rapport.apps.payouts.providers.protocol import Dispatch, Instruction, TooLarge, spelled
from rapport.domain.money import Money, format_amount

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_MOST_NAME, _MOST_REMITTANCE = 70, 140
_MOST_MINOR: Final = 99_999_999_999
"""SEPA carries up to 999,999,999.99 in one transfer."""


def pain_001(dispatch: Dispatch) -> bytes:
    """Return the file: one group of transfers inside SEPA, and one for other currencies where there are any."""
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    _group_header(initiation, dispatch)
    for number, (is_sepa, instructions) in enumerate(_groups(dispatch.instructions), start=1):
        _payment(initiation, dispatch, instructions, name=f"{dispatch.name}-{number}"[:35], is_sepa=is_sepa)
    indent(document)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(document, encoding="unicode")}\n'.encode()


def _groups(instructions: Sequence[Instruction]) -> list[tuple[bool, list[Instruction]]]:
    inside = [one for one in instructions if one.amount.currency == "EUR"]
    outside = [one for one in instructions if one.amount.currency != "EUR"]
    return [(is_sepa, some) for is_sepa, some in ((True, inside), (False, outside)) if some]


def _group_header(parent: Element, dispatch: Dispatch) -> None:
    header = SubElement(parent, "GrpHdr")
    _text(header, "MsgId", dispatch.name)
    _text(header, "CreDtTm", dispatch.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(header, dispatch.instructions)
    party = SubElement(header, "InitgPty")
    _text(party, "Nm", latin(dispatch.account["name"], _MOST_NAME))
    if identification := dispatch.account.get("identification"):
        _text(_path(party, "Id/OrgId/Othr"), "Id", identification)


def _payment(
    parent: Element, dispatch: Dispatch, instructions: Sequence[Instruction], *, name: str, is_sepa: bool
) -> None:
    payment = SubElement(parent, "PmtInf")
    _text(payment, "PmtInfId", name)
    _text(payment, "PmtMtd", "TRF")
    _text(payment, "BtchBookg", "true")
    _sums(payment, instructions)
    if is_sepa:
        _text(_path(payment, "PmtTpInf/SvcLvl"), "Cd", "SEPA")
    _text(SubElement(payment, "ReqdExctnDt"), "Dt", dispatch.execute_on.isoformat())
    _debtor(payment, dispatch.account)
    # Inside SEPA each side pays its own bank; elsewhere the two share.
    _text(payment, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    for one in instructions:
        _transfer(payment, one, program=dispatch.program, is_sepa=is_sepa)


def _debtor(payment: Element, account: Mapping[str, str]) -> None:
    debtor = SubElement(payment, "Dbtr")
    _text(debtor, "Nm", latin(account["name"], _MOST_NAME))
    _address(debtor, account)
    _text(_path(payment, "DbtrAcct/Id"), "IBAN", account["iban"])
    agent = _path(payment, "DbtrAgt/FinInstnId")
    if account.get("bic"):
        _text(agent, "BICFI", account["bic"])
    else:
        _text(SubElement(agent, "Othr"), "Id", "NOTPROVIDED")


def _transfer(payment: Element, one: Instruction, *, program: str, is_sepa: bool) -> None:
    if one.amount.minor > _MOST_MINOR:
        raise TooLarge(f"{format_amount(one.amount)} {one.amount.currency}")
    transfer = SubElement(payment, "CdtTrfTxInf")
    _text(SubElement(transfer, "PmtId"), "EndToEndId", spelled(one.payout_id))
    amount = _text(SubElement(transfer, "Amt"), "InstdAmt", format_amount(one.amount))
    amount.set("Ccy", one.amount.currency)
    if one.routing and not is_sepa:
        _text(_path(transfer, "CdtrAgt/FinInstnId"), "BICFI", one.routing)
    creditor = SubElement(transfer, "Cdtr")
    _text(creditor, "Nm", latin(one.holder, _MOST_NAME))
    _address(creditor, one.facts)
    _text(_path(transfer, "CdtrAcct/Id"), "IBAN", one.number)
    words = latin(f"{program}, payout {spelled(one.payout_id)}", _MOST_REMITTANCE)
    _text(SubElement(transfer, "RmtInf"), "Ustrd", words)


def _address(party: Element, facts: Mapping[str, str]) -> None:
    """Write an address in fields of its own: banks refuse lines of free text since November 2026.

    Without town and country nothing is written: inside the European Economic Area a transfer needs no address.
    """
    if not (facts.get("town") and facts.get("residence")):
        return
    address = SubElement(party, "PstlAdr")
    for tag, name, most in (("StrtNm", "street", 70), ("PstCd", "postcode", 16), ("TwnNm", "town", 35)):
        if facts.get(name):
            _text(address, tag, latin(facts[name], most))
    _text(address, "Ctry", facts["residence"])


def _sums(parent: Element, instructions: Sequence[Instruction]) -> None:
    _text(parent, "NbOfTxs", str(len(instructions)))
    currency = instructions[0].amount.currency
    _text(parent, "CtrlSum", format_amount(Money(sum(one.amount.minor for one in instructions), currency)))


def _path(parent: Element, tags: str) -> Element:
    for tag in tags.split("/"):
        parent = SubElement(parent, tag)
    return parent


def _text(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element
