"""The ways in which money leaves: which files and calls each offers, which currencies it carries, how many at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rapport.apps.payouts.models import FileFormat, MethodKind
from rapport.apps.payouts.providers.ach.writer import nacha
from rapport.apps.payouts.providers.paypal import masspay, wording
from rapport.apps.payouts.providers.plain.writer import plain_list
from rapport.apps.payouts.providers.protocol import Dispatch
from rapport.apps.payouts.providers.sepa.writer import pain_001
from rapport.apps.payouts.providers.wise import writer as wise

_MOST_IN_A_FILE: Final = 100_000

_CALENDARS: Final = {MethodKind.IBAN: "XECB", MethodKind.ACH: "XFED"}
"""Whose days of rest count where it is not the program's country: those of the settlement system."""


@dataclass(frozen=True, slots=True)
class Form:
    """One file or call that a way of paying offers: who writes it, how many payouts it holds, how it is sent."""

    format: FileFormat
    write: Callable[[Dispatch], bytes]
    suffix: str = "csv"
    content_type: str = "text/csv; charset=utf-8"
    most: int = _MOST_IN_A_FILE
    needs_account: bool = False

    @property
    def is_call(self) -> bool:
        """Say whether it goes out by itself rather than as a file that a person carries."""
        return self.format == FileFormat.PAYPAL_CALL


def _plain(*columns: tuple[str, str]) -> Form:
    return Form(FileFormat.PLAIN, partial(plain_list, columns=columns))


_FORMS: Final[Mapping[MethodKind, Sequence[Form]]] = {
    MethodKind.IBAN: (
        Form(FileFormat.PAIN_001, pain_001, "xml", "application/xml", needs_account=True),
        _plain(("iban", "number"), ("country", "country")),
    ),
    MethodKind.ACH: (
        Form(FileFormat.NACHA, nacha, "ach", "text/plain; charset=us-ascii", needs_account=True),
        _plain(("account", "number"), ("routing", "routing"), ("account_type", "account_type")),
    ),
    MethodKind.BANK: (_plain(("account", "number"), ("routing", "routing"), ("country", "country")),),
    MethodKind.PAYPAL: (
        Form(
            FileFormat.PAYPAL_CALL,
            wording.body_of,
            "json",
            "application/json",
            most=wording.MOST_ITEMS,
            needs_account=True,
        ),
        Form(FileFormat.PAYPAL_FILE, masspay.mass_pay, most=masspay.MOST_LINES),
        _plain(("email", "number")),
    ),
    MethodKind.WISE: (
        Form(FileFormat.WISE, wise.wise_batch, most=wise.MOST_LINES),
        _plain(("account", "number"), ("bank", "routing"), ("account_currency", "currency")),
    ),
    MethodKind.MANUAL: (_plain(("note", "note")),),
}
"""What each way offers, the best first; a plain list is always there."""


def forms_of(kind: MethodKind, *, has_account: bool) -> list[Form]:
    """Return what a way of paying offers a program now, the best first."""
    return [form for form in _FORMS[kind] if has_account or not form.needs_account]


def form_of(kind: MethodKind, wanted: str) -> Form | None:
    """Return one form of a way of paying by its name."""
    return next((form for form in _FORMS[kind] if form.format == wanted), None)


def carries(kind: MethodKind, currency: str) -> bool:
    """Say whether a way of paying carries a currency at all."""
    if kind == MethodKind.ACH:
        return currency == "USD"
    return kind != MethodKind.PAYPAL or currency in wording.CURRENCIES


def calendar_of(kind: MethodKind, country: str) -> str:
    """Return whose days of rest a way of paying keeps."""
    return _CALENDARS.get(kind, country)
