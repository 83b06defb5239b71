"""A hundred customers, each told in five orders through the real doors: the tables end where the judge does."""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from rapport.apps.commissions.models import Attribution, Commission
from rapport.apps.conversions.models import Conversion, Receipt
from rapport.apps.ledger.queries import booked_of, recount
from rapport.apps.programs.queries import kinds_named
from rapport.apps.rates.actions import keep_rates
from rapport.apps.rates.inputs import Listed
from rapport.apps.rates.models import RateSource
from rapport.domain.judge import judge
from rapport.domain.money import Money, format_amount
from rapport.domain.story import CorrectionKind
from rapport.flows.postbacks import take_postbacks
from rapport.flows.rates.rating import rate_orders
from rapport.kit.clock import from_ms, now, to_ms
from rapport.wire.events import PostbackEvent
from rapport.wire.journal import JournalWriter
from tests.make.identity import STORY, make_api_key
from tests.make.scenarios import Corrected, Fact, RateTold, Reported, Scenario, assemble
from tests.make.stages import Stage, make_stage
from tests.make.stories import START_MS, make_scenario, orders_of_arrival
from tests.support.drills import scaled

pytestmark = pytest.mark.django_db

STORIES = scaled(whole=100, on_postgresql=20)
ORDERS = 5
BY_API = (0, 3)
CHUNK = 5

Told = Mapping[str, Any]
End = list[tuple[object, ...]]

_receipts = itertools.count(1)
DAYS = [from_ms(START_MS).date() + timedelta(days=number) for number in range(-40, 300, 9)]
"""Days of which rates are known: a rate serves ten days."""


@pytest.fixture
def journal(tmp_path: Path, settings: Settings) -> Path:
    """The edge's journal, empty."""
    settings.JOURNAL_FOLDER = tmp_path / "journal"
    return tmp_path / "journal"


@pytest.mark.drill(seconds=4)
@pytest.mark.parametrize("first", range(0, STORIES, CHUNK))
def test_the_tables_end_where_the_judge_does_in_whatever_order_and_by_whichever_door(
    first: int, client: Client, journal: Path
) -> None:
    for seed in range(first, first + CHUNK):
        stage = make_stage(make_scenario(seed, people=False))
        headers = _headers(stage)
        ends = []
        for number, order in enumerate(orders_of_arrival(stage.scenario, ORDERS)):
            with transaction.atomic():
                for is_rate, facts in groupby(order, key=lambda fact: isinstance(fact, RateTold)):
                    told = [] if is_rate else [_told(fact, stage.scenario) for fact in facts]
                    if is_rate:
                        _tell_rates([fact for fact in facts if isinstance(fact, RateTold)], stage)
                    elif number in BY_API:
                        _send_to_api(told, client, headers)
                    else:
                        _send_as_postbacks(told, stage, journal)
                ends.append(_end(stage))
                transaction.set_rollback(True)
        assert ends[0] == _judged(stage.scenario), f"story {seed}"
        assert all(end == ends[0] for end in ends), f"story {seed}"


def _headers(stage: Stage) -> dict[str, str]:
    key = make_api_key(stage.program.workspace, at=now())
    return {"Authorization": f"Bearer {key.secret}"}


def _told(fact: Fact, scenario: Scenario) -> Told:
    """Return what a merchant's server would say about a fact."""
    if isinstance(fact, Reported):
        return _reported(fact, scenario)
    assert isinstance(fact, Corrected)
    return _corrected(fact, scenario)


def _reported(fact: Reported, scenario: Scenario) -> Told:
    first = next(one for one in scenario.facts if isinstance(one, Reported) and one.external_id == fact.external_id)
    return {
        "kind": fact.kind,
        "external_id": fact.external_id,
        "revision": fact.amounts.revision,
        "occurred_at": from_ms(fact.occurred_at_ms).isoformat(),
        "click_ids": list(fact.click_ids),
        "coupons": list(fact.coupons),
        "test": fact.test,
        # Only one wording of an order knows whose it is.
        "customer_id": "customer-1" if fact == first else "",
        "currency": fact.currency or scenario.currency,
        **_amounts(fact.amounts, fact.currency or scenario.currency, names=("total", "tax", "shipping", "discount")),
    }


def _corrected(fact: Corrected, scenario: Scenario) -> Told:
    correction, currency = fact.correction, fact.currency or scenario.currency
    sign = 1 if correction.kind is CorrectionKind.AMENDMENT else -1
    return {
        "kind": str(correction.kind),
        "external_id": correction.external_id,
        "of": fact.external_id,
        "of_kind": fact.kind,
        "occurred_at": from_ms(correction.occurred_at_ms).isoformat(),
        "currency": currency,
        **_amounts(correction, currency, names=("total", "tax", "shipping", "discount"), sign=sign),
    }


