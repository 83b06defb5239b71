"""The sentences of an explanation: codes of the rules said in plain words."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.conversions.models import Binding
from rapport.apps.ledger.labels import ACCOUNT_LABELS
from rapport.apps.payouts.models import Payout, PayoutState
from rapport.apps.rates.models import RateSource
from rapport.domain.books import AccountKind
from rapport.domain.credit import HoldReason
from rapport.domain.exchange import Exchange, shown
from rapport.domain.judgement import Considered, Source, StepLabel, Why
from rapport.domain.money import Money, decimals_of
from rapport.domain.story import DecisionKind
from rapport.flows.explaining.explanation import PartnerWord
from rapport.kit.clock import from_ms


def partner_word(
    commission: Commission,
    *,
    zone: str,
    payday: date | None,
    payout: Payout | None = None,
    reply_until: datetime | None = None,
) -> PartnerWord:
    """Return what the partner reads about a commission: waiting, held, yours, paid, declined or reversed.

    `payout` is the last one that took up its money; `reply_until` ends the time to reply to a decline.
    """
    state = commission.state
    if state == CommissionState.PENDING:
        on = local_day(commission.hold_until, zone)
        return PartnerWord("waiting", on, _("waiting until %(day)s") % {"day": day_words(on)})
    if state in {CommissionState.HELD, CommissionState.DISPUTED}:
        return _held(commission)
    if state == CommissionState.APPROVED:
        return _yours(payday, payout)
    if state == CommissionState.PAID:
        return _paid(payout, zone)
    return _ended(CommissionState(state), reply_until, zone)


def _held(commission: Commission) -> PartnerWord:
    if commission.state == CommissionState.DISPUTED:
        return PartnerWord("held", None, _("held until a person has looked at your reply"))
    if commission.holds == [HoldReason.TERMS_NOT_ACCEPTED]:
        return PartnerWord("held", None, _("held until you accept the terms"))
    reasons = " ".join(hold_words(hold) for hold in commission.holds)
    return PartnerWord("held", None, _("held until a person has looked at it: %(why)s") % {"why": reasons})


def _ended(state: CommissionState, reply_until: datetime | None, zone: str) -> PartnerWord:
    if state is CommissionState.REVERSED:
        return PartnerWord("reversed", None, _("taken back with the order"))
    if reply_until is None:
        return PartnerWord("declined", None, _("declined"))
    on = local_day(reply_until - timedelta(seconds=1), zone)
    return PartnerWord("declined", on, _("declined, you may reply until %(day)s") % {"day": day_words(on)})


def _yours(payday: date | None, payout: Payout | None) -> PartnerWord:
    if payout and payout.state == PayoutState.SENT:
        return PartnerWord("yours", payout.run.pay_on, _("yours, on its way to you"))
    planned = _("yours, paid on %(day)s") % {"day": day_words(payday)} if payday else _("yours")
    return PartnerWord("yours", payday, planned)


def _paid(payout: Payout | None, zone: str) -> PartnerWord:
    if payout is None or payout.settled_at is None:
        return PartnerWord("paid", None, _("paid"))
    on = local_day(payout.settled_at, zone)
    words = {"day": day_words(on), "reference": payout.reference or payout.id}
    return PartnerWord("paid", on, _("paid on %(day)s, ref. %(reference)s") % words)


def due_from(commission: Commission, *, at: datetime) -> datetime:
    """Return from when a payout may pay a commission: what waits from the end of its hold, all else from now."""
    return max(at, commission.hold_until) if commission.state == CommissionState.PENDING else at


def local_day(moment: datetime, zone: str) -> date:
    """Return the day of a moment in the program's zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def day_words(day: date) -> str:
    """Return a day as people write it, such as 4 May 2026."""
    return date_format(day, "DATE_FORMAT")


def money_words(money: Money) -> str:
    """Return an amount as its reader writes it, with the currency behind it: 1,200.50 EUR, or 1.200,50 EUR."""
    exact = Decimal(money.minor).scaleb(-decimals_of(money.currency))
    pattern = "#,##0" + ("." + "0" * decimals_of(money.currency) if decimals_of(money.currency) else "")
    return f"{format_decimal(exact, format=pattern, locale=to_locale(get_language() or 'en'))} {money.currency}"


def order_words(commission: Commission) -> str:
    """Return the merchant's own number of the order behind a commission, or name the tier or bonus and its period."""
    return commission.conversion.external_id if commission.conversion else source_name(commission.source)


