"""Rows of the program pages."""

from collections.abc import Callable
from datetime import timedelta

from rapport.apps.commissions.models import Attribution, Proposal
from rapport.apps.identity.actions import invite_partner_person
from rapport.apps.identity.inputs import PersonInput
from rapport.apps.jobs.actions import claim_job, finish_job
from rapport.apps.partners.actions import suspend_agreement
from rapport.apps.record.errors import Refusal
from rapport.flows.intentions import intend_act
from rapport.kit.clock import now
from rapport.kit.ids import new_id
from tests.apps.jobs import sample_jobs
from tests.doors.routes.table import TEAM, Addressed, Row, team
from tests.make.identity import STORY, Cast
from tests.make.program_pages import Everything, make_everything


def both(cast: Cast) -> tuple[Everything, Everything]:
    """The same program twice: ours and theirs."""
    at = now() - timedelta(minutes=1)
    return make_everything(cast.ours, at=at), make_everything(cast.theirs, at=at)


def program(cast: Cast) -> Addressed:
    """A program; the id of a workspace names none."""
    ours, theirs = both(cast)
    foreign = ({"program_id": other} for other in (theirs.program.id, cast.ours.id, "prg_missing"))
    return Addressed(own={"program_id": ours.program.id}, elsewhere=tuple(foreign))


def inside(gap: str, id_of: Callable[[Everything], str]) -> Callable[[Cast], Addressed]:
    """A thing inside a program: foreign as a whole, foreign under our own address, and missing."""

    def at(cast: Cast) -> Addressed:
        ours, theirs = both(cast)
        own, foreign = id_of(ours), id_of(theirs)
        return Addressed(
            own={"program_id": ours.program.id, gap: own},
            elsewhere=(
                {"program_id": theirs.program.id, gap: foreign},
                {"program_id": ours.program.id, gap: foreign},
                {"program_id": theirs.program.id, gap: own},
                {"program_id": ours.program.id, gap: "xxx_missing"},
            ),
        )

    return at


def suspended(story: Everything) -> str:
    suspend_agreement(agreement_id=story.agreement.id, reason="A question is open.", by=STORY, at=now())
    return story.agreement.id


def proposed(story: Everything) -> str:
    """A commission about which a change is proposed."""
    attribution = Attribution.objects.get(conversion=story.conversion)
    Proposal.objects.create(
        id=new_id("ppl", at=now()),
        commission=story.commission,
        attribution=attribution,
        target_minor=1,
        cause="recomputed",
        created_at=now(),
        told_at=now(),
        reply_until=now(),
    )
    return story.commission.id


def intended(story: Everything) -> str:
    """Something that somebody of the team is about to approve."""
    return intend_act(act="approve", program=story.program, subjects=[story.commission.id], by=STORY, at=now()).id


def failed_job(cast: Cast) -> Addressed:
    """A job that was given up. Jobs belong to no program: only the program of the address can be foreign."""
    ours, theirs = both(cast)
    sample_jobs.refuse.enqueue()
    while (job := claim_job(worker_id="w1", at=now(), queues=("default",))) and "refuse" not in job.task.task_path:
        finish_job(job=job, outcome=None, at=now())
    assert job is not None
    finish_job(job=job, outcome=Refusal("The shop is closed."), at=now())
    own = str(job.pk)
    return Addressed(
        own={"program_id": ours.program.id, "job_id": own},
        elsewhere=(
            {"program_id": theirs.program.id, "job_id": own},
            {"program_id": ours.program.id, "job_id": "00000000-0000-0000-0000-000000000000"},
            {"program_id": ours.program.id, "job_id": "missing"},
        ),
    )


def invited(cast: Cast) -> Addressed:
    """An invitation of a partner: foreign with its partner, under our own partner, and missing."""
    ours, theirs = both(cast)
    own, foreign = _invitation(ours), _invitation(theirs)
    at = {"program_id": ours.program.id, "agreement_id": ours.agreement.id}
    return Addressed(
        own=at | {"invitation_id": own},
        elsewhere=(
            {"program_id": theirs.program.id, "agreement_id": theirs.agreement.id, "invitation_id": foreign},
            at | {"invitation_id": foreign},
            at | {"invitation_id": "inv_missing"},
        ),
    )


def _invitation(story: Everything) -> str:
    given = PersonInput(email="anna@slow.example", name="Anna")
    organisation_id = story.agreement.partner.organisation_id
    return invite_partner_person(organisation_id=organisation_id, given=given, by=STORY, at=now()).invitation.id


application = inside("application_id", lambda story: story.application.id)
agreement = inside("agreement_id", lambda story: story.agreement.id)
link = inside("link_id", lambda story: story.link.id)
coupon = inside("coupon_id", lambda story: story.coupon.id)
conversion = inside("conversion_id", lambda story: story.conversion.id)
correction = inside("correction_id", lambda story: story.waiting.id)
receipt = inside("receipt_id", lambda story: story.refused.id)
commission = inside("commission_id", lambda story: story.commission.id)
proposal = inside("commission_id", proposed)
intention = inside("intention_id", intended)

RUNNERS = ("owner", "manager")
BRINGERS = (*RUNNERS, "sales")
COUNTERS = (*RUNNERS, "finance")

