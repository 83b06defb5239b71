"""Ask VIES about a VAT id: one request, one answer, nothing written; never called inside a transaction."""

import json
from dataclasses import dataclass

from rapport.apps.taxes.errors import RegisterSilent
from rapport.kit.outgoing import Limits, NotReached, Outgoing

_LIMITS = Limits(seconds=20.0, most_bytes=100_000)
_NOTHING = "---"
"""What the register says where a country tells no name."""


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """What the register said."""

    is_valid: bool
    name: str
    reference: str


def ask_vies(vat_id: str, *, url: str, way_out: Outgoing) -> RegisterAnswer:
    """Return what the register says of a VAT id that begins with its country; raises `RegisterSilent`."""
    body = json.dumps({"countryCode": vat_id[:2], "vatNumber": vat_id[2:]}).encode()
    headers = {"content-type": "application/json", "accept": "application/json"}
    try:
        told = way_out.fetch("POST", url, headers=headers, content=body, limits=_LIMITS).json()
    except NotReached as nothing:
        raise RegisterSilent from nothing
    # Where a country's own register is down it answers 200 with an error in the body.
    if not isinstance(told, dict) or not isinstance(told.get("valid"), bool) or told.get("errorWrappers"):
        raise RegisterSilent
    name = str(told.get("name") or "")
    return RegisterAnswer(told["valid"], "" if name == _NOTHING else name, str(told.get("requestIdentifier") or ""))
