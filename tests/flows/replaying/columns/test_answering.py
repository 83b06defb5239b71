"""Replays by columns over real tables: the same answer as by the engine, brought up to date with what happens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from rapport.apps.partners.actions import accept_terms
from rapport.apps.partners.actions.proposing import offer_terms
from rapport.apps.programs.actions import publish_own_terms, publish_terms, save_draft
from rapport.apps.programs.models import Program
from rapport.domain.terms import Terms, canonical
from rapport.flows.replaying.asked import Asked
from rapport.flows.replaying.columns.refreshing import refresh, store_of
from rapport.flows.replaying.result import Proof, Replayed
from rapport.flows.replaying.running import replay
from rapport.flows.replaying.tasks import facts_are_kept, refresh_facts
from rapport.flows.settlement import approve_due, join_click_facts
from tests.flows.replaying.test_running import percent, terms_with
from tests.make.identity import NOON, STORY
from tests.make.road import (
    make_agreement,
    make_click_id,
    make_coupon,
    make_link,
    make_program,
    report_correction,
    report_sale,
)

pytestmark = pytest.mark.django_db

BEFORE = NOON - timedelta(days=2)


@pytest.fixture(autouse=True)
def _columns(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REPLAYS_FOLDER = tmp_path / "replays"
    monkeypatch.setattr("rapport.flows.replaying.columns.answering.ONE_OF", 1)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Replayed, Replayed]]:
    """Replays by columns and by the engine."""

    def run(program: Program, terms: Terms, **more: object) -> tuple[Replayed, Replayed]:
        day = NOON.date()
        asked = Asked(program, terms, day - timedelta(days=60), day + timedelta(days=60), **more)  # type: ignore[arg-type]  # partners
        at = NOON + timedelta(days=60)
        monkeypatch.setattr("rapport.flows.replaying.running.FAST_FROM", 0)
        fast = replay(asked, at=at)
        monkeypatch.setattr("rapport.flows.replaying.running.FAST_FROM", 10**9)
        return fast, replay(asked, at=at)

    return run


def traded() -> Program:
    """A program with orders of many kinds: baskets, codes, refunds, a conflict, a change of terms."""
    program = make_program()
    first, second = make_agreement(program, name="First"), make_agreement(program, name="Second")
    make_coupon(second, "TEN")
    clicks = [make_click_id(make_link(one), at=BEFORE) for one in (first, second)]
    basket = [
        {"product": "TEA", "category": "drinks", "quantity": 3, "price": "3.33", "cost": "4.00"},
        {"product": "Pot", "category": "things", "price": "23.34", "discount": "1.00", "cost": "20.00"},
        {"product": "TEA", "category": "drinks", "price": "0.99"},
    ]
    for number in range(12):
        told: dict[str, Any] = {"external_id": f"A-{number}", "total": f"{30 + number}.{number:02}"}
        told |= {"tax": "2.17", "shipping": "1.01"}
        more: dict[str, Any] = {"coupons": ["TEN"]} if number % 5 == 0 else {}
        report_sale(
            program,
            click_ids=[clicks[number % 2]],
            lines=basket if number % 3 else basket[:1],
            customer_id=f"c{number % 4}",
            **told,
            **more,
        )
    report_sale(program, external_id="bare", total="10.05", click_ids=[clicks[0]])
    report_correction(program, kind="refund", external_id="r1", of="A-1", total="10.00")
    report_correction(program, kind="cancel", external_id="r2", of="A-2")
    report_correction(program, kind="refund", external_id="r3", of="A-4", total="9.99", at=NOON + timedelta(days=50))
    report_sale(program, external_id="A-7", total="99.00", click_ids=[clicks[1]], customer_id="c3")
    save_draft(program_id=program.id, document=canonical(terms_with(rules=percent("8"))), by=STORY, at=NOON)
    version = publish_terms(program_id=program.id, effective_at=NOON, by=STORY, at=NOON)
    accept_terms(agreement_id=first.id, version_id=version.id, sentence="8 %", language="en", by=STORY, at=NOON)
    report_sale(program, external_id="later", total="50.00", click_ids=[clicks[0]], at=NOON + timedelta(days=9))
    return program


TIERS = [
    {"name": "large", "when": {"kind": "sale", "amount": {"from": "35.00"}}, "pay": {"percent": "9.75"}},
    {"name": "tea", "when": {"kind": "sale", "product": ["tea"]}, "pay": {"per_unit": "0.35"}, "at_most": "1.00"},
    {"name": "things", "when": {"kind": "sale", "category": ["things"]}, "pay": {"margin_percent": "33.3333"}},
    {"name": "rest", "when": {"kind": "sale"}, "pay": {"percent": "3"}, "at_least": "0.30"},
]


def test_both_say_the_same_of_everything(both: Callable[..., tuple[Replayed, Replayed]]) -> None:
    program = traded()
    drafts = [
        terms_with(rules=percent("15")),
        terms_with(rules=TIERS, hold={"days": 3}),
        terms_with(rules=TIERS, choice="all", reversal={"window_days": 20}),
        terms_with(rules=percent("15"), basis={"tax": "included", "shipping": "included", "discount": "ignored"}),
    ]
    for draft in drafts:
        fast, slow = both(program, draft)
        assert fast.proof.by == "columns", fast.proof
        assert fast.proof.checked >= 10
        assert fast.proof.differed == 0
        assert replace(fast, proof=slow.proof) == slow
        assert fast.totals.present_minor != fast.totals.engine_minor


def test_some_partners_are_asked_for(both: Callable[..., tuple[Replayed, Replayed]]) -> None:
    program = traded()
    partner = program.id and make_agreement(program, name="Third").id
    fast, slow = both(program, terms_with(rules=percent("15")), partners=(partner,))
    assert replace(fast, proof=slow.proof) == slow
    assert fast.totals.orders == 0


def test_terms_of_ones_own_stay_or_are_replaced_too(both: Callable[..., tuple[Replayed, Replayed]]) -> None:
    program = traded()
    alone = make_agreement(program, name="Alone")
    own = canonical(terms_with(rules=percent("33.3333")))
    version = publish_own_terms(
        program_id=program.id, agreement_id=alone.id, document=own, note="", by=STORY, at=NOON + timedelta(days=1)
    )
    offer_terms(agreement=alone, version=version, by=STORY, at=NOON + timedelta(days=1))
    told = {"sentence": "a third", "language": "en", "by": STORY, "at": NOON + timedelta(days=2)}
    accept_terms(agreement_id=alone.id, version_id=version.id, **told)  # type: ignore[arg-type]  # by and at
    for day in (1, 5):
        click = make_click_id(make_link(alone), at=NOON + timedelta(days=day))
        at = NOON + timedelta(days=day, hours=1)
        report_sale(program, external_id=f"own-{day}", total="77.77", click_ids=[click], at=at)
    for own_too in (False, True):
        fast, slow = both(program, terms_with(rules=percent("15")), own_too=own_too)
        assert fast.proof.by == "columns", fast.proof
        assert replace(fast, proof=slow.proof) == slow


def test_what_happens_afterwards_is_brought_in(both: Callable[..., tuple[Replayed, Replayed]]) -> None:
    program = traded()
    draft = terms_with(rules=percent("15"))
    both(program, draft)
    held = store_of(program).held()
    assert len(held.files) == 1
    report_correction(program, kind="refund", external_id="r9", of="A-5", total="1.11")
    click = make_click_id(make_link(make_agreement(program, name="Third")), at=BEFORE)
    report_sale(program, external_id="new", total="77.00", click_ids=[click])
    join_click_facts(at=NOON + timedelta(days=1))
    approve_due(at=NOON + timedelta(days=45))
    fast, slow = both(program, draft)
    assert replace(fast, proof=slow.proof) == slow
    assert len(store_of(program).held().files) == 2


def test_the_worker_keeps_facts_up_to_date_and_forgets_those_of_programs_that_are_gone(
    both: Callable[..., tuple[Replayed, Replayed]], settings: Settings
) -> None:
    assert not facts_are_kept()
    program = traded()
    both(program, terms_with(rules=percent("15")))
    gone = settings.REPLAYS_FOLDER / "prg_gone"
    gone.mkdir()
    report_correction(program, kind="refund", external_id="r9", of="A-5", total="1.11")
    assert facts_are_kept()
    refresh_facts.func()
    assert len(store_of(program).held().files) == 2
    assert not gone.exists()


def test_many_files_are_joined_to_one(
    both: Callable[..., tuple[Replayed, Replayed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = traded()
    draft = terms_with(rules=percent("15"))
    refresh(program)
    monkeypatch.setattr("rapport.flows.replaying.columns.refreshing._MOST_FILES", 1)
    report_correction(program, kind="refund", external_id="r9", of="A-5", total="1.11")
    refresh(program)
    assert len(store_of(program).held().files) == 1
    assert len(list(store_of(program).folder.glob("facts-*.parquet"))) == 1
    fast, slow = both(program, draft)
    assert replace(fast, proof=slow.proof) == slow


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"attribution": {"click_window_days": 7, "repeat_purchases": True, "coupon": "before_click"}}, "click window"),
        ({"rules": [{"name": "x", "when": {"kind": "lead"}, "pay": {"flat": "1"}}]}, "asks something else"),
        ({"rules": [{**rule, "name": f"{rule['name']}2"} for rule in TIERS], "choice": "best"}, "best of several"),
    ],
)
def test_what_columns_cannot_answer_is_judged_again_and_says_so(
    both: Callable[..., tuple[Replayed, Replayed]], changed: dict[str, Any], words: str
) -> None:
    fast, slow = both(traded(), terms_with(**changed))
    assert fast.proof.by == "engine"
    assert words in " ".join(fast.proof.fell_back)
    assert replace(fast, proof=Proof()) == slow


def test_damaged_files_are_made_anew(both: Callable[..., tuple[Replayed, Replayed]]) -> None:
    program = traded()
    draft = terms_with(rules=percent("15"))
    both(program, draft)
    for file in store_of(program).folder.glob("*.parquet"):
        file.write_bytes(b"no parquet")
    fast, _slow = both(program, draft)
    assert "could not be read" in " ".join(fast.proof.fell_back)
    fast, _slow = both(program, draft)
    assert fast.proof.by == "columns"


def test_a_difference_is_an_alarm_and_the_figures_of_the_engine_are_used(
    both: Callable[..., tuple[Replayed, Replayed]], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = traded()
    pays = "rapport.flows.replaying.columns.checking.Stored.pays"
    monkeypatch.setattr(pays, lambda _stored, _terms: (1, 2, 3))
    fast, slow = both(program, terms_with(rules=percent("15")))
    assert fast.proof.by == "engine"
    assert fast.proof.differed > 0
    assert replace(fast, proof=Proof()) == slow