def _amounts(source: object, currency: str, *, names: Sequence[str], sign: int = 1) -> dict[str, str]:
    minor = {name: getattr(source, f"{name}_minor") for name in names}
    return {name: format_amount(Money(sign * value, currency)) for name, value in minor.items() if value is not None}


def _tell_rates(told: Sequence[RateTold], stage: Stage) -> None:
    """Let a currency's worth become known for every day of the story; what waited for it is judged by itself."""
    lines = [
        Listed(one.currency, stage.scenario.currency, day, stage.scenario.rates[one.currency])
        for one in told
        for day in DAYS
    ]
    workspace_id = stage.program.workspace_id
    keep_rates(lines, workspace_id=workspace_id, source=RateSource.MANUAL, by=STORY, at=now(), trusted=True)
    rate_orders(at=now())


def _send_to_api(told: Sequence[Told], client: Client, headers: Mapping[str, str]) -> None:
    for one in told:
        door = "corrections" if "of" in one else "conversions"
        answer = client.post(f"/api/v1/{door}", json.dumps(one), content_type="application/json", headers=headers)
        assert answer.status_code in {200, 201, 202, 409, 422}, answer.content


def _send_as_postbacks(told: Sequence[Told], stage: Stage, journal: Path) -> None:
    writer = JournalWriter(journal, writer_id="edge")
    events = [_event(one, stage) for one in told]
    for event in events:
        writer.append(event)
    writer.seal()
    writer.close()
    take_postbacks(at=now())
    assert Receipt.objects.filter(pk__in=[event.receipt_id for event in events]).count() == len(events)


def _event(told: Told, stage: Stage) -> PostbackEvent:
    params = {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in told.items()}
    params["type"] = params.pop("kind") if "of" in told else "conversion"
    for ours, theirs in (("click_ids", "rpid"), ("coupons", "coupon")):
        if ours in params:
            params[theirs] = params.pop(ours)
    return PostbackEvent(
        receipt_id=f"rcp_{next(_receipts)}",
        at_ms=to_ms(now()),
        program_id=stage.program.id,
        auth="token",
        params={name: value for name, value in params.items() if value},
    )


def _judged(scenario: Scenario) -> End:
    """Return what the judge says in memory; kinds that no version names are refused at every door."""
    kinds = kinds_named(scenario.promises().terms.values())
    heard = [fact for fact in scenario.facts if isinstance(fact, RateTold) or getattr(fact, "kind", "") in kinds]
    story = assemble(scenario, heard)
    names = {conversion.id: (conversion.kind, conversion.external_id) for conversion in story.conversions}
    return sorted(
        (
            *names[decision.conversion_id],
            str(decision.outcome),
            decision.credit and (decision.credit.agreement_id, decision.credit.terms_version_id, decision.credit.rule),
            decision.target_minor,
            [str(hold) for hold in decision.holds],
            decision.hold_until_ms,
            {decision.credit.agreement_id: decision.target_minor} if decision.credit and decision.target_minor else {},
        )
        for decision in judge(story, scenario.promises()).decisions
    )


def _end(stage: Stage) -> End:
    """Return what the tables and the books hold in the end, and see that both agree with themselves."""
    assert recount(stage.program.id).problems == []
    return sorted(_stands(conversion) for conversion in Conversion.objects.filter(program=stage.program))


def _stands(conversion: Conversion) -> tuple[object, ...]:
    attribution = Attribution.objects.filter(conversion=conversion).order_by("-number")[0]
    document = attribution.document
    credit = document["credit"]
    return (
        conversion.kind,
        conversion.external_id,
        attribution.outcome,
        credit and (credit["agreement_id"], credit["terms_version_id"], credit["rule"]),
        attribution.target_minor,
        document["holds"],
        document["hold_until_ms"],
        dict(_booked(conversion)),
    )


def _booked(conversion: Conversion) -> Iterator[tuple[str, int]]:
    rows = list(Commission.objects.filter(conversion=conversion))
    books = booked_of([row.id for row in rows])
    for row in rows:
        booked = books[row.id].accrued_minor if row.id in books else 0
        assert booked == row.accrued_minor
        if booked:
            assert row.state == ("held" if row.holds else "pending")
            yield row.agreement_id, booked
