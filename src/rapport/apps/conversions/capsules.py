"""Read the click ids and coupon codes that reports name, against the links and coupons of one program."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from rapport.apps.tracking.models import Coupon, Link
from rapport.apps.tracking.queries import click_keys, coupons_by_code, known_numbers, links_of_numbers
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
    """Read click ids in bulk: three queries at most, however many; nothing about the click itself is looked up."""
    if not texts:
        return {}
    keys = click_keys()
    answers = {text: read(text, keys=keys) for text in texts}
    named = {answer.link_number for answer in answers.values() if isinstance(answer, ClickId)}
    links = links_of_numbers(program_id, numbers=named)
    foreign = known_numbers(named - links.keys())
    return {text: _capsule(text, answer, links=links, foreign=foreign) for text, answer in answers.items()}


def read_coupons(codes: Collection[str], *, program_id: str) -> dict[str, Coupon]:
    """Find the coupons of these codes in one query."""
    return coupons_by_code(program_id, codes=codes) if codes else {}


def _capsule(text: str, answer: ClickId | Refusal, *, links: Mapping[int, Link], foreign: Collection[int]) -> Capsule:
    if isinstance(answer, Refusal):
        return Capsule(text, refusal=TouchRefusal(answer.value))
    link = links.get(answer.link_number)
    if link is None:
        is_foreign = answer.link_number in foreign
        return Capsule(text, refusal=TouchRefusal.FOREIGN if is_foreign else TouchRefusal.UNKNOWN_LINK)
    return Capsule(
        text,
        link=link,
        clicked_at=from_ms(answer.at_ms),
        marks=int(answer.marks),
        refusal=TouchRefusal.REVOKED_KEY if answer.revoked_key else None,
    )
