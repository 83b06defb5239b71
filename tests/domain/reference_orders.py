"""What one order comes to and what keeps it waiting, slow and obvious: part of the model of the judge."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from rapport.domain.promises import Promises
from rapport.domain.story import AmountReport, HumanDecision, ReportedConversion, Story
from rapport.domain.terms import Terms

DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Win:
    """Who earned a conversion: by a click, a coupon or an earlier win."""

    conversion: ReportedConversion
    agreement: str
    version: str
    moment_ms: int
    touch: str
    by: str
    follows: str | None


class ToldOrder:
    """An order with everything that was told about it."""

    def __init__(self, story: Story, promises: Promises, conversion: ReportedConversion) -> None:
        self.story = story
        self.promises = promises
        self.order = conversion
        self.at_ms = conversion.occurred_at_ms
        self.rivals = False

    def last_word(self, *kinds: str) -> HumanDecision | None:
        """What a person said last about something."""
        words = sorted((d.decided_at_ms, d.decision_id, d) for d in self.order.decisions if d.kind in kinds)
        return words[-1][2] if words else None

    def variants(self) -> list[AmountReport]:
        """The different amounts of the last revision, or the one that a person chose."""
        last = max(report.revision for report in self.order.reports)
        different = sorted({report for report in self.order.reports if report.revision == last})
        choice = self.last_word("conflict_settled")
        if choice is not None and choice.amounts in different:
            different = [choice.amounts]
        return different

    def torn_correction(self) -> bool:
        """Whether a correction was told with two amounts and nobody has said a word about it."""
        return self.last_word("conflict_settled") is None and any(one.in_conflict for one in self.order.corrections)

    def worth(self, report: AmountReport, terms: Terms | None) -> tuple[list[Fraction], bool, bool, tuple[str, ...]]:
        """What is left of total, tax, shipping and discount; was all taken, or too much; what came too late."""
        end_ms = None if terms is None else self.at_ms + terms.reversal.window_days * DAY_MS
        original = [report.total_minor, report.tax_minor, report.shipping_minor, report.discount_minor]
        sums = [Fraction(value) for value in original]
        late, all_taken = [], False
        for one in self.order.corrections:
            if end_ms is not None and one.occurred_at_ms > end_ms and not (one.total_minor or 0) > 0:
                late.append(one.external_id)
            elif one.total_minor is None:
                all_taken = True
            else:
                named = [one.total_minor, one.tax_minor, one.shipping_minor, one.discount_minor]
                for place, delta in enumerate(named):
                    if delta is not None:
                        sums[place] += delta
                    elif original[0] != 0:
                        sums[place] += Fraction(original[place] * one.total_minor, original[0])
        over = any(value < 0 for value in sums)
        left = [max(value, Fraction(0)) for value in sums]
        if all_taken or left[0] == 0:
            left = [Fraction(0)] * 4
        return left, all_taken, over, tuple(sorted(late))

    def worth_of_a_unit(self) -> Fraction | None:
        """What the smallest unit of the order's currency is worth in smallest units of the program's."""
        foreign = self.order.exchange
        if foreign is None:
            return Fraction(1)
        if foreign.rate is None:
            return None
        decimals = {"JPY": 0, "KWD": 3}
        units = {code: Fraction(10 ** decimals.get(code, 2)) for code in (foreign.currency, self.story.currency)}
        over, _, under = foreign.rate.text.partition("/")
        return Fraction(over) / Fraction(under or 1) * units[self.story.currency] / units[foreign.currency]

    def doubts(self, win: Win) -> set[str]:
        """What keeps the money waiting until a person decides."""
        standing = self.promises.agreements[win.agreement]
        doubts = {"several_coupons"} if self.rivals else set()
        for pause in standing.suspensions:
            if pause.from_ms <= self.at_ms and (pause.until_ms is None or pause.until_ms > self.at_ms):
                doubts.add("agreement_suspended")
        if standing.ended_for_breach:
            doubts.add("ended_for_breach")
        doubts -= {str(d.hold) for d in self.order.decisions if d.kind == "hold_lifted"}
        if self.only_told_by_pages(win):
            doubts.add("unconfirmed")
        unaccepted = set() if standing.acceptances else {"terms_not_accepted"}
        return doubts | self.open_questions() | unaccepted

    def only_told_by_pages(self, win: Win) -> bool:
        """Whether anybody could have made up the order, or who brought it, and no person has looked at just that."""
        looked_at: set[str | None] = set()
        for one in self.order.decisions:
            if one.kind == "approved":
                return False
            if one.kind == "hold_lifted" and one.hold == "unconfirmed":
                looked_at.add(one.touch)
        if None in looked_at or win.touch in looked_at:
            return False
        told = {touch.click_id for touch in self.story.touches if touch.unconfirmed}
        for order in self.story.conversions:
            if order.id in (self.order.id, win.follows):
                told |= {use.code for use in order.coupons if use.unconfirmed}
        return win.touch in told or (self.order.unconfirmed and not looked_at)

    def open_questions(self) -> set[str]:
        """What waits for a person's own word, walked through in the order in which people spoke."""
        asked: set[str] = set()
        for one in sorted(self.order.decisions, key=lambda d: (d.decided_at_ms, d.decision_id)):
            if one.kind in {"declined", "decline_upheld", "decline_undone"}:
                asked.discard("disputed")
            elif one.kind == "decline_replied":
                asked.add("disputed")
            elif one.kind == "approval_undone":
                asked.add("approval_undone")
            elif one.kind == "approved" or one.hold == "approval_undone":
                asked.discard("approval_undone")
        return asked

    def hold_until_ms(self, terms: Terms) -> int:
        """The first second of the day after the last day of the hold, found by walking through its hours."""
        days = terms.hold.by_kind.get(self.order.kind, terms.hold.days)
        zone = ZoneInfo(self.story.zone)
        last = datetime.fromtimestamp(self.at_ms / 1000, UTC).astimezone(zone).date() + timedelta(days=days)
        moment = datetime(last.year, last.month, last.day, 12, tzinfo=zone).astimezone(UTC)
        while moment.astimezone(zone).date() <= last:
            moment += timedelta(minutes=15)
        return int(moment.timestamp()) * 1000
