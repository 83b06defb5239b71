"""What the demo leaves on the last day for a person to decide, and an example of everything that can go wrong."""

from datetime import datetime, timedelta
from itertools import count

from django.db.models import QuerySet, Sum

from rapport.apps.commissions.models import Commission, CommissionState
from rapport.apps.conversions.models import Conversion
from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.partners.inputs import DeclineInput
from rapport.apps.partners.models import Application, DeclineCode, Segment
from rapport.flows import admission, replying
from rapport.flows.demo.orders import Shop, play_round, text
from rapport.flows.demo.papers import OBJECTORS, ask_for_forms, object_to_the_last
from rapport.flows.demo.paydays import prepare_last
from rapport.flows.demo.planning import Kind, Visit
from rapport.flows.demo.staging import Stage, application
from rapport.flows.demo.visits import append, carry_over, postbacks
from rapport.flows.postbacks import take_postbacks
from rapport.flows.tax_papers import ask_for_papers

ODD_NUMBERS = 11_030
"""Numbers of the odd orders, apart from all others."""
SUSPENDED_FOR = timedelta(days=16)
_DEBT_MINOR = 1_500
_CLICKED_LATER = 4
"""The place in the cast of whose click came just before an order that another partner was paid for."""
_NOISE = bytes(4)


def suspend_somebody(stage: Stage, *, at: datetime) -> None:
    """Suspend the smallest partner some days before the end: what it brings from then on is held."""
    partner = stage.partners.get(len(stage.players) - 1)
    if partner and partner.player.email not in _NEEDED and partner.agreement.state == "active":
        reason = "Advertised on our own name; we are talking about it."
        suspend_agreement(agreement_id=partner.agreement.id, reason=reason, by=stage.manager, at=at)


def end_the_story(shop: Shop, visits: list[Visit]) -> None:
    """Leave what some mornings bring, then what the last evening brings."""
    at = shop.stage.play.ends_at - timedelta(minutes=1)
    _charge_back_what_was_paid(shop, at=at - timedelta(days=1))
    _learn_of_a_later_click(shop, at=at - timedelta(hours=20))
    _report_odd_orders(shop, visits, at=at)
    replying.tell_proposals(at=at - timedelta(hours=10))
    play_round(at=at)
    ask_for_forms(shop.stage.program, by=shop.stage.actor(3), at=at - timedelta(days=2))
    ask_for_papers(prepare_last(shop.stage), by=shop.stage.actor(3), at=at)
    _object(shop.stage, until=at - timedelta(days=1))
    append(postbacks(shop.stage, (ODD_NUMBERS + 10, ODD_NUMBERS + 11), at=at))
    carry_over(at=at)
    take_postbacks(at=at)
    leave_applications(shop.stage, at=at)


def _object(stage: Stage, *, until: datetime) -> None:
    for number in OBJECTORS:
        partner = stage.partners[number]
        if object_to_the_last(partner.agreement, by=partner.actor, until=until):
            return


def leave_applications(stage: Stage, *, at: datetime) -> None:
    """Leave applications to be decided, one of them with a question asked, and one declined."""
    if Application.objects.filter(program=stage.program, organisation_name="Klickturbo").exists():
        return
    _apply(stage, "Kopfkissen Kompass", "Rosa Klee", Segment.NICHE, at=at - timedelta(hours=26))
    _apply(stage, "Dachboden Depot", "Hanna Blum", Segment.STORE_OWNER, at=at - timedelta(hours=5))
    asked = _apply(stage, "Stille Stunden", "Nils Voss", Segment.BLOGGER, at=at - timedelta(hours=9))
    question = "Which of your articles would carry the link?"
    admission.ask(application=asked, question=question, by=stage.manager, at=at - timedelta(hours=7))
    declined = _apply(stage, "Klickturbo", "A. Turbo", Segment.SEARCH, at=at - timedelta(days=3))
    given = DeclineInput(code=DeclineCode.METHOD_NOT_ALLOWED, reason="We do not work with paid pop-ups.")
    admission.decline(application=declined, given=given, by=stage.manager, at=at - timedelta(days=2))


_NEEDED = frozenset({"partner@demo.example", "kim@demo.example"})


def _apply(stage: Stage, firm: str, person: str, segment: Segment, *, at: datetime) -> Application:
    given = application(firm, person, segment, version=stage.version)
    return admission.apply(program=stage.program, given=given, at=at).application


