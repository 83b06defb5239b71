"""Read the click ids and coupon codes that reports name, against the links and coupons of one program."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.tracking.models import Coupon, Link
from rapport.apps.tracking.queries import click_keys, coupons_by_code, links_by_number
from rapport.domain.story import TouchRefusal
from rapport.kit.clock import from_ms
from rapport.wire.clickid import ClickId, Refusal, read


@dataclass(frozen=True, slots=True)
class Capsule:
    """What a click id says, or why it is refused."""

    text: str
    link: Link | None = None
    clicked_at: datetime | None = None
    marks: int = 0
    refusal: TouchRefusal | None = None


def read_capsules(texts: Collection[str], *, program_id: str) -> dict[str, Capsule]:
    """Read click ids in bulk: two queries, however many; nothing about the click itself is looked up."""
    if not texts:
        return {}
    keys = click_keys()
    answers = {text: read(text, keys=keys) for text in texts}
    links = links_by_number({answer.link_number for answer in answers.values() if isinstance(answer, ClickId)})
    return {text: _capsule(text, answer, links=links, program_id=program_id) for text, answer in answers.items()}


def read_coupons(codes: Collection[str], *, program_id: str) -> dict[str, Coupon]:
    """Find the coupons of these codes in one query."""
    return coupons_by_code(program_id, codes=codes) if codes else {}


def _capsule(text: str, answer: ClickId | Refusal, *, links: dict[int, Link], program_id: str) -> Capsule:
    if isinstance(answer, Refusal):
        return Capsule(text, refusal=TouchRefusal(answer.value))
    link = links.get(answer.link_number)
    if link is None:
        return Capsule(text, refusal=TouchRefusal.UNKNOWN_LINK)
    if link.agreement.program_id != program_id:
        return Capsule(text, refusal=TouchRefusal.FOREIGN)
    return Capsule(
        text,
        link=link,
        clicked_at=from_ms(answer.at_ms),
        marks=int(answer.marks),
        refusal=TouchRefusal.REVOKED_KEY if answer.revoked_key else None,
    )
