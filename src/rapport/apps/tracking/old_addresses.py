"""Old addresses as people write them into a file: a whole address, a path, a parameter or a bare code."""

import re
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from rapport.apps.record.errors import BadInput
from rapport.wire.aliases import LONGEST_TEXT, alias_text

_CODE = re.compile(r"[\w.~-]{1,64}")
_PARAMETER = re.compile(r"\??([\w.~-]{1,40})=([^=&#\s]{1,120})")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?/.*", re.IGNORECASE)
_NOT_THE_PARTNERS = re.compile(r"utm_.*|gclid|fbclid", re.IGNORECASE)


def read_old_address(text: str, *, hosts: Collection[str]) -> tuple[str, str]:
    """Return place and text of an old address; `hosts` are the shop's own. Raises `BadInput` with what to write."""
    told = text.strip()
    if any(letter < " " for letter in told):
        raise _unusable(told)
    if "://" in told or _HOST.fullmatch(told):
        place, found = _whole(told if "://" in told else f"https://{told}", hosts)
    elif parameter := _PARAMETER.fullmatch(told):
        place, found = "", alias_text("", (parameter[1], parameter[2]))
    elif told.startswith("/"):
        place, found = _parts(told, "")
    elif _CODE.fullmatch(told):
        place, found = "", alias_text(f"/c/{told}")
    else:
        raise _unusable(told)
    if not found or len(found) > LONGEST_TEXT:
        raise _unusable(told)
    return place, found


def _whole(address: str, hosts: Collection[str]) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        raise _unusable(address) from None
    if not host:
        raise _unusable(address)
    own = {one.partition(":")[0].removeprefix("www.") for one in hosts}
    rest = f"{parts.path}?{parts.query}" if parts.query else parts.path
    place, text = _parts(rest, "" if host in own else host)
    # At the shop itself any page may be the landing page: the parameter alone names the partner.
    return (place, text[text.index("?") :]) if host in own and "?" in text else (place, text)


def _parts(text: str, place: str) -> tuple[str, str]:
    path, _mark, query = text.partition("?")
    fields = [(name, value) for name, value in parse_qsl(query) if not _NOT_THE_PARTNERS.fullmatch(name)]
    if len(fields) > 1:
        names = ", ".join(name for name, _value in fields)
        raise BadInput(
            _("Write the old address with the one parameter that names the partner: %(names)s.") % {"names": names}
        )
    return place, alias_text(path, fields[0] if fields else None)


def _unusable(text: str) -> BadInput:
    told = {"text": text[:80]}
    return BadInput(
        _("“%(text)s” is no old address: write https://old.example/anna, /go/anna, ?ref=anna or a code.") % told
    )
