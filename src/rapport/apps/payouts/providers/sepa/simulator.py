"""A bank on paper: reads a pain.001 and answers with the pain.002 that a story asks for."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from rapport.apps.payouts.providers.protocol import respelled

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def answer_to(content: bytes, said: Mapping[str, str], *, group: str = "", payments: str = "") -> bytes:
    """Return the bank's answer: for each payout its status and, after a space, the reason's code."""
    order = fromstring(content)  # noqa: S314 - see above
    space = order.tag.rpartition("}")[0] + "}"
    document = Element("Document", xmlns=_NAMESPACE)
    report = SubElement(document, "CstmrPmtStsRpt")
    original = SubElement(report, "OrgnlGrpInfAndSts")
    SubElement(original, "OrgnlMsgId").text = order.findtext(f".//{space}MsgId")
    _status(original, "GrpSts", group)
    for payment in order.iter(f"{space}PmtInf"):
        answer = SubElement(report, "OrgnlPmtInfAndSts")
        SubElement(answer, "OrgnlPmtInfId").text = payment.findtext(f"{space}PmtInfId")
        _status(answer, "PmtInfSts", payments)
        for transfer in payment.iter(f"{space}CdtTrfTxInf"):
            name = str(transfer.findtext(f"{space}PmtId/{space}EndToEndId"))
            if status := said.get(respelled(name)):
                told = SubElement(answer, "TxInfAndSts")
                SubElement(told, "OrgnlEndToEndId").text = name
                _status(told, "TxSts", status)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(document, encoding="unicode")}'.encode()


def _status(parent: Element, tag: str, status: str) -> None:
    word, _space, code = status.partition(" ")
    if word:
        SubElement(parent, tag).text = word
    if code:
        SubElement(SubElement(SubElement(parent, "StsRsnInf"), "Rsn"), "Cd").text = code
