"""Speaks with PayPal: a token by client credentials, one call for many payouts, and what became of each."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from rapport.apps.payouts.providers.paypal.wording import DENIED, answer_of, error_words
from rapport.apps.payouts.providers.protocol import RailAnswer
from rapport.kit.outgoing import Answer, Limits, NotReached, Outgoing

ADDRESSES: Final = {"live": "https://api-m.paypal.com", "sandbox": "https://api-m.sandbox.paypal.com"}
_PAGE: Final = 1000
_MOST_PAGES: Final = 16
_WAITS: Final = 3
_LONGEST_WAIT_S: Final = 60.0
_LIMITS: Final = Limits(seconds=60.0, most_bytes=20_000_000)


class NotSent(Exception):
    """PayPal was not reached or had no time: nothing was paid, so asking again is safe."""


class Refused(Exception):
    """PayPal refused the call and paid nothing of it."""


class Unsure(Exception):
    """Nobody knows whether PayPal took the call; asking again with the same id pays nothing twice."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who pays: an application of the merchant's PayPal account."""

    client_id: str
    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What PayPal says of a call: the id that it gave it, its own state, and of every item what is certain."""

    batch_id: str
    state: str
    items: tuple[RailAnswer, ...]

    @property
    def is_denied(self) -> bool:
        """Say whether nothing of it was paid."""
        return self.state in DENIED


@dataclass(slots=True)
class PayPal:
    """One conversation; `wait` lets time pass when PayPal asks for it."""

    credentials: Credentials
    outgoing: Outgoing
    wait: Callable[[float], None]
    _token: str = field(default="", repr=False)

    def try_credentials(self) -> None:
        """Ask for a token and do nothing with it; raises `Refused` for wrong ones."""
        self._fresh_token()

    def pay(self, body: bytes, *, name: str) -> str:
        """Send one call and return PayPal's id of it; a call that it has had already gets the id of the first."""
        answer = self._asked("POST", "/v1/payments/payouts", body, {"paypal-request-id": name})
        if answer.status == HTTPStatus.CREATED:
            return _batch_id(_read(answer))
        if known := _known_batch(answer):
            return known
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or _is_duplicate(answer):
            raise Unsure(f"HTTP {answer.status}")
        raise Refused(_error_words(answer))

    def look(self, batch_id: str) -> Told:
        """Return what became of every item of a call, page by page."""
        items: list[RailAnswer] = []
        state = ""
        for page in self._pages(batch_id):
            state = str(page["batch_header"]["batch_status"])
            items += [answer_of(item, line=len(items) + n) for n, item in enumerate(page.get("items") or [], 1)]
        return Told(batch_id, state, tuple(items))

    def _pages(self, batch_id: str) -> Iterator[Mapping[str, Any]]:
        for number in range(1, _MOST_PAGES + 1):
            path = (
                f"/v1/payments/payouts/{quote(batch_id, safe='')}?page={number}&page_size={_PAGE}&total_required=true"
            )
            answer = self._asked("GET", path)
            if answer.status != HTTPStatus.OK:
                raise NotSent(_error_words(answer))
            page = _read(answer)
            yield page
            if number >= int(page.get("total_pages") or 1):
                return

    def _asked(self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None) -> Answer:
        """Ask with a token; one that has run out is fetched anew, and a wait that PayPal asks for is kept."""
        waits, renewed = 0, False
        while True:
            token = self._token or self._fresh_token()
            headers = {"authorization": f"Bearer {token}", "content-type": "application/json", **(more or {})}
            answer = self._sent(method, path, body, headers)
            if answer.status == HTTPStatus.UNAUTHORIZED and not renewed:
                renewed, self._token = True, ""
            elif answer.status == HTTPStatus.TOO_MANY_REQUESTS and waits < _WAITS:
                waits += 1
                self.wait(_wait_s(answer))
            elif answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise NotSent("PayPal asks to come back later")
            else:
                return answer

    def _fresh_token(self) -> str:
        pair = f"{self.credentials.client_id}:{self.credentials.secret}".encode()
        headers = {
            "authorization": f"Basic {base64.b64encode(pair).decode()}",
            "content-type": "application/x-www-form-urlencoded",
        }
        try:
            answer = self._sent("POST", "/v1/oauth2/token", b"grant_type=client_credentials", headers)
        except Unsure as unsure:
            raise NotSent(str(unsure)) from unsure
        if answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise Refused(_error_words(answer))
        if answer.status != HTTPStatus.OK:
            raise NotSent(f"HTTP {answer.status}")
        self._token = str(_read(answer)["access_token"])
        return self._token

    def _sent(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            return self.outgoing.send(
                method, f"{self.credentials.address}{path}", headers=headers, content=body, limits=_LIMITS
            )
        except NotReached as nothing:
            raise (Unsure if nothing.may_have_arrived else NotSent)(str(nothing)) from nothing


def _read(answer: Answer) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except NotReached as nothing:
        raise Unsure(str(nothing)) from nothing
    if not isinstance(found, dict):
        raise Unsure("PayPal's answer is no object")
    return found


def _batch_id(told: Mapping[str, Any]) -> str:
    header = told.get("batch_header")
    found = str(header.get("payout_batch_id") or "") if isinstance(header, dict) else ""
    if not found:
        raise Unsure("PayPal gave the call no id")
    return found


def _known_batch(answer: Answer) -> str:
    """Return the id that PayPal gave this call when it came first, out of the link that its refusal carries."""
    for link in _problem(answer).get("links") or []:
        address = str(link.get("href", ""))
        if _is_duplicate(answer) and "/v1/payments/payouts/" in address:
            return address.rpartition("/")[2].partition("?")[0]
    return ""


def _is_duplicate(answer: Answer) -> bool:
    problem = _problem(answer)
    fields = {str(one.get("field", "")).upper() for one in problem.get("details") or [] if isinstance(one, dict)}
    issues = " ".join(str(one.get("issue", "")) for one in problem.get("details") or [] if isinstance(one, dict))
    return answer.status == HTTPStatus.BAD_REQUEST and "SENDER_BATCH_ID" in fields and "already exists" in issues


def _problem(answer: Answer) -> Mapping[str, Any]:
    try:
        found = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _error_words(answer: Answer) -> str:
    problem = _problem(answer)
    name = str(problem.get("name") or problem.get("error") or f"HTTP {answer.status}")
    message = str(problem.get("message") or problem.get("error_description") or "")
    issues = "; ".join(str(one.get("issue", "")) for one in problem.get("details") or [] if isinstance(one, dict))
    return error_words(name, " ".join(filter(None, (message, issues))))[:250]


def _wait_s(answer: Answer) -> float:
    told = answer.headers.get("retry-after", "")
    return min(float(told) if told.isdigit() else 5.0, _LONGEST_WAIT_S)
