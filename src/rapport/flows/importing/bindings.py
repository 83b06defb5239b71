"""Read a file that says whose customers and codes these are; partners are found by id, name, mail or website."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from rapport.apps.conversions.actions import BindingLine
from rapport.apps.imports.queries import bindings_told
from rapport.apps.imports.reading.columns import Meaning
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.tables import Row
from rapport.apps.imports.reading.values import parse_moment
from rapport.apps.partners.models import AgreementState
from rapport.apps.partners.queries import agreements_of, applications_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.inputs import CouponInput
from rapport.apps.tracking.queries import coupons_by_code
from rapport.flows.importing.files import Fate

_LONGEST_CUSTOMER = 128


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line that gives a code to an agreement."""

    coupon: CouponInput
    agreement_id: str
    line: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be used, and why."""

    line: int
    about: str
    sentence: str


BoundLine = BindingLine | CodeLine | BadLine


@dataclass(frozen=True, slots=True)
class Partners:
    """The agreements of a program by everything a file may call their partners."""

    by_name: Mapping[str, frozenset[str]]
    active: frozenset[str]

    def find(self, text: str) -> str:
        """Return the one agreement meant; raises `BadInput` when there is none or more than one."""
        found = self.by_name.get(_plain(text), frozenset())
        if len(found) == 1:
            return next(iter(found))
        told = {"text": text[:80], "n": len(found)}
        if found:
            raise BadInput(_("“%(text)s” may be %(n)s partners. Give the agreement's id, such as agr_….") % told)
        raise BadInput(_("No partner of this program is called “%(text)s”.") % told)


def partners_of(program_id: str) -> Partners:
    """Load how the partners of a program are called."""
    names: dict[str, set[str]] = defaultdict(set)
    active = set()
    for agreement in agreements_of(program_id):
        partner = agreement.partner
        for text in (agreement.id, partner.id, partner.name, partner.organisation.name, partner.organisation.website):
            names[_plain(text)].add(agreement.id)
        if agreement.state == AgreementState.ACTIVE:
            active.add(agreement.id)
    for application in applications_of(program_id).filter(agreement__isnull=False):
        for text in (application.email, application.website):
            names[_plain(text)].add(str(application.agreement_id))
    names.pop("", None)
    return Partners({name: frozenset(ids) for name, ids in names.items()}, frozenset(active))


class BindingReader:
    """Reads the rows of one file of bindings by a layout."""

    def __init__(self, layout: Layout, header: Sequence[str], *, partners: Partners, at: datetime) -> None:
        self._layout = layout
        self._places = {meaning: list(header).index(name) for meaning, name in layout.columns.items()}
        self._partners = partners
        self._at = at

    def read(self, row: Row) -> BoundLine:
        """Return what the line tells, or why it cannot be used."""
        cells = {meaning: row.cells[place] for meaning, place in self._places.items() if place < len(row.cells)}
        about = cells.get(Meaning.CUSTOMER) or cells.get(Meaning.COUPON) or ""
        try:
            if row.problem:
                return BadLine(row.number, about, row.problem)
            return self._line(row.number, cells)
        except BadInput as bad:
            return BadLine(row.number, about, " ".join(bad.fields.values()) or bad.sentence)

    def _line(self, number: int, cells: Mapping[Meaning, str]) -> BoundLine:
        customer, code = cells.get(Meaning.CUSTOMER, ""), cells.get(Meaning.COUPON, "")
        if bool(customer) == bool(code):
            raise BadInput(_("A line names a customer or a code, one of the two."))
        if len(customer) > _LONGEST_CUSTOMER or any(letter < " " for letter in customer):
            raise BadInput(_("The customer id is too long or holds control characters."))
        agreement = self._partners.find(cells.get(Meaning.PARTNER, ""))
        from_at = self._moment(cells, Meaning.DATE)
        if from_at is None:
            raise BadInput(_("The line does not say from when."))
        if customer:
            return BindingLine(customer, agreement, from_at, number)
        if agreement not in self._partners.active:
            raise BadInput(_("Only an active agreement gets codes."))
        until = self._moment(cells, Meaning.UNTIL)
        if until is not None and until <= from_at:
            raise BadInput(_("The code ends before it begins."))
        given = {"code": code, "starts_at": from_at, "ends_at": until}
        return CodeLine(read_input(CouponInput, given), agreement, number)

    def _moment(self, cells: Mapping[Meaning, str], meaning: Meaning) -> datetime | None:
        text = cells.get(meaning, "")
        if not text:
            return None
        moment = parse_moment(text, self._layout.date_order, zone=self._layout.time_zone)
        if moment is None or moment.year < 1990:  # noqa: PLR2004 - no shop sold on the web before
            raise BadInput(_("“%(text)s” is no date that can be used.") % {"text": text[:60]})
        return moment


def settle_lines(lines: Sequence[BoundLine], *, program_id: str, also: dict[object, str]) -> Iterator[Fate]:
    """Return why lines do not count beside what is known and what earlier lines said, which `also` collects."""
    bound = bindings_told(program_id, customers={one.customer_key for one in lines if isinstance(one, BindingLine)})
    codes = coupons_by_code(program_id, codes={one.coupon.code for one in lines if isinstance(one, CodeLine)})
    for one in lines:
        if isinstance(one, BadLine):
            yield _refused(one.line, one.about, one.sentence)
        elif isinstance(one, BindingLine):
            key = (one.customer_key, one.from_at)
            if also.setdefault(key, bound.get(key, one.agreement_id)) != one.agreement_id:
                yield _refused(one.line, one.customer_key, _("The customer is bound to another partner from that day."))
        else:
            code = one.coupon.code
            owner = codes[code].agreement_id if code in codes else one.agreement_id
            if also.setdefault(code, owner) != one.agreement_id:
                yield _refused(one.line, code, _("The code belongs to another partner."))


def portions(lines: Iterable[BoundLine], size: int) -> Iterator[list[BoundLine]]:
    """Cut lines into portions of one transaction."""
    portion: list[BoundLine] = []
    for line in lines:
        portion.append(line)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


def _refused(line: int, about: str, sentence: str) -> Fate:
    return (line, about, _("refused"), sentence)


def _plain(text: str) -> str:
    """Return a name without case and gaps; an address counts by its host."""
    told = " ".join(text.casefold().split())
    if "://" in told:
        told = urlsplit(told).hostname or ""
    return told.removeprefix("www.").rstrip("/")
