"""The page of the installation's health, and what of it stands on Today."""

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import Commission
from rapport.apps.jobs.actions import claim_job
from rapport.apps.record.actions import keep_examination
from rapport.apps.record.models import Examination
from rapport.flows.doctor.tasks import examine
from rapport.kit.clock import now
from tests.doors.console.test_money_pages import address, plain
from tests.make.payouts import make_approved_run, make_method, make_payable
from tests.make.program_pages import Everything
from tests.make.road import make_agreement, make_program


def keep(*problems: str) -> Examination:
    checks = [
        {"name": "books recounted", "rows": 1_204, "problems": []},
        {"name": "commissions as booked", "rows": 12, "problems": list(problems)},
    ]
    return keep_examination(started_at=now(), finished_at=now(), checks=checks, problems_count=len(problems))


def test_before_the_first_night_the_page_says_so(manager: Client, told: Everything) -> None:
    assert "Not examined yet" in plain(manager.get(address(told, "health")).content)


def test_a_sound_installation_is_said_to_be_so(manager: Client, told: Everything) -> None:
    keep()
    page = plain(manager.get(address(told, "health")).content)
    assert "Everything is in order" in page
    assert "books recounted 1,204 in order" in page
    assert "Found by the doctor" not in plain(manager.get(address(told, "today")).content)


def test_every_problem_leads_to_its_thing_and_stands_on_today(manager: Client, told: Everything) -> None:
    things = {
        "commission": told.commission.id,
        "conversion": told.conversion.id,
        "partner": told.agreement.id,
    }
    keep(*(f"{public_id} is not as it was." for public_id in things.values()), "Is a worker running?")
    page = manager.get(address(told, "health")).content.decode()
    for name, public_id in things.items():
        assert address(told, name, public_id) in page
    assert "Is a worker running?" in page
    assert "Found by the doctor 4 problems" in plain(manager.get(address(told, "today")).content)


def test_a_problem_of_a_payout_leads_to_it(manager: Client, told: Everything) -> None:
    make_method(told.agreement.partner.organisation_id)
    make_payable(told.program, told.agreement)
    payout = make_approved_run(told.program).payouts.all()[0]
    keep(
        f"{payout.run_id} has another total.", f"{payout.id} pays too much.", f"{told.program.id}: entry 2 is missing."
    )
    page = manager.get(address(told, "health")).content.decode()
    assert address(told, "payout-run", payout.run_id) in page
    assert address(told, "payout", payout.run_id, payout.id) in page
    assert address(told, "ledger") in page


def test_what_concerns_another_workspace_is_only_counted(manager: Client, told: Everything) -> None:
    theirs = make_agreement(make_program())
    keep(
        f"{theirs.id} is called ended.",
        f"{told.commission.id} is not as it was.",
        "aud_01kjq6psg0sqq845r7zfy3x9dy differs",
    )
    page = plain(manager.get(address(told, "health")).content)
    assert theirs.id not in page
    assert told.commission.id in page
    assert "2 problems of other workspaces" in page


def test_run_now_asks_the_worker_who_keeps_what_the_doctor_finds(manager: Client, told: Everything) -> None:
    answer = manager.post(address(told, "health-run"))
    assert (answer.status_code, answer["Location"]) == (303, address(told, "health"))
    job = claim_job(worker_id="w1", at=now(), queues=("long",))
    assert job
    assert "The doctor is looking" in plain(manager.get(address(told, "health")).content)
    Commission.objects.filter(pk=told.commission.id).update(accrued_minor=7)
    examine.func()
    kept = Examination.objects.get()
    assert kept.problems_count >= 2
    assert f"{told.commission.id} (commission) is not as the last action left it." in str(kept.checks)
    assert str(kept).startswith("exa_")


@pytest.mark.usefixtures("told")
def test_only_the_last_examinations_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.apps.record.actions.EXAMINATIONS_KEPT", 2)
    kept = [keep().id for _turn in range(4)]
    assert Examination.objects.count() == 2
    assert set(Examination.objects.values_list("id", flat=True)) <= set(kept)


def test_the_place_is_shown_to_those_who_count_the_money(manager: Client, told: Everything) -> None:
    assert reverse("console:health", args=[told.program.id]) in manager.get(address(told, "today")).content.decode()
