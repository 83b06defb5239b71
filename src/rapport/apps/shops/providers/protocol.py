"""What every kind of shop must be able to do for us, and what it is given for that."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from rapport.apps.shops.errors import ShopRefused
from rapport.apps.shops.orders import Ask, Told
from rapport.kit.outgoing import Answer, NotReached, Outgoing


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived: headers by their names in small letters, and the body byte by byte."""

    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """A proven message that is to be read, when it came, and how this shop's messages are read."""

    topic: str
    body: bytes
    settings: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """That a message comes from the shop: its delivery id, and what it is about. An empty id: nothing to keep."""

    delivery_id: str
    topic: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a client needs: where the shop is, what opens its API, the moment, the way out."""

    address: str
    keys: Mapping[str, str]
    at: datetime
    outgoing: Outgoing = field(repr=False)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a shop says of itself when its key is tried."""

    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class CodeWish:
    """A code to be made in a shop: what it gives, and when it works."""

    code: str
    percent: str  # a decimal text such as "10" or "7.5"
    starts_at: datetime
    ends_at: datetime | None


class Client(Protocol):
    """Asks one shop."""

    def introduce(self) -> Introduction:
        """Return what the shop says of itself."""

    def listen(self, address: str, *, secret: str) -> str:
        """Have the shop send its messages to an address; return the secret that it signs them with."""

    def ask(self, ask: Ask) -> list[Told]:
        """Return what a delivery named and did not tell."""

    def find(self, number: str) -> list[Told]:
        """Return the orders that people know by a number, as it stands on their receipts; none where there is none."""

    def orders(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the shop's own list of the orders made in a stretch of time, refunds included."""

    def changed(self, *, from_at: datetime, until_at: datetime) -> Iterator[Told]:
        """Return the orders made before a stretch of time that changed in it, such as by a refund."""

    def customers(self, mail: str) -> list[str]:
        """Return by which ids of its own the shop knows customers with a mail address, as its orders name them."""

    def make_code(self, wish: CodeWish) -> str:
        """Make a code, or find it made before; return the shop's own id of it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One kind of shop."""

    prove: Callable[[Message, str, Mapping[str, Any]], Proof]
    read: Callable[[Reading], list[Told]]
    client: Callable[[Access], Client] | None = None


def ask_json(
    access: Access, method: str, path: str, *, headers: Mapping[str, str], content: bytes = b""
) -> tuple[Any, Answer]:
    """Ask a shop's API and return its answer as JSON; what it refuses is said in a sentence without its text."""
    address = f"{access.address.rstrip('/')}{path}"
    try:
        answer = access.outgoing.send(method, address, headers=headers, content=content, https_only=True)
        if answer.is_success:
            return answer.json(), answer
    except NotReached as failure:
        raise ShopRefused(_sentence(str(failure))) from failure
    raise ShopRefused(_sentence(f"status {answer.status}"))


def _sentence(outcome: str) -> str:
    known = {
        "refused": _("The shop could not be reached: refused. Check its address."),
        "timeout": _("The shop could not be reached: timeout. It is tried again."),
        "status 401": _("The shop does not know the key: status 401. Make a new one and give it here."),
        "status 403": _("The key may not do this: status 403. Give it the rights that the guide names."),
        "status 404": _("The shop knows nothing at this address: status 404. Check its address."),
        "status 429": _("The shop asks for fewer questions: status 429. It is tried again later."),
    }
    return known.get(outcome) or _("The shop did not do what it was asked: %(outcome)s.") % {"outcome": outcome}
