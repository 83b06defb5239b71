"""What the worker does for use-cases that span several apps; each is safe to run twice."""

from datetime import timedelta

from django.conf import settings

from rapport.apps.commissions.queries import due_for_approval, untold_proposals
from rapport.apps.conversions.queries import clicks_to_join, sales_of_waiting
from rapport.apps.jobs.apart import seldom
from rapport.apps.jobs.queries import due_intentions, some_intention_waits
from rapport.apps.jobs.retry import job
from rapport.apps.partners.queries import application_by_id
from rapport.apps.record import linking
from rapport.apps.record.actors import Actor
from rapport.apps.tracking.models import Coupon
from rapport.flows import crediting, intentions, lake_work, letting_in, postbacks, releasing, replying, settlement
from rapport.flows.domains import check_all_domains, records_of_settings
from rapport.flows.partner_letters import know_addresses
from rapport.flows.proving import World
from rapport.kit.clock import now
from rapport.lake.position import is_behind

LATE = timedelta(hours=2)
"""Audit rows whose moment lies further back when they are committed are linked in the night."""


@job(retries=3, key="postbacks", first_wait_s=1)
def take_postbacks() -> None:
    """Take in what the edge acknowledged."""
    postbacks.take_postbacks(at=now())


@job(retries=3, key="lake-ingest", first_wait_s=1)
def ingest_clicks() -> None:
    """Carry sealed segments of the journal into the lake."""
    seldom.do(lake_work.ingest, library=lake_work.LIBRARY)


@job(retries=3, key="visits")
def count_visits() -> None:
    """Count the clicks and impressions of finished days that terms pay for."""
    seldom.do(lake_work.count_visits, library=lake_work.LIBRARY)


@job(retries=3, key="link-caps", first_wait_s=1)
def count_capped_clicks() -> None:
    """Count the clicks of links with a cap, once the lake has new ones or a cap is new."""
    seldom.do(lake_work.count_capped_clicks, library=lake_work.LIBRARY)


@job(retries=3, key="click-facts")
def join_click_facts() -> None:
    """Ask the lake once about the clicks that reports named."""
    seldom.do(lake_work.join_click_facts, library=lake_work.LIBRARY)


@job(retries=3, key="approve-due")
def approve_due() -> None:
    """Approve what nobody objected to until the end of its hold."""
    settlement.approve_due(at=now())


@job(retries=3, key="intentions", first_wait_s=1)
def carry_out_intentions() -> None:
    """Do what people intended and did not withdraw."""
    know_addresses()
    intentions.carry_out_due(at=now())


@job(retries=3, key="proposals")
def tell_proposals() -> None:
    """Tell partners what is proposed about their approved money."""
    know_addresses()
    replying.tell_proposals(at=now())


@job(retries=3, key="late-corrections")
def attach_late_corrections() -> None:
    """Find the sales of corrections that were reported in the same instant."""
    settlement.attach_late_corrections(at=now())


@job(retries=5, key="credit-earlier:{coupon_id}", queue="long")
def credit_earlier_orders(coupon_id: str) -> None:
    """Credit the orders that used a code before it was given to its partner."""
    coupon = Coupon.objects.get(pk=coupon_id)
    crediting.credit_earlier(coupon, by=Actor.system("code-given"), at=now())


@job(retries=3, key="approval-rules:{application_id}")
def try_approval_rules(application_id: str) -> None:
    """Let an applicant in if a rule of the program says so."""
    letting_in.try_rules(application_by_id(application_id), at=now())


@job(retries=2, key="site-check:{application_id}")
def check_site(application_id: str) -> None:
    """Look whether an applicant has proven its site, and let it in if a rule says so."""
    letting_in.check_and_let_in(application_by_id(application_id), world=World(), at=now())


@job(retries=5, key="terms-accepted:{agreement_id}", queue="long")
def release_accepted_commissions(agreement_id: str) -> None:
    """Let go what was held until a partner accepted the terms."""
    releasing.release_accepted(agreement_id=agreement_id, at=now())


@job(retries=3, key="domain-proofs", queue="long", first_wait_s=300)
def check_domains() -> None:
    """Look whether the names of programs are still proven."""
    check_all_domains(records=records_of_settings(), at=now())


@job(retries=1, key="lake-upkeep", queue="long")
def keep_lake_up() -> None:
    """Join the lake's small files, drop old ones, and delete the segments that every reader has passed."""
    seldom.do(lake_work.keep_up, library=lake_work.LIBRARY)


def facts_wait() -> bool:
    """Say cheaply whether a click was named whose facts nobody asked for yet."""
    return bool(clicks_to_join(limit=1, before=settlement.known_until(at=now())))


def intentions_wait() -> bool:
    """Say cheaply whether the time to change one's mind about something is over."""
    return some_intention_waits() and due_intentions(at=now()).exists()


def proposals_wait() -> bool:
    """Say cheaply whether a partner has to be told of a proposal."""
    return untold_proposals().exists()


def late_corrections_wait() -> bool:
    """Say cheaply whether a correction waits for a sale that is there."""
    return bool(sales_of_waiting(limit=1))


def approvals_wait() -> bool:
    """Say cheaply whether the hold of a commission has ended."""
    return due_for_approval(at=now()).exists()


def clicks_wait() -> bool:
    """Say cheaply whether the journal has a segment that the lake has not."""
    return is_behind(journal=settings.JOURNAL_FOLDER, lake=settings.LAKE_FOLDER)


def audit_rows_wait() -> bool:
    """Say whether anything was done that no link holds yet."""
    return linking.rows_wait(since=now() - LATE)


@job(retries=3, key="link-audit")
def link_audit() -> None:
    """Tie what was done lately into the chain of the audit."""
    linking.link_rows(since=now() - LATE, clock=now)


@job(retries=3, key="link-audit", queue="long")
def link_late_audit() -> None:
    """Tie whatever is in no link yet, of any age, into the chain of the audit."""
    linking.link_rows(since=None, clock=now)
