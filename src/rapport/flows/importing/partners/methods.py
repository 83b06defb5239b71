"""How a partner is paid, as a line of a file says it: by a word, or by what the account looks like."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from rapport.apps.imports.reading.columns import Meaning
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input

_WORDS: Mapping[str, MethodKind] = {
    **dict.fromkeys(("iban", "sepa", "bank transfer", "transfer", "überweisung", "wire"), MethodKind.IBAN),
    **dict.fromkeys(("ach", "us bank"), MethodKind.ACH),
    **dict.fromkeys(("bank", "bank account"), MethodKind.BANK),
    "paypal": MethodKind.PAYPAL,
    **dict.fromkeys(("manual", "by hand", "hand", "cheque", "check", "other"), MethodKind.MANUAL),
}
_AMERICAN = {"holder_kind": "person", "account_type": "checking"}
"""What files do not say of an account in the USA; partners correct it in the portal."""

_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[\sA-Za-z0-9]{8,40}")


def read_method(cells: Mapping[Meaning, str], *, holder: str) -> MethodInput | None:
    """Return what the line says about paying, or nothing; raises `BadInput` for a word that nobody knows."""
    account, word = cells.get(Meaning.ACCOUNT, ""), cells.get(Meaning.METHOD, "")
    if not account and not word:
        return None
    kind = _kind(word, account, cells)
    given: dict[str, object] = {"kind": kind, "holder": cells.get(Meaning.HOLDER, "") or holder[:70]}
    if kind == MethodKind.IBAN:
        given["iban"] = account
    elif kind == MethodKind.PAYPAL:
        given["email"] = account
    elif kind == MethodKind.MANUAL:
        given["note"] = account or word
    else:
        given |= {name: cells.get(Meaning(name), "") for name in ("country", "account", "routing")}
        given |= _AMERICAN if kind == MethodKind.ACH else {}
    return read_input(MethodInput, given)


def _kind(word: str, account: str, cells: Mapping[Meaning, str]) -> MethodKind:
    kind = _named(word, account, routing=cells.get(Meaning.ROUTING, ""))
    american = kind == MethodKind.BANK and cells.get(Meaning.COUNTRY, "").strip().upper() == "US"
    return MethodKind.ACH if american else kind


def _named(word: str, account: str, *, routing: str) -> MethodKind:
    plain = " ".join(word.casefold().split())
    if plain in _WORDS:
        named = _WORDS[plain]
        return MethodKind.BANK if named == MethodKind.IBAN and routing and not _IBAN.fullmatch(account) else named
    if plain:
        raise BadInput(
            _("“%(word)s” is no way of paying: write iban, ach, bank, paypal or manual.") % {"word": word[:40]}
        )
    if "@" in account:
        return MethodKind.PAYPAL
    return MethodKind.BANK if routing else MethodKind.IBAN
