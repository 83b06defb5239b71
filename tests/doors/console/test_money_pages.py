"""Commissions, the ledger and the jobs, as the team reads them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from rapport.apps.commissions.models import Attribution, Proposal, ProposalState
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.jobs.actions import claim_job, finish_job
from rapport.apps.ledger.models import Posting
from rapport.apps.record.errors import Refusal
from rapport.flows.settlement import approve_due, join_click_facts
from rapport.kit.clock import now
from rapport.kit.ids import new_id
from tests.apps.jobs import sample_jobs
from tests.doors.console.conftest import client_of
from tests.doors.console.test_applications import words_of
from tests.make.program_pages import Everything


def address(told: Everything, name: str, *things: str) -> str:
    return reverse(f"console:{name}", args=[told.program.id, *things])


def plain(content: bytes) -> str:
    return words_of(content).replace("\xa0", " ")


def test_the_list_ends_in_sums_that_add_up(manager: Client, told: Everything) -> None:
    page = plain(manager.get(address(told, "commissions")).content)
    assert "Pending 12.51 €" in page
    assert "Held 14.16 €" in page
    assert "Together 26.67 €" in page


def test_a_state_shows_its_commissions_only(manager: Client, told: Everything) -> None:
    page = manager.get(address(told, "commissions"), {"state": "held", "partner": told.agreement.id})
    assert told.commission.id not in page.content.decode()


def test_the_explanation_leads_to_the_order_behind_it(manager: Client, told: Everything) -> None:
    page = manager.get(address(told, "commission", told.commission.id)).content.decode()
    assert address(told, "conversion", told.conversion.id) in page


@pytest.fixture
def proposal(told: Everything) -> Proposal:
    """A change proposed about a commission that was approved."""
    at = now() + timedelta(days=90)
    join_click_facts(at=at)
    assert approve_due(at=at) == 1
    return Proposal.objects.create(
        id=new_id("ppl", at=at),
        commission=told.commission,
        attribution=Attribution.objects.filter(conversion=told.conversion).order_by("-number")[0],
        target_minor=600,
        cause="recomputed",
        created_at=at,
        told_at=at,
        reply_until=now(),
    )


def test_accepting_a_proposal_books_it(marlow: Organisation, told: Everything, proposal: Proposal) -> None:
    finance = client_of(marlow, Role.FINANCE)
    assert "would make it 6.00 €" in plain(finance.get(address(told, "commission", told.commission.id)).content)
    assert finance.post(address(told, "proposal-accept", told.commission.id)).status_code == 303
    told.commission.refresh_from_db()
    assert told.commission.worth.minor == 600


def test_refusing_a_proposal_needs_a_reason_and_leaves_the_money(
    manager: Client, told: Everything, proposal: Proposal
) -> None:
    refuse = address(told, "proposal-refuse", told.commission.id)
    assert manager.post(refuse, {"reason": ""}).status_code == 422
    assert manager.post(refuse, {"reason": "We promised it."}).status_code == 303
    proposal.refresh_from_db()
    told.commission.refresh_from_db()
    assert (proposal.state, told.commission.worth.minor) == (ProposalState.REFUSED, 1251)


def test_nothing_is_proposed_about_most_commissions(manager: Client, told: Everything) -> None:
    assert manager.post(address(told, "proposal-accept", told.commission.id)).status_code == 404


def test_the_balances_of_all_accounts_are_zero_together(manager: Client, told: Everything) -> None:
    page = plain(manager.get(address(told, "ledger")).content)
    assert "All partners 26.67 €" in page
    assert "Commission expense −26.67 €" in page
    assert "All accounts together 0.00 €" in page


def test_entries_are_found_by_partner_and_kind_and_lead_to_their_explanation(manager: Client, told: Everything) -> None:
    page = manager.get(address(told, "ledger"), {"partner": told.agreement.id, "kind": "judged"})
    assert address(told, "commission", told.commission.id) in page.content.decode()
    none = manager.get(address(told, "ledger"), {"kind": "settled", "before": "nine"})
    assert "No entries here." in words_of(none.content)


def test_a_recount_says_that_all_is_well(manager: Client, told: Everything) -> None:
    page = manager.post(address(told, "ledger-verify"), follow=True)
    assert f"{Posting.objects.count()} entries recounted: every link of the chain holds" in words_of(page.content)


def test_sales_never_reach_the_books(marlow: Organisation, told: Everything) -> None:
    sales = client_of(marlow, Role.SALES)
    assert sales.get(address(told, "ledger")).status_code == 403
    assert address(told, "ledger") not in sales.get(address(told, "today")).content.decode()


def test_a_failed_job_says_why_and_runs_again(manager: Client, told: Everything) -> None:
    sample_jobs.refuse.enqueue()
    queues = ("default", "long")
    while (job := claim_job(worker_id="w1", at=now(), queues=queues)) and "refuse" not in job.task.task_path:
        finish_job(job=job, outcome=None, at=now())
    assert job is not None
    finish_job(job=job, outcome=Refusal("The shop is closed."), at=now())
    page = words_of(manager.get(address(told, "jobs")).content)
    assert "1 job failed" in page
    assert "The shop is closed." in page
    assert manager.post(address(told, "job-again", str(job.pk))).status_code == 303
    assert manager.post(address(told, "job-again", str(job.pk))).status_code == 422
    assert manager.post(address(told, "job-again", "nothing")).status_code == 404


def test_an_explanation_can_be_copied_as_plain_lines(manager: Client, told: Everything) -> None:
    page = manager.get(address(told, "commission", told.commission.id)).content.decode()
    assert 'data-copy="Slow Mornings, sale 10428: 12.51 EUR, waiting until' in page
    assert "Commission, rounded once, half up: 12.51 EUR" in page
