"""Reads what a bank says of our file: pain.002 in any of its versions, without entities, bombs or giants."""

from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from rapport.apps.payouts.providers.protocol import RailAnswer, Unreadable, respelled
from rapport.apps.payouts.providers.sepa.reasons import reason_words
from rapport.domain.payouts import Outcome

MOST_BYTES: Final = 20_000_000
MOST_ANSWERS: Final = 100_000
_OUTCOMES: Final = {"RJCT": Outcome.FAILED, "ACSC": Outcome.SETTLED, "ACCC": Outcome.SETTLED, "CANC": Outcome.FAILED}
"""What a status says for certain; every other one means that a transfer is on its way."""


def is_pain_002(content: bytes) -> bool:
    """Say whether a file looks like the answer of a bank in XML."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def read_pain_002(content: bytes) -> list[RailAnswer]:
    """Return what the bank says, transfer by transfer; a status of a whole group is said of the file by its name."""
    report = _report(content)
    name = respelled(_under(report, "OrgnlGrpInfAndSts/OrgnlMsgId"))
    group = _first(report, "OrgnlGrpInfAndSts")
    answers = [_of_transfer(one, number) for number, one in enumerate(_all(report, "TxInfAndSts"), start=1)]
    if len(answers) > MOST_ANSWERS:
        raise Unreadable(_("The file answers for more than %(most)s transfers.") % {"most": MOST_ANSWERS})
    whole = _of_file(group, "GrpSts", name) if group is not None else None
    if whole is None:
        whole = _of_payments(report, name)
    # What is said of a transfer wins over what is said of all, so the whole comes last.
    return [*answers, *([whole] if whole else [])]


def _report(content: bytes) -> Element:
    if len(content) > MOST_BYTES:
        raise Unreadable(_("This file is too large: at most 20 MB."))
    try:
        root = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as broken:
        raise Unreadable(_("This is not an XML file that a bank would send.")) from broken
    report = _first(root, "CstmrPmtStsRpt")
    if report is None:
        raise Unreadable(_("This XML file is no payment status report (pain.002)."))
    return report


def _of_transfer(transfer: Element, number: int) -> RailAnswer:
    status = _under(transfer, "TxSts")
    outcome = _OUTCOMES.get(status)
    reference = _under(transfer, "AcctSvcrRef")
    words = reference if outcome is Outcome.SETTLED else _reasons(transfer)
    payout = respelled(_under(transfer, "OrgnlEndToEndId"))
    return RailAnswer(line=number, payout=payout, outcome=outcome, words=words or status)


def _of_payments(report: Element, name: str) -> RailAnswer | None:
    """Return what is said of every group of the file at once; a mixed answer is said transfer by transfer."""
    said = [_of_file(one, "PmtInfSts", name) for one in _all(report, "OrgnlPmtInfAndSts")]
    outcomes = {one.outcome if one else None for one in said}
    return said[0] if said and len(outcomes) == 1 else None


def _of_file(part: Element, tag: str, name: str) -> RailAnswer | None:
    status = _under(part, tag)
    outcome = _OUTCOMES.get(status)
    if outcome is None or not name:
        return None
    words = "" if outcome is Outcome.SETTLED else _reasons(part)
    return RailAnswer(line=0, file_name=name, outcome=outcome, words=words or status)


def _reasons(part: Element) -> str:
    found = []
    for reason in [one for one in part if _tag(one) == "StsRsnInf"]:
        code = _under(reason, "Rsn/Cd") or _under(reason, "Rsn/Prtry")
        more = " ".join(_text(one) for one in reason if _tag(one) == "AddtlInf")
        found.append(reason_words(code, more))
    return " ".join(found)


def _under(element: Element, path: str) -> str:
    for tag in path.split("/"):
        found = next((one for one in element if _tag(one) == tag), None)
        if found is None:
            return ""
        element = found
    return _text(element)


def _first(element: Element, tag: str) -> Element | None:
    return next((one for one in element if _tag(one) == tag), None)


def _all(element: Element, tag: str) -> list[Element]:
    return [one for one in element.iter() if _tag(one) == tag]


def _tag(element: Element) -> str:
    """Return the name of an element without its namespace, which changes with every version."""
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()