def source_name(source: str) -> str:
    """Name what a commission without an order is for, such as Tier “volume”, May 2026."""
    kind, name, period = source.split(":")
    if kind in {"clicks", "views"}:
        sentence = _("Clicks “%(name)s”, %(day)s") if kind == "clicks" else _("Impressions “%(name)s”, %(day)s")
        return sentence % {"name": name, "day": day_words(date.fromisoformat(period))}
    words = {"name": name, "period": period_name(period)}
    return (_("Tier “%(name)s”, %(period)s") if kind == "tier" else _("Bonus “%(name)s”, %(period)s")) % words


def period_name(key: str) -> str:
    """Name a period, such as May 2026, quarter 2 of 2026, 2026 or from the beginning on."""
    if key == "ever":
        return _("from the beginning on")
    year, _dash, rest = key.partition("-")
    if not rest:
        return year
    if rest.startswith("q"):
        return _("quarter %(number)s of %(year)s") % {"number": rest[1:], "year": year}
    if "-" in rest:
        return _("since %(day)s") % {"day": day_words(date.fromisoformat(key))}
    return date_format(date(int(year), int(rest), 1), "YEAR_MONTH_FORMAT")


def hold_words(hold: str) -> str:
    """Say why a commission is held."""
    return {
        HoldReason.CONFLICT: _("The order was reported with two different amounts; the lower one counts meanwhile."),
        HoldReason.AGREEMENT_SUSPENDED: _("The agreement was suspended when the order was made."),
        HoldReason.ENDED_FOR_BREACH: _("The agreement was ended for a breach of the terms."),
        HoldReason.SEVERAL_COUPONS: _("The order used codes of more than one partner."),
        HoldReason.DISPUTED: _("The partner has replied to a decline; the program looks at it again."),
        HoldReason.OTHER_CURRENCY: _(
            "A report or correction names another currency than the order. It is kept and not counted; a person looks."
        ),
        HoldReason.APPROVAL_UNDONE: _("An approval was taken back; a person looks at it again."),
        HoldReason.UNCONFIRMED: _("No server of the merchant has confirmed this order, or who brought it, yet."),
        HoldReason.TERMS_NOT_ACCEPTED: _("The partner has not accepted the offered terms yet."),
    }.get(HoldReason(hold), hold)


def why_words(one: Considered, *, zone: str) -> str:
    """Say in one sentence why something considered earned or did not."""
    data = dict(one.data)
    for name in ("ended_at_ms", "at_ms"):
        if name in data:
            data["on"] = day_words(local_day(from_ms(int(data[name])), zone))
    return _why(one.why) % data


def _why(why: Why) -> str:
    return {
        Why.WON: _("It earns."),
        Why.REFUSED: _("This click id is not a valid one of this program (%(refusal)s)."),
        Why.AFTER_ORDER: _("The click came after the order."),
        Why.BOT: _("A program, not a person, followed the link."),
        Why.FRAMED: _("The page was loaded inside another page or in advance; nobody chose to come."),
        Why.VIEW_ONLY: _("It was seen, not clicked."),
        Why.TEST_CLICK: _("It was a click to try the link out."),
        Why.NOT_ACCEPTED: _("The partner had not accepted any terms yet."),
        Why.AGREEMENT_ENDED: _("The agreement had ended on %(on)s."),
        Why.KIND_NOT_PAID: _("The terms pay nothing for this kind of conversion."),
        Why.NO_RULE_MATCHES: _("No rule of the terms fits this order; the rule “%(rule)s” comes first among them."),
        Why.OLDER_TOUCH_WON: _("By the terms the first click earns, and an older one was there."),
        Why.SEGMENT_GOES_FIRST: _("By the terms another kind of partner goes first."),
        Why.STOOD_DOWN: _("It came just before the order, and by the terms leaves an earlier click alone."),
        Why.CLICK_BEFORE_VIEW: _("A click goes before what was only seen."),
        Why.WINDOW_OVER: _("The window of %(window_days)s days was over on %(on)s."),
        Why.REPEAT_NOT_PAID: _("It had brought an earlier order, and these terms do not pay for repeat purchases."),
        Why.NEWER_TOUCH_WON: _("A newer click earns."),
        Why.COUPON_GOES_FIRST: _("By the terms a code goes before a click."),
        Why.CLICK_GOES_FIRST: _("By the terms a click goes before a code."),
        Why.OTHER_COUPON_WON: _("Another code of the same order earns."),
        Why.COUPON_UNKNOWN: _("No partner has this code."),
        Why.COUPON_NOT_VALID: _("The code was not valid on the day of the order."),
        Why.REBILL_FOLLOWS_FIRST: _("A repeated payment follows the first order."),
        Why.SET_ASIDE_BY_PERSON: _("A person decided otherwise."),
    }.get(why, str(why))


