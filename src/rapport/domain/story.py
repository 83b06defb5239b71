"""The facts from which a commission is judged: everything known about one customer in one program."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapport.domain.basket import Item
from rapport.domain.credit import Credit, HoldReason
from rapport.domain.exchange import Exchange


class TouchMark(StrEnum):
    """What the capsule itself says about a click."""

    VIEW = "view"
    BOT = "bot"
    FRAMED = "framed"
    NO_CONSENT = "no_consent"
    TEST = "test"


class TouchRefusal(StrEnum):
    """Why a click id that a report named is not a click of this program."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    FORGED = "forged"
    REVOKED_KEY = "revoked_key"
    UNKNOWN_LINK = "unknown_link"
    FOREIGN = "foreign"


class CorrectionKind(StrEnum):
    """What kind of delta on a conversion the merchant reports."""

    REFUND = "refund"
    CANCEL = "cancel"
    CHARGEBACK = "chargeback"
    AMENDMENT = "amendment"


class DecisionKind(StrEnum):
    """What a person decided about a conversion; judging again never undoes it.

    A decline is declined, perhaps replied to by the partner (then it is open again), and upheld or undone.
    """

    DECLINED = "declined"
    DECLINE_REPLIED = "decline_replied"
    DECLINE_UPHELD = "decline_upheld"
    DECLINE_UNDONE = "decline_undone"
    APPROVED = "approved"
    APPROVAL_UNDONE = "approval_undone"
    CONFLICT_SETTLED = "conflict_settled"
    HOLD_LIFTED = "hold_lifted"
    PROPOSAL_REFUSED = "proposal_refused"