def _charge_back_what_was_paid(shop: Shop, *, at: datetime) -> None:
    """Charge back the newest orders of a partner, more than waits for it: it owes the program something now."""
    play_round(at=at)
    ours = Commission.objects.filter(agreement__program=shop.stage.program)
    waiting_minor = _sums(ours.filter(payable_minor__gt=0), "payable_minor")
    paid_minor = _sums(ours.filter(paid_minor__gt=0, payable_minor=0), "paid_minor")
    # What is approved until the evening may not make up for it.
    debts = {who: waiting_minor.get(who, 0) // 4 + _DEBT_MINOR for who in paid_minor}
    whose = [who for who, minor in paid_minor.items() if minor > debts[who]]
    if not whose:
        return
    owing = min(whose, key=lambda who: (debts[who], who))
    left_minor = debts[owing] + waiting_minor.get(owing, 0)
    rows = ours.filter(agreement__partner__name=owing, reserved_minor=0, payable_minor__gte=0)
    numbers = []
    for row in rows.select_related("conversion").order_by("-earned_at", "conversion__external_id"):
        if left_minor > 0 and row.conversion and row.paid_minor + row.payable_minor > 0:
            numbers.append(row.conversion.external_id)
            left_minor -= row.paid_minor + row.payable_minor
    back = {"kind": "chargeback", "currency": "EUR", "occurred_at": at}
    shop.take_back([back | {"external_id": f"charged-{number}", "of": number} for number in numbers], at=at)


def _sums(rows: QuerySet[Commission], amount: str) -> dict[str, int]:
    return dict(rows.order_by().values_list("agreement__partner__name").annotate(Sum(amount)))


def _learn_of_a_later_click(shop: Shop, *, at: datetime) -> None:
    """Report an approved order once more with a click that came later: the change of partner is proposed."""
    theirs = shop.stage.partners[_CLICKED_LATER].agreement
    rows = Commission.objects.filter(
        agreement__program=shop.stage.program, state=CommissionState.APPROVED, payable_minor__gt=0
    )
    # Where a code was used too, the click would not decide.
    rows = rows.exclude(agreement=theirs).filter(conversion__clicks__isnull=False, conversion__coupons__isnull=True)
    row = rows.select_related("conversion").order_by("-earned_at", "conversion__external_id").first()
    if row is None or row.conversion is None:
        return
    order = row.conversion
    visit = Visit(order.occurred_at - timedelta(minutes=1), _CLICKED_LATER, 0, Kind.DESK, 0, _NOISE)
    append([shop.tracks.event(visit)])
    carry_over(at=at)
    shop.report([_again(order) | {"click_ids": [shop.tracks.click_id(visit)]}], at=at)
    play_round(at=at)


def _again(order: Conversion) -> dict[str, object]:
    """Return the little that names an order, with its amount unchanged."""
    report = order.reports.order_by("received_at", "id")[0]
    return {
        "kind": "sale",
        "external_id": order.external_id,
        "currency": "EUR",
        "total": text(report.total_minor),
        "tax": text(report.tax_minor),
        "shipping": text(report.shipping_minor),
        "occurred_at": order.occurred_at,
    }


_ABROAD = (("129.00", "USD"), ("19800", "JPY"), ("96.00", "NOK"))
"""Orders of other countries; of the last one's currency no rate is known."""


def _report_odd_orders(shop: Shop, visits: list[Visit], *, at: datetime) -> None:
    """Leave a conflict, a refund without its sale, every reason for which a click or a code earns nothing.

    And orders in foreign currencies, one of which waits for its rate.
    """
    people = [visit for visit in visits if visit.kind not in {Kind.BOT, Kind.FRAMED} and visit.player == 0]
    last = shop.tracks.click_id(people[-1])
    bot = shop.tracks.click_id(next(visit for visit in reversed(visits) if visit.kind is Kind.BOT))
    forged = last[:-4] + ("AAAA" if last[-4:] != "AAAA" else "BBBB")
    foreign = shop.tracks.mint(shop.stage.stranger, at=people[-1].at, noise=_NOISE)
    number = count(ODD_NUMBERS + 2)
    before_click = people[-1].at - timedelta(hours=2)
    base = {"kind": "sale", "currency": "EUR", "occurred_at": at - timedelta(minutes=2), "tax": "0", "shipping": "0"}
    contradicted = {**base, "external_id": str(next(number)), "click_ids": [last]}
    shop.report(
        [
            {**contradicted, "total": "148.00"},
            {**contradicted, "total": "118.00", "click_ids": []},
            {**base, "external_id": str(next(number)), "total": "64.50", "click_ids": [forged]},
            {**base, "external_id": str(next(number)), "total": "119.00", "click_ids": [bot]},
            {**base, "external_id": str(next(number)), "total": "52.50", "coupons": ["GHOST20"]},
            {**base, "external_id": str(next(number)), "total": "89.00", "coupons": ["ANNA12", "MIRA10"]},
            {**base, "external_id": str(next(number)), "total": "75.00", "click_ids": [foreign]},
            {**base, "external_id": str(next(number)), "total": "58.00", "click_ids": [last]}
            | {"occurred_at": before_click},
            {**base, "external_id": str(next(number)), "total": "41.00", "click_ids": [last], "test": True},
            *(
                {**base, "external_id": str(ODD_NUMBERS + place), "total": total, "click_ids": [last], "currency": code}
                for place, (total, code) in enumerate(_ABROAD, start=20)
            ),
        ],
        at=at,
    )
    lost = {"kind": "refund", "external_id": "back-9999", "of": "9999", "currency": "EUR"}
    shop.take_back([lost | {"occurred_at": at - timedelta(hours=1)}], at=at)