def source_words(one: Considered) -> str:
    """Name what was considered."""
    return {
        Source.CLICK: _("Click"),
        Source.COUPON: _("Code %(code)s") % {"code": one.ref},
        Source.BINDING: _("Earlier order of the same customer"),
        Source.FILE: _("The customer was bound by a file"),
    }[one.source]


def binding_words(bound: Binding) -> str:
    """Name the line of the file that bound a customer."""
    return _("Bound by the file %(file)s, line %(line)s") % {"file": bound.file_name, "line": bound.line}


def others_words(one: Considered) -> str:
    """Name what another partner brought; whose it is, and how its code is called, is not this partner's business."""
    return {
        Source.CLICK: _("Click of another partner"),
        Source.COUPON: _("Code of another partner"),
        Source.BINDING: _("Earlier order of the same customer, by another partner"),
        Source.FILE: _("A file bound the customer to another partner"),
    }[one.source]


def decision_words(kind: str) -> str:
    """Name what a person decided."""
    return {
        DecisionKind.DECLINED: _("Declined"),
        DecisionKind.DECLINE_REPLIED: _("The partner replied to the decline"),
        DecisionKind.DECLINE_UPHELD: _("Decline upheld"),
        DecisionKind.DECLINE_UNDONE: _("Decline taken back"),
        DecisionKind.APPROVED: _("Approved by hand"),
        DecisionKind.APPROVAL_UNDONE: _("Approval taken back"),
        DecisionKind.CONFLICT_SETTLED: _("Amount chosen"),
        DecisionKind.HOLD_LIFTED: _("Hold lifted"),
        DecisionKind.PROPOSAL_REFUSED: _("Change refused"),
    }[DecisionKind(kind)]


def step_words(label: StepLabel) -> str:
    """Name a line of the formula."""
    return {
        StepLabel.PAID_BY_CUSTOMER: _("Paid by the customer"),
        StepLabel.SHIPPING: _("Shipping"),
        StepLabel.TAX: _("Tax"),
        StepLabel.DISCOUNT: _("Discount, counted in"),
        StepLabel.BASIS_OF_ORDER: _("Basis of the order"),
        StepLabel.CORRECTED: _("Taken back or changed"),
        StepLabel.BASIS_NOW: _("Basis now"),
        StepLabel.CONVERTED: _("Basis in the program's currency"),
        StepLabel.PART_OF_ORDER: _("Part of the order"),
        StepLabel.BASIS_OF_RULE: _("Basis of the rule"),
        StepLabel.COST: _("Cost"),
        StepLabel.MARGIN: _("Margin"),
        StepLabel.PERCENT: _("Rate"),
        StepLabel.PER_UNIT: _("Amount a piece"),
        StepLabel.PIECES: _("Pieces"),
        StepLabel.AT_LEAST: _("At least"),
        StepLabel.AT_MOST: _("At most"),
        StepLabel.RULE_PAYS: _("The rule pays, exactly"),
        StepLabel.FLAT: _("Fixed amount"),
        StepLabel.SHARE_LEFT: _("Part of the order that stands"),
        StepLabel.IN_ITS_CURRENCY: _("In the currency of the order"),
        StepLabel.EXCHANGE_RATE: _("Exchange rate"),
        StepLabel.EXACT: _("Exactly"),
        StepLabel.COMMISSION: _("Commission, rounded once, half up"),
    }[label]


def rate_words(exchange: Exchange, currency: str) -> str:
    """Say what one of a foreign currency was worth, on which day, and who said so; or that nobody has said it yet."""
    rate = exchange.rate
    if rate is None:
        return _("no rate of %(currency)s is known for the day of the order yet") % {"currency": exchange.currency}
    quotient = f" ({rate.text.replace('/', ' / ')})" if "/" in rate.text else ""
    return _("1 %(theirs)s = %(rate)s %(ours)s%(quotient)s, %(day)s, %(source)s") % {
        "theirs": exchange.currency,
        "ours": currency,
        "rate": shown(rate.exact),
        "quotient": quotient,
        "day": day_words(rate.day),
        "source": source_names(rate.source),
    }


def source_names(source: str) -> str:
    """Name who quoted a rate: one source, or the two of a rate that was computed from both."""
    names = dict(RateSource.choices)
    return ", ".join(str(names.get(one, one)) for one in source.split(", "))


def account_words(kind: str) -> str:
    """Name an account as every page of the books does."""
    return str(ACCOUNT_LABELS[AccountKind(kind)])
