"""Make some orders, clicks and codes of a story such as only pages told of; the same ones however much is known."""

import random
from dataclasses import replace

from rapport.domain.credit import HoldReason
from rapport.domain.story import CouponUse, HumanDecision, ReportedConversion, Story, Touch


def with_hearsay(story: Story, seed: int) -> Story:
    """Return a story in which some of what is told stands on pages alone."""
    return replace(
        story,
        touches=tuple(_click(touch, seed) for touch in story.touches),
        conversions=tuple(_order(order, seed) for order in story.conversions),
    )


def _click(touch: Touch, seed: int) -> Touch:
    return replace(touch, unconfirmed=_chance(seed, touch.click_id) < 0.2)


def _order(order: ReportedConversion, seed: int) -> ReportedConversion:
    return replace(
        order,
        unconfirmed=_chance(seed, order.external_id) < 0.1,
        coupons=tuple(_code(use, order, seed) for use in order.coupons),
        decisions=tuple(_decision(one, seed) for one in order.decisions),
    )


def _code(use: CouponUse, order: ReportedConversion, seed: int) -> CouponUse:
    return replace(use, unconfirmed=_chance(seed, order.external_id + use.code) < 0.2)


def _decision(one: HumanDecision, seed: int) -> HumanDecision:
    """Let a person lift the doubt about one click, or about all."""
    if one.hold is not HoldReason.UNCONFIRMED:
        return one
    return replace(one, touch="click0" if _chance(seed, one.decision_id) < 0.5 else None)


def _chance(seed: int, name: str) -> float:
    return random.Random(f"{seed} {name}").random()  # noqa: S311 - a story, no secret
