"""The doctor finds nothing in a sound house, and names whatever was changed behind the rules."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from rapport.apps.commissions.actions import approve_commissions
from rapport.apps.commissions.models import Commission, Proposal
from rapport.apps.commissions.queries import attribution_of
from rapport.apps.conversions.actions import move_cursor
from rapport.apps.conversions.models import Conversion
from rapport.apps.jobs.errors import JobInterrupted
from rapport.apps.partners.models import Agreement
from rapport.apps.payouts.models import PayoutRun
from rapport.apps.programs.models import TermsVersion
from rapport.apps.record.models import AuditRow
from rapport.apps.record.write import transaction
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.publishing import publish_book
from rapport.flows import doctor
from rapport.flows.doctor import arrivals, looks
from rapport.flows.intentions import intend_act
from rapport.flows.postbacks import CURSOR, WHOLE, take_postbacks
from rapport.kit.clock import now, to_ms
from rapport.lake.ingest import ingest
from rapport.wire.events import ClickEvent, Event, PostbackEvent
from rapport.wire.journal import JournalWriter, sealed_segments
from tests.make.identity import NOON, STORY
from tests.make.payouts import make_method, make_payable, make_sent_run
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

SEALS = "rows as their action left them"


@pytest.fixture
def link(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Link:
    """A link that brought an order of which half came back, beside an order with a code; all of it published."""
    for name in ("journal", "lake", "linkbook"):
        (tmp_path / name).mkdir()
        setattr(settings, f"{name.upper()}_FOLDER", tmp_path / name)
    monkeypatch.setattr(arrivals, "PUBLISHING_TAKES_S", 0)
    program = make_program()
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    made = make_link(agreement)
    report_sale(program, external_id="1", total="100.00", customer_id="c", click_ids=[make_click_id(made)])
    report_sale(program, external_id="2", total="80.00", coupons=["ANNA12"])
    report_correction(program, external_id="b", kind="refund", of="1", total="50.00")
    write(click(made), postback(program.id))
    take_postbacks(at=NOON)
    ingest(journal=tmp_path / "journal", lake=tmp_path / "lake", now_ms=to_ms(NOON))
    publish_book(at=now())
    return made


def click(link: Link) -> ClickEvent:
    return ClickEvent(
        at_ms=to_ms(NOON),
        click_id=make_click_id(link),
        link_number=link.number,
        link_id=link.id,
        code=link.code,
        agreement_id=link.agreement_id,
        program_id=link.agreement.program_id,
        marks=0,
        destination="https://shop.example/",
    )


def postback(program_id: str, receipt_id: str = "rcp_1") -> PostbackEvent:
    params = {"order_id": receipt_id, "amount": "10.00"}
    return PostbackEvent(receipt_id=receipt_id, at_ms=to_ms(NOON), program_id=program_id, auth="token", params=params)


def write(*events: Event) -> Path:
    """Write one sealed segment and return it."""
    from django.conf import settings  # noqa: PLC0415 - as the fixture has set them

    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id="story")
    for event in events:
        writer.append(event)
    writer.sync()
    writer.close()
    return sealed_segments(settings.JOURNAL_FOLDER)[-1]


def findings() -> dict[str, tuple[str, ...]]:
    """Return what is found besides the seals: they see any change, and know nothing of what it means."""
    everything = {check.name: check.problems for check in doctor.run_checks() if check.problems}
    return {name: problems for name, problems in everything.items() if name != SEALS}


def broken_seals() -> tuple[str, ...]:
    return next(check.problems for check in doctor.run_checks() if check.name == SEALS)


def test_a_sound_house_has_no_problems(link: Link) -> None:
    assert Commission.objects.filter(agreement=link.agreement).count() == 2
    assert (findings(), broken_seals()) == ({}, ())


def test_a_commission_that_says_more_than_the_books_is_found(link: Link) -> None:
    commission = Commission.objects.filter(agreement=link.agreement)[0]
    Commission.objects.filter(pk=commission.pk).update(accrued_minor=99_99)
    said = (
        f"{commission.id} does not say what the books hold for it.",
        f"The lines of {commission.id} do not come to what it is worth.",
    )
    assert findings() == {"commissions as booked": said}
    assert broken_seals() == (f"{commission.id} (commission) is not as the last action left it.",)


def test_a_state_that_the_amounts_do_not_bear_out_is_found(link: Link) -> None:
    Commission.objects.filter(agreement=link.agreement).update(state="paid")
    assert len(findings()["commissions as booked"]) == 2


def test_a_commission_that_holds_another_amount_than_was_judged_is_found(link: Link) -> None:
    commission = Commission.objects.filter(agreement=link.agreement)[0]
    with transaction():
        approve_commissions([commission], program_id=link.agreement.program_id, reason="story", by=STORY, at=now())
    latest = attribution_of(commission.source)
    assert latest is not None
    Proposal.objects.create(
        id="pro_1", commission=commission, attribution=latest, target_minor=7, cause="judged", created_at=now()
    )
    said = f"{commission.id} holds another amount than was judged, and nobody is asked about it."
    assert findings() == {"commissions as judged": (said,)}


def test_two_partners_who_hold_money_for_one_order_are_found(link: Link) -> None:
    commission = Commission.objects.filter(agreement=link.agreement)[0]
    source, other = commission.source, make_agreement(link.agreement.program, name="Another")
    commission.pk, commission.agreement, commission.state = "com_twin", other, "pending"
    commission.save(force_insert=True)
    assert f"Two partners hold money for {source}." in findings()["commissions as judged"]


def test_a_commission_that_waits_for_less_than_was_judged_is_found(link: Link) -> None:
    commission = Commission.objects.filter(agreement=link.agreement)[0]
    Commission.objects.filter(pk=commission.pk).update(hold_until=NOON)
    assert findings() == {"commissions as judged": (f"{commission.id} waits for something else than was judged.",)}


def test_an_order_that_keeps_another_amount_than_was_reported_is_found(link: Link) -> None:
    order = Conversion.objects.get(external_id="2", program=link.agreement.program)
    Conversion.objects.filter(pk=order.pk).update(total_minor=1)
    assert findings() == {"orders judged again": (f"{order.id} keeps another total_minor than its reports come to.",)}


def test_a_fact_changed_behind_the_rules_is_found(link: Link) -> None:
    Conversion.objects.filter(external_id="1", program=link.agreement.program).update(test=True)
    assert "would be judged differently today" in findings()["orders judged again"][0]


def test_a_missing_guard_is_found(link: Link) -> None:
    name = "commissions_attribution_no_update"
    on = " ON commissions_attribution" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert findings() == {"guards of what is never rewritten": (f"The guard {name} is missing.",)}
    assert link.active


def test_a_postback_that_was_passed_over_is_found(link: Link) -> None:
    skipped = write(postback(link.agreement.program_id, "rcp_2"))
    move_cursor(name=CURSOR, segment=skipped.name, offset=WHOLE)
    assert findings() == {"receipts of postbacks": ("The postback rcp_2 was passed over.",)}


def test_a_click_that_the_lake_lost_is_found(link: Link, settings: Settings) -> None:
    taken = sealed_segments(settings.JOURNAL_FOLDER)[-1]
    lost = click(link)
    write(lost).replace(taken)
    assert f"The click {lost.click_id} is not in the lake." in findings()["clicks in the lake"]


def test_damage_in_the_journal_is_found(link: Link) -> None:
    segment = write(postback(link.agreement.program_id, "rcp_3"))
    segment.write_bytes(segment.read_bytes().replace(b"10.00", b"99.00"))
    assert "is damaged at byte 0" in findings()["journal whole"][0]


def test_a_line_of_a_table_of_networks_that_cannot_be_read_is_found(link: Link, settings: Settings) -> None:
    table = settings.LAKE_FOLDER.parent / "networks" / "data_centres.txt"
    table.parent.mkdir()
    table.write_text("203.0.113.0/24\neverywhere\n")
    [problem] = findings()["tables of networks"]
    assert "data_centres.txt, line 2: 'everywhere'" in problem


def test_changes_that_nobody_publishes_are_found(link: Link) -> None:
    make_link(link.agreement, name="later")
    assert list(findings()) == ["link book"]


def test_no_more_is_said_than_anybody_reads(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "MOST_PROBLEMS", 1)
    Commission.objects.filter(agreement=link.agreement).update(state="paid")
    assert len(findings()["commissions as booked"]) == 1


def test_what_others_were_writing_meanwhile_is_no_problem() -> None:
    turns = iter(["com_1 is being written.", "com_2 is being written."])
    check = looks.look_at("a busy table", lambda _seen: [next(turns), "com_3 is wrong."])
    assert check.problems == ("com_3 is wrong.",)


def test_what_is_so_damaged_that_looking_fails_is_told(link: Link) -> None:
    program = link.agreement.program
    with connection.cursor() as cursor:
        cursor.execute("UPDATE programs_program SET zone = 'Nowhere/Land' WHERE id = %s", [program.id])
    told = findings()["orders judged again"]
    assert "This could not be looked at to its end" in told[0]


def test_a_job_that_is_stopped_ends_in_the_middle_of_a_look() -> None:
    def stopped(_name: str, _rows: int) -> None:
        raise JobInterrupted

    with pytest.raises(JobInterrupted):
        list(doctor.run_checks(tell=stopped))


def test_an_agreement_that_says_it_ended_without_an_end_is_found(link: Link) -> None:
    agreements = Agreement.objects.filter(pk=link.agreement_id)
    for state in ("ended", "suspended"):
        agreements.update(state=state)
        assert link.agreement_id in findings()["agreements and acceptances"][0]


def test_terms_that_say_something_else_than_was_published_are_found(link: Link) -> None:
    with connection.cursor() as cursor:
        on = " ON programs_termsversion" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER programs_termsversion_no_update{on}")
    TermsVersion.objects.filter(program=link.agreement.program).update(digest="0" * 64)
    told = findings()
    assert "does not say what was published" in told["terms as published"][0]
    assert "accepted other terms" in told["agreements and acceptances"][0]


def test_work_that_nobody_does_is_found(link: Link) -> None:
    long_ago = now() - timedelta(hours=1)
    program = link.agreement.program
    intend_act(act="approve", program=program, subjects=["com_1"], by=STORY, at=long_ago)
    assert "1 intentions are overdue" in findings()["work that is due"][0]


def test_a_segment_that_nobody_reads_is_found(link: Link) -> None:
    waiting = write(click(link), postback(link.agreement.program_id, "rcp_9"))
    hour_ago_s = now().timestamp() - 3_600
    os.utime(waiting, (hour_ago_s, hour_ago_s))
    told = findings()["journal taken in"]
    assert [sentence.split(" wait")[0] for sentence in told] == ["1 segments", "1 segments"]


def test_payouts_and_runs_that_say_what_was_not_booked_are_found(link: Link) -> None:
    program = link.agreement.program
    make_method(link.agreement.partner.organisation_id)
    make_payable(program, link.agreement)
    run = make_sent_run(program)
    assert findings() == {}
    run.payouts.update(state="failed")
    PayoutRun.objects.filter(pk=run.id).update(total_minor=1, approved_at=None)
    told = findings()
    payout = run.payouts.all()[0]
    assert f"{payout.id} is called failed, which is not booked." in told["payouts as booked"]
    assert told["payout runs"] == (
        f"{run.id} has another total than its payouts.",
        f"{run.id} is called approved, which it was not decided to be.",
    )
    run.payouts.update(state="sent")
    PayoutRun.objects.filter(pk=run.id).update(state="closed")
    assert f"{run.id} is closed, and a payout of it is still open." in findings()["payout runs"]


def test_an_audit_row_that_was_changed_is_found(link: Link) -> None:
    with connection.cursor() as cursor:
        on = " ON record_auditrow" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER record_auditrow_no_update{on}")
    AuditRow.objects.filter(subject=link.agreement_id).update(actor_id="somebody")
    assert "is not as it was written" in findings()["audit rows as written"][0]


def test_only_commissions_are_computed_again_where_that_is_asked(link: Link) -> None:
    names = [check.name for check in doctor.run_checks(only=doctor.RECOMPUTED)]
    assert set(names) == set(doctor.RECOMPUTED)
    assert set(names) < {name for name, _look in doctor.LOOKS}
