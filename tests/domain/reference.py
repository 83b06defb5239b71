"""The rules once more, slow and obvious: a model that the judge must agree with, written without looking at it.

It answers in plain loops who could earn, who does, how much, and what keeps it waiting.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from rapport.domain.promises import Promises
from rapport.domain.story import AmountReport, ReportedConversion, Story, Touch
from rapport.domain.terms import Attribution, Rule
from tests.domain.reference_orders import DAY_MS, ToldOrder, Win
from tests.domain.reference_rules import Asked, needs_rate

FIVE_MINUTES_MS = 5 * 60 * 1000


@dataclass(frozen=True)
class Expected:
    """What a conversion should come to."""

    outcome: str
    over_corrected: bool
    too_late: tuple[str, ...]
    holds: frozenset[str]
    agreement: str | None = None
    version: str | None = None
    rule: str | None = None
    via: str | None = None
    target_minor: int = 0
    hold_until_ms: int | None = None


def expected(story: Story, promises: Promises) -> dict[str, Expected]:
    """Return what every conversion of a story should come to, by its id."""
    wins: list[Win] = []
    answers = {}
    for conversion in sorted(story.conversions, key=lambda c: (c.occurred_at_ms, c.kind, c.external_id)):
        model = Model(story, promises, conversion, list(wins))
        win = model.winner()
        answers[conversion.id] = model.answer(win)
        if win is not None and answers[conversion.id].outcome in {"earned", "no_rate"}:
            wins.append(win)
    return answers


class Model(ToldOrder):
    """One conversion, with all that is known."""

    def __init__(self, story: Story, promises: Promises, conversion: ReportedConversion, wins: list[Win]) -> None:
        super().__init__(story, promises, conversion)
        self.wins = wins
        self.tried = self.unpaid_kind = self.unfit = 0

    # Who earns?

    def winner(self) -> Win | None:
        """Return who earns, after a person's last word."""
        found = self.first_win_again() if self.order.kind == "rebill" and self.wins else self.best()
        refused = self.last_word("proposal_refused")
        if refused is None:
            return found
        self.rivals = False
        kept = refused.credit
        if kept is None:
            return None
        version, moment_ms = kept.terms_version_id, kept.counts_from_ms
        return Win(self.order, kept.agreement_id, version, moment_ms, kept.touch_id, kept.via, kept.bound_by)

    def first_win_again(self) -> Win | None:
        """A rebill belongs to the first who earned, while that click or coupon lasts."""
        first = self.wins[0]
        self.clicks(), self.told(), self.coupons()  # only to count what was tried
        self.tried += 1
        return self.following(first) if self.follows(first) else None

    def follows(self, win: Win) -> bool:
        """Whether an earlier order still brings this one: inside its window, or by a rule that recurs beyond it."""
        if not self.names_kind(win.version):
            self.unpaid_kind += 1
            return False
        asked = self.asked(win, bound=win)
        self.unfit += not asked.matching() and not asked.window_over
        return bool(asked.matching())

    def following(self, win: Win) -> Win:
        """The same promise once more, because of an earlier order."""
        return replace(win, conversion=self.order, by="binding", follows=win.conversion.id)

    def best(self) -> Win | None:
        """The last click or binding against the first coupon, by the program's policy of the day."""
        touches = self.clicks() + self.told() + self.bindings()
        coupons = self.coupons()
        click = self.by_policy(sorted(touches, key=self.place))
        coupon = coupons[0] if coupons else None
        if coupon is None or (click is not None and not self.coupon_first()):
            return click
        self.rivals = len({win.agreement for win in coupons}) > 1
        return coupon

    def by_policy(self, touches: list[Win]) -> Win | None:
        """The touch that the program's policy of the day lets earn; they come in the order of the story."""
        policy = self.policy()
        if not touches or policy is None:
            return touches[-1] if touches else None
        views = {touch.click_id for touch in self.story.touches if "view" in touch.marks}
        if any(win.touch not in views for win in touches):
            touches = [win for win in touches if win.touch not in views]
        if policy.stand_down:
            since_ms = self.at_ms - policy.stand_down.minutes * 60_000
            late = [
                win
                for win in touches
                if win.moment_ms >= since_ms and self.segment(win.agreement) in policy.stand_down.segments
            ]
            others = [win for win in touches if win not in late]
            for win in late:
                if any(one.moment_ms <= win.moment_ms and one.agreement != win.agreement for one in others):
                    touches = [one for one in touches if one is not win]
        for segment in policy.segments_first:
            mine = [win for win in touches if self.segment(win.agreement) == segment]
            if mine:
                touches = mine
                break
        return touches[0] if policy.touch == "first" else touches[-1]

    def segment(self, agreement: str) -> str:
        """What a partner does."""
        standing = self.promises.agreements.get(agreement)
        return standing.segment if standing else ""

    def place(self, win: Win) -> tuple[object, ...]:
        """Of two in the same ms a file goes after a click and an order that bound after both; else names decide."""
        bound = [(order.kind, order.external_id) for order in self.story.conversions if order.id == win.follows]
        return (win.moment_ms, 2 if bound else int(win.by == "file"), *bound, win.touch)

    def clicks(self) -> list[Win]:
        """Every click that could earn."""
        good = []
        for touch in self.story.touches:
            named = touch.click_id in self.order.click_ids
            in_time = touch.at_ms <= self.at_ms + FIVE_MINUTES_MS
            if not named and (touch.refusal is not None or not in_time):
                continue
            self.tried += 1
            if touch.refusal is not None or spoiled(touch) or not in_time:
                continue
            counted = (self.unpaid_kind, self.unfit)
            version = self.promised(touch.agreement_id, touch.at_ms, touch.click_id)
            if "view" in touch.marks:
                # Why a view earns nothing is always that it is none.
                self.unpaid_kind, self.unfit = counted
                days = self.promises.terms[version].attribution.view_window_days if version else 0
                if not days or self.at_ms - touch.at_ms > days * DAY_MS:
                    continue
            used = [win for win in self.wins if win.touch == touch.click_id]
            view = "view" in touch.marks
            if version is not None and self.still_earns(version, touch.at_ms, used, view=view):
                by = "click" if named else "binding"
                good.append(Win(self.order, touch.agreement_id, version, touch.at_ms, touch.click_id, by, None))
        return good

    def told(self) -> list[Win]:
        """Everybody whom a file named for this customer before the order."""
        good = []
        for one in self.story.bindings:
            if one.from_ms > self.at_ms:
                continue
            self.tried += 1
            version = self.promised(one.agreement_id, self.at_ms)
            used = [win for win in self.wins if win.touch == one.binding_id]
            if version is not None and self.still_earns(version, one.from_ms, used):
                good.append(Win(self.order, one.agreement_id, version, one.from_ms, one.binding_id, "file", None))
        return good

    def bindings(self) -> list[Win]:
        """Every earlier order by coupon that still binds the customer."""
        good = []
        for bound in self.wins:
            if bound.by != "coupon":
                continue
            self.tried += 1
            used = [win for win in self.wins if win is bound or win.follows == bound.conversion.id]
            if self.follows(bound) and self.repeats(bound.version, used):
                good.append(self.following(bound))
        return good

    def coupons(self) -> list[Win]:
        """Every coupon that could earn, by the alphabet."""
        good = []
        for use in sorted(self.order.coupons, key=lambda use: use.code):
            self.tried += 1
            if use.agreement_id is None or not use.valid:
                continue
            version = self.promised(use.agreement_id, self.at_ms)
            if version is not None:
                good.append(Win(self.order, use.agreement_id, version, self.at_ms, use.code, "coupon", None))
        return good

    # What was promised?

    def promised(self, agreement: str, at_ms: int, touch: str = "") -> str | None:
        """The version accepted or offered then, if the agreement had begun and not ended, and it pays for this."""
        standing = self.promises.agreements.get(agreement)
        if standing is None or not standing.active_from_ms <= at_ms < (standing.ended_at_ms or at_ms + 1):
            return None
        binding = standing.acceptances or standing.offers
        version = latest([(a.from_ms, a.version_id) for a in binding], at_ms)
        if version is not None and not self.names_kind(version):
            self.unpaid_kind += 1
            return None
        if (
            version is not None
            and not self.asked(Win(self.order, agreement, version, at_ms, touch, "", None)).matching()
        ):
            self.unfit += 1
            return None
        return version

    def policy(self) -> Attribution | None:
        """The program's own version of the day says how touches are chosen."""
        version = latest([(p.from_ms, p.version_id) for p in self.promises.program], self.at_ms)
        return None if version is None else self.promises.terms[version].attribution

    def coupon_first(self) -> bool:
        """Before the program's first version coupons go first."""
        policy = self.policy()
        return policy is None or policy.coupon == "before_click"

    def names_kind(self, version: str) -> bool:
        return any(rule.when.kind == self.order.kind for rule in self.promises.terms[version].rules)

    def asked(self, win: Win, *, bound: Win | None = None, report: AmountReport | None = None) -> Asked:
        """The order as the rules of a partner's promise see it; `bound` is the earlier order that it follows."""
        terms = self.promises.terms[win.version]
        touches = {touch.click_id: touch for touch in self.story.touches}
        mine = [use.code for use in self.order.coupons if use.valid and use.agreement_id == win.agreement]
        followed = [] if bound is None else [one for one in self.wins if one.follows == bound.conversion.id]
        over = self.at_ms - win.moment_ms > terms.attribution.click_window_days * DAY_MS
        return Asked(
            order=self.order,
            zone=self.story.zone,
            terms=terms,
            report=report or self.variants()[0],
            rate=self.worth_of_a_unit(),
            segment=self.segment(win.agreement),
            touch=touches.get(win.touch),
            codes=set(mine),
            returning=self.returning(),
            first_ms=bound.conversion.occurred_at_ms if bound else None,
            times=sum(one.conversion.kind == self.order.kind for one in followed),
            window_over=bound is not None and over,
        )

    def returning(self) -> bool | None:
        """Whether this customer ordered before, as far as anybody knows."""
        if not self.story.knows_customer:
            return None
        place = (self.at_ms, self.order.kind, self.order.external_id)
        for one in self.story.conversions:
            before = (one.occurred_at_ms, one.kind, one.external_id) < place
            counts = not one.test and Model(self.story, self.promises, one, []).outcome(None) != "declined"
            if before and counts and one.kind in {"sale", self.order.kind}:
                return True
        return False

    def still_earns(self, version: str, from_ms: int, used: list[Win], *, view: bool = False) -> bool:
        """In the window (a view has its own), and not used up by an order of its kind unless repeats are promised."""
        attribution = self.promises.terms[version].attribution
        in_window = view or self.at_ms - from_ms <= attribution.click_window_days * DAY_MS
        return in_window and self.repeats(version, used)

    def repeats(self, version: str, used: list[Win]) -> bool:
        """Whether no order of the same kind came before, or repeats are promised."""
        repeat = any(win.conversion.kind == self.order.kind for win in used)
        return self.promises.terms[version].attribution.repeat_purchases or not repeat

    # How much, and when?

    def answer(self, win: Win | None) -> Expected:
        """Everything about the conversion, once it is known who earns."""
        variants = self.variants()
        holds = frozenset({"conflict"} if len(variants) > 1 or self.torn_correction() else ())
        looked_at = any(d.kind == "hold_lifted" and d.hold == "other_currency" for d in self.order.decisions)
        if self.order.told_otherwise and not looked_at:
            holds |= {"other_currency"}
        if win is None:
            _, _, over, late = self.worth(variants[0], None)
            return Expected(self.outcome(win), over, late, holds)
        terms = self.promises.terms[win.version]
        amount, variant = min((self.pay(variant, win), variant) for variant in variants)
        _, _, over, late = self.worth(variant, terms)
        rule = self.shared(win, variants[0])[0][0]
        name = rule.name if self.kept(win) else self.asked_for(win, variants[0]).matching()[0][0].name
        who = (win.agreement, win.version, name, win.by, amount if self.outcome(win, variant) == "earned" else 0)
        outcome = self.outcome(win, variant)
        return Expected(outcome, over, late, holds | self.doubts(win), *who, self.hold_until_ms(terms))

    def kept(self, _win: Win) -> str:
        """The rule by which a person let a credit stand."""
        refused = self.last_word("proposal_refused")
        return refused.credit.rule if refused and refused.credit else ""

    def asked_for(self, win: Win, report: AmountReport) -> Asked:
        """The order as the rules see it that pay it."""
        bound = next((one for one in self.wins if one.conversion.id == win.follows), None)
        return self.asked(win, bound=bound, report=report)

    def shared(self, win: Win, report: AmountReport) -> list[tuple[Rule, set[int]]]:
        """Which rules pay for which lines."""
        asked = self.asked_for(win, report)
        return asked.only(self.kept(win)) if self.kept(win) else asked.shared()

    def outcome(self, win: Win | None, report: AmountReport | None = None) -> str:
        """How the question ends; tests and declined orders end the same whoever would earn."""
        word = self.last_word("declined", "decline_replied", "decline_upheld", "decline_undone")
        if self.order.test:
            return "test"
        if word is not None and word.kind in {"declined", "decline_upheld"}:
            return "declined"
        if win is not None and report is not None:
            asks = any(needs_rate(rule) for rule, _lines in self.shared(win, report))
            return "no_rate" if self.worth_of_a_unit() is None and asks else "earned"
        if self.tried == 0:
            return "no_touch"
        if self.tried == self.unpaid_kind:
            return "kind_not_paid"
        return "no_rule_matches" if self.unfit else "no_eligible_touch"

    def pay(self, report: AmountReport, win: Win) -> int:
        """The commission on one variant: exact sums, rounded half up once."""
        terms = self.promises.terms[win.version]
        (total, tax, shipping, discount), all_taken, _, _ = self.worth(report, terms)
        standing = Fraction(1) if report.total_minor == 0 else min(Fraction(1), total / report.total_minor)
        standing = Fraction(0) if all_taken else standing
        basis = total
        basis -= tax if terms.basis.tax == "excluded" else 0
        basis -= shipping if terms.basis.shipping == "excluded" else 0
        basis += discount if terms.basis.discount == "ignored" else 0
        basis = max(basis if total > 0 else Fraction(0), Fraction(0))
        asked = self.asked_for(win, report)
        exact = sum(
            (asked.exact(rule, lines, basis, standing) for rule, lines in self.shared(win, report)), Fraction(0)
        )
        return int(exact + Fraction(1, 2))


def spoiled(touch: Touch) -> bool:
    """Nobody clicked, or nobody who buys."""
    facts = touch.facts
    return bool({"bot", "framed", "test"} & touch.marks) or (facts is not None and (facts.bot or facts.framed))


def latest(versions: list[tuple[int, str]], at_ms: int) -> str | None:
    """The version with the latest moment that is not later."""
    begun = sorted(version for version in versions if version[0] <= at_ms)
    return begun[-1][1] if begun else None