ROWS = (
    Row("console:home", "GET", team(*TEAM)),
    Row("console:today", "GET", team(*TEAM), at=program),
    Row("console:applications", "GET", team(*BRINGERS), at=program),
    Row("console:application", "GET", team(*BRINGERS), at=application),
    Row("console:application-approve", "POST", team(*BRINGERS, ok=303), at=application),
    Row("console:application-ask", "POST", team(*BRINGERS, ok=422), at=application),
    Row("console:application-decline", "POST", team(*BRINGERS, ok=422), at=application),
    Row("console:partners", "GET", team(*TEAM), at=program),
    Row("console:partners-csv", "GET", team(*TEAM), at=program),
    Row("console:partner", "GET", team(*TEAM), at=agreement),
    Row("console:partner-invite", "POST", team(*BRINGERS, ok=303), at=agreement),
    Row("console:partner-own-rate", "GET", team(*RUNNERS), at=agreement),
    Row("console:partner-own-rate", "POST", team(*RUNNERS, ok=422), at=agreement),
    Row("console:invitations", "GET", team(*TEAM), at=program),
    Row("console:invite-all", "POST", team(*BRINGERS, ok=303), at=program),
    Row("console:invitation-send", "POST", team(*BRINGERS, ok=303), at=agreement),
    Row("console:invitation-revoke", "POST", team(*BRINGERS, ok=303), at=invited),
    Row("console:agreement-suspend", "POST", team(*BRINGERS, ok=422), at=agreement),
    Row("console:agreement-resume", "POST", team(*BRINGERS, ok=303), at=inside("agreement_id", suspended)),
    Row("console:agreement-end", "POST", team(*BRINGERS, ok=422), at=agreement),
    Row("console:links", "GET", team(*TEAM), at=program),
    Row("console:link-new", "GET", team(*BRINGERS), at=program),
    Row("console:link-new", "POST", team(*BRINGERS, ok=422), at=program),
    Row("console:link", "GET", team(*TEAM), at=link),
    Row("console:link-limits", "GET", team(*BRINGERS), at=link),
    Row("console:link-limits", "POST", team(*BRINGERS, ok=303), at=link),
    Row("console:link-qr", "GET", team(*TEAM), at=link),
    Row("console:link-switch", "POST", team(*BRINGERS, ok=303), at=link),
    Row("console:coupon-new", "GET", team(*BRINGERS), at=program),
    Row("console:coupon-new", "POST", team(*BRINGERS, ok=422), at=program),
    Row("console:coupon-end", "POST", team(*BRINGERS, ok=303), at=coupon),
    Row("console:clicks", "GET", team(*TEAM), at=program),
    Row("console:clicks-csv", "GET", team(*TEAM), at=program),
    Row("console:clicks-people", "GET", team(*TEAM), at=program),
    Row("console:clicks-live", "GET", team(*TEAM), at=program),
    Row("console:conversions", "GET", team(*TEAM), at=program),
    Row("console:conversion", "GET", team(*TEAM), at=conversion),
    Row("console:conversion-settle", "POST", team(*RUNNERS, ok=422), at=conversion),
    Row("console:conversion-decline", "POST", team(*RUNNERS, ok=422), at=conversion),
    Row("console:conversion-undo-decline", "POST", team(*RUNNERS, ok=422), at=conversion),
    Row("console:conversion-lift", "POST", team(*RUNNERS, ok=422), at=conversion),
    Row("console:corrections", "GET", team(*TEAM), at=program),
    Row("console:correction", "GET", team(*TEAM), at=correction),
    Row("console:correction-aside", "POST", team(*RUNNERS, ok=422), at=correction),
    Row("console:receipt-aside", "POST", team(*RUNNERS, ok=422), at=receipt),
    Row("console:conversion-uphold-decline", "POST", team(*RUNNERS, ok=422), at=conversion),
    Row("console:receipts", "GET", team(*TEAM), at=program),
    Row("console:receipt", "GET", team(*TEAM), at=receipt),
    Row("console:commissions", "GET", team(*TEAM), at=program),
    Row("console:commission", "GET", team(*TEAM), at=commission),
    Row("console:commissions-approve", "POST", team(*RUNNERS, ok=303), at=program),
    Row("console:commissions-decline", "POST", team(*RUNNERS), at=program),
    Row("console:approval-take-back", "POST", team(*RUNNERS, ok=422), at=commission),
    Row("console:commission-answer", "POST", team(*COUNTERS, ok=422), at=commission),
    Row("console:intentions", "GET", team(*BRINGERS, "finance"), at=program),
    Row("console:intention", "GET", team(*BRINGERS, "finance"), at=intention),
    Row("console:intention-undo", "POST", team(*RUNNERS, ok=303), at=intention),
    Row("console:proposal-accept", "POST", team(*COUNTERS, ok=303), at=proposal),
    Row("console:proposal-refuse", "POST", team(*COUNTERS, ok=422), at=proposal),
    Row("console:ledger", "GET", team(*COUNTERS), at=program),
    Row("console:ledger-verify", "POST", team(*COUNTERS, ok=303), at=program),
    Row("console:health", "GET", team(*COUNTERS), at=program),
    Row("console:health-run", "POST", team(*COUNTERS, ok=303), at=program),
    Row("console:jobs", "GET", team(*RUNNERS), at=program),
    Row("console:job-again", "POST", team(*RUNNERS, ok=303), at=failed_job),
)
