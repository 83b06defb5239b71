"""One line of a file of validations: which order, approve, decline or a new amount, and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from rapport.apps.conversions.models import DeclineCode
from rapport.apps.imports.models import Verdict
from rapport.apps.imports.reading.columns import Meaning
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.tables import Row
from rapport.apps.imports.reading.values import DecimalSign, parse_number
from rapport.apps.record.errors import BadInput

_LONGEST_REASON = 2_000
_WORDS: Mapping[str, Verdict] = {
    **dict.fromkeys(
        [
            "approve",
            "approved",
            "approval",
            "accept",
            "accepted",
            "ok",
            "okay",
            "valid",
            "validated",
            "confirm",
            "confirmed",
            "yes",
            "true",
            "1",
            "paid",
            "open",
            "genehmigt",
            "bestätigt",
            "angenommen",
            "одобрить",
            "одобрено",
            "да",
        ],
        Verdict.APPROVE,
    ),
    **dict.fromkeys(
        [
            "decline",
            "declined",
            "reject",
            "rejected",
            "invalid",
            "void",
            "cancel",
            "cancelled",
            "canceled",
            "refused",
            "no",
            "false",
            "0",
            "storno",
            "storniert",
            "abgelehnt",
            "отклонить",
            "отклонено",
            "нет",
        ],
        Verdict.DECLINE,
    ),
    **dict.fromkeys(
        ["amend", "amended", "change", "changed", "correct", "corrected", "update", "partial", "geändert", "изменить"],
        Verdict.AMEND,
    ),
}
_CODES = {
    re.sub(r"[\W_]+", " ", name).casefold(): code for code in DeclineCode for name in (code.value, str(code.label))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldVerdict:
    """What a line says; `total` is a new amount of the order, exact, in its own currency."""

    number: int
    order: str
    verdict: Verdict
    total: Decimal | None = None
    decline_code: str = ""
    reason: str = ""

    @property
    def says(self) -> tuple[object, ...]:
        """Return what is said, whatever line says it: two lines that say the same are one."""
        return (self.verdict, self.total, self.decline_code, self.reason)


@dataclass(frozen=True, slots=True)
class BadVerdict:
    """A line that cannot be used, and why."""

    number: int
    order: str
    sentence: str


@dataclass(frozen=True)
class VerdictReader:
    """Reads the rows of one file of validations by a layout."""

    layout: Layout
    header: Sequence[str]

    @cached_property
    def _places(self) -> dict[Meaning, int]:
        return {meaning: list(self.header).index(name) for meaning, name in self.layout.columns.items()}

    def read(self, row: Row) -> ToldVerdict | BadVerdict:
        """Return what the line says, or why it cannot be used."""
        cells = {meaning: row.cells[place].strip() for meaning, place in self._places.items() if place < len(row.cells)}
        order = cells.get(Meaning.ORDER, "")
        if row.problem:
            return BadVerdict(row.number, order[:128], row.problem)
        try:
            return self._told(row.number, order, cells)
        except BadInput as bad:
            return BadVerdict(row.number, order[:128], bad.sentence)

    def _told(self, number: int, order: str, cells: Mapping[Meaning, str]) -> ToldVerdict:
        if not order:
            raise BadInput(_("The line names no order."))
        if any(text.startswith("=") for text in cells.values()):
            raise BadInput(_("A cell holds a formula. Copy the sheet and paste values only."))
        total = self._total(cells.get(Meaning.AMOUNT, ""))
        verdict = _verdict(cells.get(Meaning.VERDICT, ""), total)
        if verdict == Verdict.DECLINE:
            code, reason = _declined(cells)
            return ToldVerdict(number=number, order=order, verdict=verdict, decline_code=code, reason=reason)
        return ToldVerdict(number=number, order=order, verdict=verdict, total=total)

    def _total(self, text: str) -> Decimal | None:
        if not text:
            return None
        total = parse_number(text, self.layout.decimal or DecimalSign.POINT)
        if total is None or total < 0:
            raise BadInput(_("“%(text)s” is no amount of an order.") % {"text": text[:40]})
        return total


def _verdict(text: str, total: Decimal | None) -> Verdict:
    plain = " ".join(text.casefold().split())
    if not plain:
        if total is None:
            raise BadInput(_("The line says neither approve nor decline nor a new amount."))
        return Verdict.AMEND
    if plain not in _WORDS:
        raise BadInput(_("“%(text)s” is no decision: write approve, decline or amend.") % {"text": text[:40]})
    verdict = _WORDS[plain]
    if verdict == Verdict.AMEND and total is None:
        raise BadInput(_("The line changes the order and gives no new amount."))
    return verdict


def _declined(cells: Mapping[Meaning, str]) -> tuple[str, str]:
    """Return code and reason of a decline: the partner reads both and may reply."""
    told = cells.get(Meaning.DECLINE_CODE, "")
    code = _CODES.get(re.sub(r"[\W_]+", " ", told).casefold().strip())
    if code is None:
        known = ", ".join(DeclineCode.values)
        sentence = (
            _("A decline needs one of these codes: %(known)s.") if not told else _("“%(told)s” is no code: %(known)s.")
        )
        raise BadInput(sentence % {"told": told[:40], "known": known})
    reason = cells.get(Meaning.REASON, "")[:_LONGEST_REASON]
    if code == DeclineCode.OTHER and not reason:
        raise BadInput(_("“Another reason” needs the reason in words; the partner reads it."))
    return code.value, reason or str(code.label)
