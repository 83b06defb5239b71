"""One line of a file of partners as typed facts, or the sentence that says why it cannot be used."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.imports.reading.columns import Meaning
from rapport.apps.imports.reading.layout import Layout
from rapport.apps.imports.reading.tables import Row
from rapport.apps.imports.reading.values import DecimalSign, parse_number
from rapport.apps.partners.models import Segment
from rapport.apps.payouts.inputs import Details, checked
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import terms_of
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.tracking.inputs import CouponInput
from rapport.apps.tracking.old_addresses import read_old_address
from rapport.domain.money import MAX_MINOR, decimals_of
from rapport.domain.terms import Flat, Percent, Problems, canonical, parse, with_own_rate
from rapport.flows.importing.partners.methods import read_method

T = TypeVar("T")

_MOST_PIECES = 20
_WHOLE = 100  # percent
_LONGEST_EXPLANATION = 250
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FREE_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.de"),
        *("ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "web.de", "bk.ru"),
        *("t-online.de", "freenet.de", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "inbox.ru", "list.ru"),
        *("rambler.ru", "proton.me", "protonmail.com", "posteo.de", "mailbox.org", "zoho.com", "fastmail.com"),
        *("hey.com", "qq.com", "163.com", "126.com", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "libero.it"),
        *("virgilio.it", "seznam.cz", "wp.pl", "o2.pl"),
    }
)
"""Mail houses of everybody: two partners there have nothing in common."""
_LANGUAGES = {
    str(info.get(key, "")).casefold(): code for code, info in LANG_INFO.items() for key in ("name", "name_local")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """What a line tells of a partner. `rate` is a document of terms, told only where it differs from the program's."""

    number: int
    filled: int
    partner: str
    mail: str
    person: str
    website: str = ""
    segment: Segment = Segment.NICHE
    language: str = "en"
    rate: Mapping[str, object] | None = None
    rate_told: str = ""
    codes: tuple[str, ...] = ()
    old: tuple[tuple[str, str], ...] = ()
    balance_minor: int = 0
    explanation: str = ""
    method: Details | None = None

    @property
    def domains(self) -> frozenset[str]:
        """Return the domains that are this partner's own."""
        return domains_of(self.mail, self.website)

    @property
    def account(self) -> str:
        """Return the account that money goes to; what was agreed by hand is none."""
        return self.method.number.lower() if self.method else ""


@dataclass(frozen=True, slots=True)
class BadPartnerLine:
    """A line that cannot be used, and why."""

    number: int
    about: str
    sentence: str


