"""What is sealed of a payout method and of the copy that a payout keeps, opened only for whoever must know it."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from rapport.apps.payouts.inputs import Details
from rapport.apps.payouts.models import MethodKind, Payout, PayoutMethod, RailAccount
from rapport.apps.record.vault import open_cell, sealed_for


def details_of(method: PayoutMethod) -> Details:
    """Return where a method leads: name, number, bank; raises `Unreadable` where the vault cannot open it."""
    return _read(open_cell(method, "details"))


def copy_of(payout: Payout) -> Details:
    """Return where a payout goes, as its method said when it was reserved; raises `Unreadable` likewise."""
    return _read(open_cell(payout, "method_copy"))


def put_details(method: PayoutMethod, details: Details) -> None:
    """Seal into a new method where it leads, and write beside it what everybody may see of that."""
    method.kind, method.country, method.masked = details.kind, details.country, masked(details)
    method.details = sealed_for(method, "details", _written(details))


def put_copy(payout: Payout, details: Details) -> None:
    """Seal into a new payout where it goes."""
    payout.method_copy = sealed_for(payout, "method_copy", _written(details))


def account_of(account: RailAccount) -> dict[str, str]:
    """Return where a program's money comes from; raises `Unreadable` where the vault cannot open it."""
    found: dict[str, str] = json.loads(open_cell(account, "details"))
    return found


def put_account(account: RailAccount, details: Mapping[str, str]) -> None:
    """Seal into a new account what it holds, and write beside it what finance may see of that."""
    account.shown = shown_of(MethodKind(account.kind), details)
    account.details = sealed_for(account, "details", json.dumps(details, separators=(",", ":"), sort_keys=True))


def shown_of(kind: MethodKind, details: Mapping[str, str]) -> str:
    """Return what finance may see of an account: its holder and its last four characters, never a secret."""
    if kind == MethodKind.IBAN:
        return f"{details['name']}, {details['iban'][:2]}… {details['iban'][-4:]}"
    if kind == MethodKind.ACH:
        return f"{details['name']}, … {details['company_id'][-4:]}, {details['destination_name']}"
    return f"{details['environment']}, {details['client_id'][:6]}…"


def masked(details: Details) -> str:
    """Return the last four characters behind dots, of an IBAN its country too; of a mail address its host."""
    if details.kind == MethodKind.PAYPAL:
        name, _at, host = details.number.partition("@")
        return f"{name[:1]}…@{host}"
    country = details.country if details.kind in {MethodKind.IBAN, MethodKind.WISE} else ""
    return f"{country}… {details.number[-4:]}" if details.number else ""


def _written(details: Details) -> str:
    return json.dumps(asdict(details), separators=(",", ":"))


def _read(text: str) -> Details:
    found = json.loads(text)
    return Details(**{**found, "kind": MethodKind(found["kind"])})
