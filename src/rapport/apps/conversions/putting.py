"""Put each parameter of a postback where it belongs: by the program's own names, its profile's, or ours."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.apps.conversions.inputs import ConversionInput, CorrectionInput
from rapport.apps.conversions.profiles import Fields, Profile, Status
from rapport.apps.record.errors import BadInput

_OURS = {
    "order_id": "external_id",
    "amount": "total",
    "status": "customer_status",
    "customer": "customer_id",
    "rpid": "click_ids",
    "click_id": "click_ids",
    "coupon": "coupons",
    **{name: name for name in ConversionInput.model_fields | CorrectionInput.model_fields},
    "type": "type",
}
_LISTS = frozenset({"click_ids", "coupons"})
_TYPES = frozenset({"conversion", "refund", "cancel", "chargeback", "amendment"})
_TRUE = frozenset({"1", "true", "yes"})


class Put:
    """Collects the fields of one postback by our names."""

    def __init__(self, profile: Profile, names: Mapping[str, str]) -> None:
        self.status: Status | None = None
        self.unread: list[str] = []
        self._profile = profile
        self._names = names
        self._fields: Fields = {}
        self._told: dict[str, Any] = {}

    def take(self, name: str, value: object) -> None:
        """Take one parameter; raises `BadInput` where its value cannot be understood."""
        low = name.lower()
        self._told[low] = value
        if value == "" and not self._profile.strict:
            return
        ours = self.meant(low, value)
        if ours is None:
            self._leave(name, value)
        elif ours == "status":
            self.status = self._status(name, str(value))
        else:
            self._put(name, ours, self._translated(ours, value))

    def finish(self) -> Fields:
        """Return the fields, with the basket read and a number for what counts once per click."""
        if self._profile.basket:
            self._profile.basket(self._told, self._fields)
        clicks = self._fields.get("click_ids", ())
        if self._profile.once_per_click and "external_id" not in self._fields and len(clicks) == 1:
            self._fields["external_id"] = f"click:{clicks[0]}"
        return self._fields

    def meant(self, low: str, value: object) -> str | None:
        """Return which field of ours is meant by a name in small letters; nothing for a name that means none."""
        if low in self._names:
            return self._names[low] or None
        if low in self._profile.names:
            return self._profile.names[low]
        # Others use this word for numbers of theirs; ours says what takes an order back.
        if low == "type" and not self._profile.strict and str(value) not in _TYPES:
            return None
        return _OURS.get(low)

    def _leave(self, name: str, value: object) -> None:
        """Leave a name unread; our own profile knows all of its names, so there the input refuses it."""
        if self._profile.strict and name.lower() not in self._names:
            self._fields[name] = value
        else:
            self.unread.append(name)

    def _status(self, name: str, value: str) -> Status:
        found = self._profile.statuses.get(value.lower())
        if found is None:
            known = ", ".join(sorted(self._profile.statuses))
            sentence = _("Choose one of: %(choices)s.") % {"choices": known}
            raise BadInput(sentence, fields={name: sentence})
        return found

    def _translated(self, ours: str, value: object) -> object:
        words = self._profile.values.get(ours, {})
        return words.get(value.lower(), value) if isinstance(value, str) else value

    def _put(self, name: str, ours: str, value: object) -> None:
        if ours in _LISTS:
            self._fields[ours] = [*self._fields.get(ours, ()), *_split(value)]
            return
        if ours == "event":
            ours, value = "kind", str(value).lower()
        elif ours == "test":
            value = str(value).lower() in _TRUE
        if self._fields.get(ours, value) != value:
            sentence = _("Two names in this postback mean %(field)s and differ. Send one.") % {"field": ours}
            raise BadInput(sentence, fields={name: sentence})
        self._fields[ours] = value


def _split(value: object) -> list[object]:
    """Return what stands between commas; the strict input looks at what a JSON list holds."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return list(value) if isinstance(value, list) else [value]