@dataclass(frozen=True)
class PartnerReader:
    """Reads the rows of one file of partners; rates are tried on the version of terms that everybody is offered."""

    layout: Layout
    header: Sequence[str]
    program: Program
    version: TermsVersion

    @cached_property
    def _places(self) -> dict[Meaning, int]:
        return {meaning: list(self.header).index(name) for meaning, name in self.layout.columns.items()}

    def read(self, row: Row) -> PartnerLine | BadPartnerLine:
        """Return what the line tells, or why it cannot be used: all that is wrong with it, not only the first."""
        cells = {meaning: row.cells[place].strip() for meaning, place in self._places.items() if place < len(row.cells)}
        about = (cells.get(Meaning.MAIL) or cells.get(Meaning.PARTNER) or "")[:120]
        if row.problem:
            return BadPartnerLine(row.number, about, row.problem)
        problems: list[str] = []
        line = self._line(row.number, cells, problems)
        return line if not problems else BadPartnerLine(row.number, about, " ".join(dict.fromkeys(problems)))

    def _line(self, number: int, cells: Mapping[Meaning, str], problems: list[str]) -> PartnerLine:
        def told(read: Callable[[], T], otherwise: T) -> T:
            try:
                return read()
            except BadInput as bad:
                problems.extend(bad.fields.values() or [bad.sentence])
                return otherwise

        _refuse_dangerous(cells, problems)
        name, website = cells.get(Meaning.PARTNER, ""), _complete(cells.get(Meaning.WEBSITE, ""))
        person = cells.get(Meaning.PERSON, "") or name
        who = told(lambda: read_input(PersonInput, {"email": cells.get(Meaning.MAIL, ""), "name": person}), None)
        told(lambda: read_input(OrganisationInput, {"name": name, "website": website}), None)
        explanation = cells.get(Meaning.EXPLANATION, "")
        return PartnerLine(
            number=number,
            filled=sum(map(bool, cells.values())),
            partner=name,
            mail=who.email if who else "",
            person=person,
            website=website,
            segment=told(lambda: _segment(cells.get(Meaning.SEGMENT, "")), Segment.NICHE),
            language=told(lambda: _language(cells.get(Meaning.LANGUAGE, "")), "en"),
            rate=told(lambda: self._rate(cells.get(Meaning.RATE, "")), None),
            rate_told=cells.get(Meaning.RATE, ""),
            codes=told(lambda: _codes(cells.get(Meaning.CODES, "")), ()),
            old=told(lambda: self._old(cells.get(Meaning.OLD_LINK, "")), ()),
            balance_minor=told(lambda: self._balance(cells.get(Meaning.BALANCE, ""), explanation), 0),
            explanation=explanation,
            method=told(lambda: self._method(cells, person), None),
        )

    def _rate(self, text: str) -> Mapping[str, object] | None:
        """Return the program's terms with another rate; nothing where it is the rate that everybody gets."""
        if not text:
            return None
        number = self._number(text)
        if number is None or number < 0:
            raise BadInput(_("“%(text)s” is no rate: write 15 %% or an amount with its currency.") % _shown(text))
        currency = self.program.currency
        usual = terms_of(self.version, currency=currency)
        if "%" in text or not re.search(r"[^\W\d]|[€$£]", text):
            if number > _WHOLE:
                raise BadInput(_("The rate “%(text)s” cannot be promised: no more than 100 %% can be.") % _shown(text))
            own = with_own_rate(usual, Percent(number))
        else:
            own = with_own_rate(usual, Flat(self._minor(number, text)))
        parsed = parse(canonical(own), currency=currency)
        if isinstance(parsed, Problems):
            why = " ".join(problem.sentence for problem in parsed)
            raise BadInput(_("The rate “%(text)s” cannot be promised: %(why)s") % {"text": text[:40], "why": why})
        return None if canonical(parsed) == canonical(usual) else canonical(parsed)

    def _old(self, text: str) -> tuple[tuple[str, str], ...]:
        return tuple(dict.fromkeys(read_old_address(one, hosts=self.program.hosts) for one in _pieces(text)))

    def _balance(self, text: str, explanation: str) -> int:
        if not text:
            return 0
        number = self._number(text)
        if number is None:
            raise BadInput(_("“%(text)s” is no amount.") % _shown(text))
        if len(explanation) > _LONGEST_EXPLANATION:
            raise BadInput(_("Shorten the explanation of the balance to 250 letters."))
        if number < 0 and not explanation:
            raise BadInput(_("The partner owes this balance: explain it in a column of its own, they will read it."))
        return self._minor(number, text)

    def _method(self, cells: Mapping[Meaning, str], person: str) -> Details | None:
        given = read_method(cells, holder=person)
        return checked(given) if given else None

    def _number(self, text: str) -> Decimal | None:
        return parse_number(text, self.layout.decimal or DecimalSign.POINT)

    def _minor(self, number: Decimal, text: str) -> int:
        """Return an exact amount in minor units; cents of cents are refused."""
        exact = number.scaleb(decimals_of(self.program.currency))
        if exact != exact.to_integral_value() or abs(exact) > MAX_MINOR:
            told = {"text": text[:40], "currency": self.program.currency}
            raise BadInput(_("“%(text)s” is no amount in %(currency)s.") % told)
        return int(exact)


def domains_of(mail: str, website: str) -> frozenset[str]:
    """Return the domains that somebody has to themselves, by their mail address and their website."""
    host = (urlsplit(website).hostname or "") if website else ""
    found = {mail.rpartition("@")[2].lower(), host.lower().removeprefix("www.")}
    return frozenset(found - _FREE_MAIL - {""})


def _refuse_dangerous(cells: Mapping[Meaning, str], problems: list[str]) -> None:
    """Refuse what a spreadsheet would run and what no address holds."""
    if any(text.startswith("=") for text in cells.values()):
        problems.append(_("A cell holds a formula. Copy the sheet and paste values only."))
    if any(_CONTROL.search(text) for text in cells.values()):
        problems.append(_("Remove the line breaks and control characters from the cells."))


def _segment(text: str) -> Segment:
    if not text:
        return Segment.NICHE
    plain = re.sub(r"[\W_]+", " ", text).casefold().strip()
    for segment in Segment:
        if plain in {segment.value.replace("_", " "), str(segment.label).casefold()}:
            return segment
    known = ", ".join(str(segment.label) for segment in Segment)
    raise BadInput(_("“%(text)s” is not known. What partners do: %(known)s.") % {"text": text[:40], "known": known})


def _language(text: str) -> str:
    plain = text.replace("_", "-").casefold()
    code = plain if plain in LANG_INFO else _LANGUAGES.get(plain, plain.partition("-")[0])
    if text and code not in LANG_INFO:
        raise BadInput(_("“%(text)s” is no language: write a code such as en or de.") % _shown(text))
    return code[:8] or "en"


def _codes(text: str) -> tuple[str, ...]:
    codes = []
    for one in _pieces(text):
        try:
            codes.append(read_input(CouponInput, {"code": one}).code)
        except BadInput as bad:
            told = {"code": one[:40], "why": " ".join(bad.fields.values())}
            raise BadInput(_("The code “%(code)s”: %(why)s") % told) from bad
    return tuple(dict.fromkeys(codes))


def _pieces(text: str) -> list[str]:
    pieces = [one for one in re.split(r"[,;|\s]+", text) if one]
    if len(pieces) > _MOST_PIECES:
        raise BadInput(_("At most %(n)s codes or old links stand in a cell.") % {"n": _MOST_PIECES})
    return pieces


def _complete(website: str) -> str:
    return f"https://{website}" if website and "://" not in website else website


def _shown(text: str) -> dict[str, str]:
    return {"text": text[:40]}