@dataclass(frozen=True, slots=True)
class TouchFacts:
    """What the lake knows about a click, joined once before approval."""

    bot: bool = False
    framed: bool = False
    device: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One click id that a conversion of the story names; a story holds each click id once.

    A refused touch has no agreement and no moment that could be trusted: leave `at_ms` 0 and the ids empty.
    `unconfirmed` when only pages named it, which anybody can imitate.
    """

    click_id: str
    at_ms: int = 0
    agreement_id: str = ""
    link_id: str = ""
    placement: str = ""
    channel: str = ""
    marks: frozenset[TouchMark] = frozenset()
    facts: TouchFacts | None = None
    refusal: TouchRefusal | None = None
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class AmountReport:
    """One reported amount of an order, in minor units; `total_minor` is what the customer paid."""

    revision: int = 0
    total_minor: int
    tax_minor: int = 0
    shipping_minor: int = 0
    discount_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A delta on a conversion, in minor units: negative takes away, only an amendment may add.

    `total_minor` None takes everything that is left (never for an amendment); a part that is None moves in proportion
    to the total. `in_conflict` when it was told with two different amounts: this is the one that leaves less.
    """

    external_id: str
    kind: CorrectionKind
    occurred_at_ms: int
    total_minor: int | None = None
    tax_minor: int | None = None
    shipping_minor: int | None = None
    discount_minor: int | None = None
    in_conflict: bool = False

    def __post_init__(self) -> None:
        """Crash on a delta that the doors must never let through."""
        if self.kind is CorrectionKind.AMENDMENT:
            if self.total_minor is None:
                raise ValueError("an amendment says by how much")
        elif max(self.total_minor or 0, self.tax_minor or 0, self.shipping_minor or 0, self.discount_minor or 0) > 0:
            raise ValueError("only an amendment may add")


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponUse:
    """A coupon code that an order used: whose it is, and whether it was valid at the order (else `why` not).

    `unconfirmed` when only pages named it.
    """

    code: str
    agreement_id: str | None
    valid: bool = True
    why: str = ""
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBinding:
    """The merchant's word that a customer belongs to an agreement from a moment on; `binding_id` names the word."""

    binding_id: str
    agreement_id: str
    from_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HumanDecision:
    """A person's decision on one conversion; of two about the same question the later one stands.

    `code` is the decline code; `amounts` the variant chosen in a conflict; `hold` the hold that was lifted, `touch` the
    click or code that earned then (None where nobody noted it); `credit` the credit that stays when a proposal to
    change it is refused.
    """

    kind: DecisionKind
    decided_at_ms: int
    decision_id: str
    code: str = ""
    amounts: AmountReport | None = None
    hold: HoldReason | None = None
    touch: str | None = None
    credit: Credit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedConversion:
    """One outcome as all its reports tell it; no collection here has an order that matters.

    `items` are the lines of its basket; `customer_status` (new or returning), `country` and `channel` are empty where
    the merchant told none. `exchange` is None where the order is in the program's own currency, else all its amounts
    are in that one.
    `unconfirmed` when no server of the merchant stands behind any of its reports.
    `told_otherwise` when a report or correction named another currency than the order: none of its amounts is here.
    """

    id: str
    kind: str
    external_id: str
    occurred_at_ms: int
    reports: tuple[AmountReport, ...]
    items: tuple[Item, ...] = ()
    customer_status: str = ""
    country: str = ""
    channel: str = ""
    corrections: tuple[Correction, ...] = ()
    click_ids: tuple[str, ...] = ()
    coupons: tuple[CouponUse, ...] = ()
    test: bool = False
    exchange: Exchange | None = None
    told_otherwise: bool = False
    unconfirmed: bool = False
    decisions: tuple[HumanDecision, ...] = ()

    def last_decision(self, *kinds: DecisionKind) -> HumanDecision | None:
        """Return the latest decision of these kinds, by its moment and then its id."""
        return _latest(decision for decision in self.decisions if decision.kind in kinds)

    @property
    def decline(self) -> DecisionKind | None:
        """Return how the talk about declining it stands; None when nobody ever declined it."""
        last = self.last_decision(*ABOUT_DECLINING)
        return last.kind if last else None

    @property
    def awaits_confirmation(self) -> bool:
        """Say whether neither a server nor a person has confirmed that there is such an order."""
        said_so = any(one.kind is DecisionKind.APPROVED or one.hold is HoldReason.UNCONFIRMED for one in self.decisions)
        return self.unconfirmed and not said_so

    def is_answered_for(self, touch_id: str) -> bool:
        """Say whether a person approved the order, or lifted the doubt about this click or code."""
        return any(
            one.kind is DecisionKind.APPROVED or (one.hold is HoldReason.UNCONFIRMED and one.touch in (None, touch_id))
            for one in self.decisions
        )

    @property
    def approval_is_undone(self) -> bool:
        """Say whether a person took an approval back and nobody has approved it, or put this aside, since."""
        last = _latest(
            one
            for one in self.decisions
            if one.kind in {DecisionKind.APPROVED, DecisionKind.APPROVAL_UNDONE}
            or one.hold is HoldReason.APPROVAL_UNDONE
        )
        return last is not None and last.kind is DecisionKind.APPROVAL_UNDONE


ABOUT_DECLINING = (
    DecisionKind.DECLINED,
    DecisionKind.DECLINE_REPLIED,
    DecisionKind.DECLINE_UPHELD,
    DecisionKind.DECLINE_UNDONE,
)


def _latest(decisions: Iterable[HumanDecision]) -> HumanDecision | None:
    return max(decisions, key=lambda decision: (decision.decided_at_ms, decision.decision_id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One customer in one program, or one conversion whose customer is unknown.

    `zone` is the program's IANA time zone, `currency` the program's; amounts are in its minor units, but those of an
    order that names an exchange. `knows_customer` is False where nobody told whose order it is.
    """

    program_id: str
    zone: str
    currency: str
    knows_customer: bool = False
    touches: tuple[Touch, ...] = ()
    conversions: tuple[ReportedConversion, ...] = ()
    bindings: tuple[ToldBinding, ...] = ()
