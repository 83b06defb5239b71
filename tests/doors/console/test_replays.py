"""The pages of replays: try the draft on the past, read it, keep it as the reason, share it, publish with notice."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.programs.actions import save_draft
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.replays.models import DraftReason, Replay, ReplayShare, ReplayState, VersionReason
from rapport.domain.terms import presets
from rapport.flows.replaying.tasks import run_replay
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db


def draft_of(program: Program, rate: str, **changed: object) -> None:
    rules = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": rate}}]
    document = {**presets()[0].document, "rules": rules, **changed}
    save_draft(program_id=program.id, document=document, by=STORY, at=now())


def sold(marlow: Organisation, *, rate: str = "10") -> Program:
    """A program with one order of 100.00 a week ago, and a draft."""
    program = make_program(marlow)
    at = now() - timedelta(days=7)
    click = make_click_id(make_link(make_agreement(program, name="Slow Mornings")), at=at)
    basket = [{"product": "TEA", "price": "100.00", "cost": "40.00"}]
    report_sale(program, external_id="A-1", total="100.00", click_ids=[click], lines=basket, at=at)
    draft_of(program, rate)
    return program


def days() -> dict[str, str]:
    today = now().date()
    return {"first_on": f"{today - timedelta(days=30)}", "last_on": f"{today}"}


def tried(client: Client, program: Program) -> Replay:
    answer = client.post(reverse("program:replays", args=[program.id]), days())
    assert answer.status_code == 303, answer.content.decode()
    return Replay.objects.order_by("-id")[0]


def page(client: Client, name: str, *at: object, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(f"program:{name}", args=at), query)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_draft_is_tried_and_its_answer_is_read_kept_and_published_with_the_version(
    marlow: Organisation, manager: Client
) -> None:
    program = sold(marlow, rate="15")
    assert "Try on the past" in page(manager, "terms", program.id)
    assert "Try on the past" in page(manager, "terms-yaml", program.id)
    assert "Nothing was tried yet" in page(manager, "replays", program.id)
    row = tried(manager, program)
    shown = page(manager, "replay", program.id, row.id)
    for words in ("Slow Mornings", "Keep with the draft", "Winners", "Cash calendar", "48.00\xa0€"):
        assert words in shown, words
    for by, words in {"products": "TEA", "months": "12\xa0%", "calendar": "Payable then", "orders": "A-1"}.items():
        assert words in page(manager, "replay", program.id, row.id, by=by), by
    assert manager.post(reverse("program:replay-keep", args=[program.id, row.id])).status_code == 303
    assert DraftReason.objects.get().replay == row
    assert "Kept with the draft" in page(manager, "replay", program.id, row.id)
    assert "Tried on the past before it was decided" in page(manager, "terms", program.id)
    published = manager.post(reverse("program:terms-publish", args=[program.id]), {"note": "More for everybody"})
    assert published.status_code == 303
    version = TermsVersion.objects.get(number=2)
    assert VersionReason.objects.get().version == version
    assert not DraftReason.objects.exists()
    assert "Tried on the past before it was decided" in page(manager, "version", program.id, 2)


def test_every_table_is_a_file(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow)
    row = tried(manager, program)
    found = {
        "partners": "Slow Mornings,agr_",
        "products": "TEA,1,12.00,10.00,-2.00,12.00,100.00,100.00,0.1200,0.1000,1,48.00,50.00",
        "months": "2",
        "calendar": "12.00",
        "orders": "A-1,sale,",
    }
    for name, words in found.items():
        assert words in page(manager, "replay-csv", program.id, row.id, table=name), name


def test_what_was_not_tried_as_it_is_now_is_no_reason(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow)
    row = tried(manager, program)
    draft_of(program, "11")
    assert manager.post(reverse("program:replay-keep", args=[program.id, row.id])).status_code == 422
    assert "something else by now" in page(manager, "replay", program.id, row.id)


def test_a_large_replay_is_done_by_the_worker_and_its_page_loads_again(
    marlow: Organisation, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.flows.replaying.ordering.AT_ONCE", 0)
    program = sold(marlow)
    row = tried(manager, program)
    assert row.state == ReplayState.WAITING
    assert "0 of 1 orders" in page(manager, "replay", program.id, row.id)
    address = reverse("program:replay-progress", args=[program.id, row.id])
    assert "HX-Refresh" not in manager.get(address)
    assert manager.post(reverse("program:replay-keep", args=[program.id, row.id])).status_code == 422
    run_replay.func(replay_id=row.id)
    assert manager.get(address)["HX-Refresh"] == "true"
    run_replay.func(replay_id=row.id)
    assert "Slow Mornings" in page(manager, "replay", program.id, row.id)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first_on": "2026-02-01", "last_on": "2026-01-01"}, "not before the first"),
        ({"first_on": "2999-01-01", "last_on": "2999-02-01"}, "not in the future"),
        ({"first_on": "2001-01-01", "last_on": "2026-01-01"}, "at most twenty years"),
        ({"first_on": "yesterday", "last_on": "2026-01-01"}, "valid date"),
        ({"first_on": "2026-01-01", "last_on": "2026-01-01", "partners": "agr_strange"}, "agr_strange"),
    ],
)
def test_days_and_partners_that_cannot_be_replayed_are_refused_at_their_fields(
    marlow: Organisation, manager: Client, given: dict[str, str], words: str
) -> None:
    program = make_program(marlow)
    answer = manager.post(reverse("program:replays", args=[program.id]), given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Replay.objects.exists()


def test_a_link_shows_a_replay_without_names_until_it_is_taken_back(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow)
    row = tried(manager, program)
    share = reverse("program:replay-share", args=[program.id, row.id])
    assert manager.post(share, {"days": "7"}).status_code == 303
    link = Client()
    address = page(manager, "replay", program.id, row.id).split("http://testserver")[1].split("<")[0].split('"')[0]
    shown = link.get(address)
    assert shown.status_code == 200
    assert "Partner 1" in shown.content.decode()
    assert "Slow Mornings" not in shown.content.decode()
    assert shown["Referrer-Policy"] == "no-referrer"
    assert link.get(address + "x").status_code == 404
    first = ReplayShare.objects.get()
    manager.post(reverse("program:replay-unshare", args=[program.id, row.id, first.id]))
    assert link.get(address).status_code == 404
    assert "was taken back" in page(manager, "replay", program.id, row.id)


def test_a_link_may_show_names_and_expires(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow)
    row = tried(manager, program)
    share = reverse("program:replay-share", args=[program.id, row.id])
    assert manager.post(share, {"days": "7", "shows_names": "on"}).status_code == 303
    address = page(manager, "replay", program.id, row.id).split("http://testserver")[1].split("<")[0].split('"')[0]
    assert "Slow Mornings" in Client().get(address).content.decode()
    assert manager.post(share, {"days": "8"}).status_code == 422
    ReplayShare.objects.update(expires_at=now())
    assert Client().get(address).status_code == 404
    assert "expired" in page(manager, "replay", program.id, row.id)


def test_a_version_that_pays_somebody_less_waits_for_the_notice(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow, rate="10")
    publish = reverse("program:terms-publish", args=[program.id])
    refused = manager.post(publish)
    assert refused.status_code == 422
    assert "worse for 1 partner (Slow Mornings), and 30 days of notice" in refused.content.decode()
    tried(manager, program)
    early = (now() + timedelta(days=29)).strftime("%Y-%m-%dT%H:%M")
    assert manager.post(publish, {"effective_at": early}).status_code == 422
    late = (now() + timedelta(days=31)).strftime("%Y-%m-%dT%H:%M")
    assert manager.post(publish, {"effective_at": late}).status_code == 303


def test_the_form_says_for_whom_a_draft_is_worse_once_the_last_year_was_tried(
    marlow: Organisation, manager: Client
) -> None:
    program = sold(marlow, rate="10")
    assert "known once it was tried on the last year" in page(manager, "terms", program.id)
    first_on = f"{now().date() - timedelta(days=370)}"
    manager.post(reverse("program:replays", args=[program.id]), days() | {"first_on": first_on})
    shown = page(manager, "terms", program.id)
    assert "This is worse for 1 partner" in shown
    assert "For whom it is worse" in shown


def test_a_longer_hold_is_worse_by_itself(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow, rate="12")
    draft_of(program, "12", hold={"days": 90})
    assert "longer hold" in page(manager, "terms", program.id)
    assert manager.post(reverse("program:terms-publish", args=[program.id])).status_code == 422


def test_what_nobody_accepted_yet_is_published_at_once(marlow: Organisation, manager: Client) -> None:
    program = make_program(marlow)
    draft_of(program, "1")
    assert manager.post(reverse("program:terms-publish", args=[program.id])).status_code == 303


def test_where_a_year_is_too_large_to_be_looked_at_in_passing_it_must_be_tried_first(
    marlow: Organisation, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.flows.replaying.worse.AT_ONCE", 0)
    program = sold(marlow, rate="13")
    publish = reverse("program:terms-publish", args=[program.id])
    refused = manager.post(publish)
    assert refused.status_code == 422
    assert "Try the draft on the last year first" in refused.content.decode()
    first_on = f"{now().date() - timedelta(days=370)}"
    manager.post(reverse("program:replays", args=[program.id]), days() | {"first_on": first_on})
    assert manager.post(publish).status_code == 303


def test_sales_people_read_replays_and_order_none(marlow: Organisation, manager: Client) -> None:
    program = sold(marlow)
    row = tried(manager, program)
    sales = client_of(marlow, Role.SALES)
    shown = page(sales, "replay", program.id, row.id)
    assert "Slow Mornings" in shown
    assert "Make a link" not in shown
    assert sales.post(reverse("program:replays", args=[program.id]), days()).status_code == 403
