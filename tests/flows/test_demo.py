"""The demo has life on every page, is loaded once, tells the same story again, and its books are sound."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from pytest_django import Settings

from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.conversions.models import Conversion, Correction, HumanDecision, NamedClick, Receipt
from rapport.apps.delivery.models import Mail
from rapport.apps.identity.queries import actor_of_key
from rapport.apps.invoices.models import Invoice, InvoiceObjection
from rapport.apps.partners.models import Agreement, Application
from rapport.apps.payouts.models import Payout, PayoutMethodCurrency, PayoutRun, PayoutVerdict
from rapport.apps.programs.models import Program
from rapport.flows import doctor
from rapport.flows.demo import cast
from rapport.flows.demo.building import building
from rapport.flows.demo.hints import Loaded
from rapport.flows.demo.loading import load_demo
from rapport.flows.demo.planning import Day, Kind, Play, price_of, tell
from rapport.flows.tax_standing import standing_rows
from rapport.lake.questions import lake_at

SMALL = Play(seed=12, until=date(2026, 6, 25), partners=11, months=2)
WHOLE = Play(seed=12, until=date(2026, 6, 25), partners=55, months=12)

Figures = dict[str, list[tuple[object, ...]]]


class PulledPlug(Exception):
    """The machine went off."""


def quietly(_done: int, _total: int | None, _message: str) -> None:
    """Listen to the progress of loading."""


def load_into(folder: Path, settings: Settings, *, pulled_at: int = 0) -> Loaded:
    """Load the small demo into a folder, and pull the plug when so many percent are built."""

    def listen(done: int, _total: int | None, _message: str) -> None:
        if pulled_at and done >= pulled_at:
            raise PulledPlug

    settings.DATA_FOLDER = folder
    for name in ("journal", "lake", "linkbook"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        setattr(settings, f"{name.upper()}_FOLDER", folder / name)
    return load_demo(progress=listen, play=SMALL)


def figures() -> Figures:
    """Return what each partner ordered, earned and was paid; ids differ from demo to demo, money does not."""
    partner = "agreement__partner__name"
    commissions = Commission.objects.values_list(partner, "state").annotate(
        Count("id"), Sum("accrued_minor"), Sum("payable_minor"), Sum("reserved_minor"), Sum("paid_minor")
    )
    orders = Conversion.objects.values_list("state").annotate(Count("id"), Sum("total_minor"), Sum("remaining_minor"))
    payouts = Payout.objects.values_list("run__wish", partner, "state", "amount_minor", "reference")
    decisions = HumanDecision.objects.values_list("kind", "conversion__external_id")
    found = {"commissions": commissions, "orders": orders, "payouts": payouts, "decisions": decisions}
    return {name: sorted(rows, key=str) for name, rows in found.items()}


@pytest.mark.django_db
def test_a_demo_built_in_pieces_is_the_one_built_whole_and_has_something_for_every_page(
    tmp_path: Path, settings: Settings
) -> None:
    with transaction.atomic():
        load_into(tmp_path / "whole", settings)
        whole = figures()
        transaction.set_rollback(True)
    for percent in (5, 40, 98):
        with pytest.raises(PulledPlug):
            load_into(tmp_path / "pieces", settings, pulled_at=percent)
    loaded = load_into(tmp_path / "pieces", settings)
    assert figures() == whole

    state = building()
    assert state
    assert state.done
    assert load_demo(progress=quietly, play=WHOLE) == loaded
    assert figures() == whole
    assert_life_on_every_page()
    clicks = Counter(visit.kind for day in tell(SMALL, cast.players(11)) for visit in day.visits)
    totals = lake_at(tmp_path / "pieces" / "lake").totals()
    assert (totals.bots, totals.framed) == (clicks[Kind.BOT], clicks[Kind.FRAMED])
    assert totals.gross == clicks.total() + 1, "and the late click"
    key = next(hint.text for hint in loaded.hints if "rk_live_" in hint.text).split("Bearer ")[1].split("'")[0]
    assert actor_of_key(key)
    assert len(loaded.places) == 5
    assert {check.name: check.problems for check in doctor.run_checks() if check.problems} == {}


def assert_life_on_every_page() -> None:
    program = Program.objects.get(slug=cast.SLUG)
    assert Agreement.objects.filter(program=program).count() == SMALL.partners
    states = set(Commission.objects.filter(agreement__program=program).values_list("state", flat=True))
    assert {"pending", "held", "approved", "paid", "reversed", "declined"} <= states
    assert {"received", "questions", "declined"} <= set(Application.objects.values_list("state", flat=True))
    assert Conversion.objects.filter(in_conflict=True).count() == 1
    assert Correction.objects.filter(conversion=None).count() == 1
    assert Proposal.objects.exists()
    assert set(Receipt.objects.values_list("state", flat=True)) == {"taken", "refused"}
    assert {"approved", "declined"} <= set(HumanDecision.objects.values_list("kind", flat=True))
    assert PayoutRun.objects.get(state="draft").wish == "demo-last"
    assert {"settled", "reserved"} <= set(Payout.objects.values_list("state", flat=True))
    assert Payout.objects.filter(known=False).count() == 1
    verdicts = set(PayoutVerdict.objects.values_list("verdict", flat=True))
    assert {"below_threshold", "eligible", "carried"} <= verdicts
    assert {"forged", "foreign"} <= set(NamedClick.objects.values_list("refusal", flat=True))
    abroad = dict(Conversion.objects.exclude(currency="EUR").values_list("currency", "awaits_rate"))
    assert abroad == {"USD": False, "JPY": False, "NOK": True}
    assert set(PayoutMethodCurrency.objects.values_list("currency", flat=True)) == {"USD"}
    assert not Mail.objects.exists()
    assert Invoice.objects.filter(role="invoice").exists()
    assert InvoiceObjection.objects.get().state == "open"
    lacking = {row.agreement.partner.name: row.lacks for row in standing_rows(program, at=SMALL.ends_at) if row.lacks}
    assert lacking == {"Finderlohn": ("W-9 is missing.",)}


@pytest.fixture(scope="module")
def story() -> list[Day]:
    return list(tell(WHOLE, cast.players(WHOLE.partners)))


def test_a_year_of_55_partners_has_its_clicks_orders_and_repeat_purchases(story: list[Day]) -> None:
    orders = [order for day in story for order in day.orders]
    assert sum(len(day.visits) for day in story) > 200_000
    assert 5_500 < len(orders) < 7_000
    assert len(orders) - len({order.customer for order in orders}) > 1_500
    assert all(turn.order.number for day in story for turn in day.turns)
    assert all(WHOLE.starts_at <= order.at < WHOLE.ends_at for order in orders)


def test_the_ten_who_lead_bring_about_six_tenths_of_each_month(story: list[Day]) -> None:
    sold: Counter[tuple[int, bool]] = Counter()
    for day in story:
        for order in day.orders:
            sold[day.on.month, order.player < 10] += price_of(order)[0]
    shares = [sold[month, True] / (sold[month, True] + sold[month, False]) for month in range(1, 13)]
    assert all(0.53 < share < 0.69 for share in shares), shares
    assert 0.57 < sum(shares) / 12 < 0.64


def test_another_seed_tells_another_story_of_the_same_size(story: list[Day]) -> None:
    days = Play(seed=13, until=WHOLE.until, partners=55, months=1)
    other = list(tell(days, cast.players(55)))
    assert other[0].visits != story[-len(other)].visits
    again = list(tell(days, cast.players(55)))
    assert [day.visits for day in again] == [day.visits for day in other]


def test_ten_times_the_partners_bring_ten_times_as_much() -> None:
    few, many = (list(tell(Play(12, WHOLE.until, partners, 1), cast.players(partners))) for partners in (55, 550))
    clicks = [sum(len(day.visits) for day in days) for days in (few, many)]
    assert clicks[1] == pytest.approx(10 * clicks[0], rel=0.05)
    names = [player.name for player in cast.players(550)]
    assert len(set(names)) == 550
