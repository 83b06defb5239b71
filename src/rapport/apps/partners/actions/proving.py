"""Write what lets applicants in without a person: rules of a program, and proofs of sites and profiles."""

from datetime import datetime

from rapport.apps.partners.actions.applications import locked_open_application
from rapport.apps.partners.inputs import RulesInput
from rapport.apps.partners.models import Application, ApprovalRules, ProofWay, SiteProof
from rapport.apps.programs.models import Program
from rapport.apps.record.actions import audit
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.kit.ids import random_token

CODE_BYTES = 16


def change_rules(*, program: Program, given: RulesInput, by: Actor, at: datetime) -> ApprovalRules:
    """Say which applicants come in without a person from now on."""
    with transaction():
        rules, _made = ApprovalRules.objects.update_or_create(
            program=program, defaults={**given.model_dump(), "changed_at": at}
        )
        audit(
            by=by,
            at=at,
            action="approval_rules.changed",
            subject=program.id,
            workspace_id=program.workspace_id,
            data=given.model_dump(),
        )
    return rules


def ask_for_proof(*, application: Application) -> SiteProof:
    """Make the code by which an applicant may prove its site, once; inside the caller's transaction."""
    code = f"rapport-{random_token(CODE_BYTES)}"
    proof, _made = SiteProof.objects.get_or_create(application=application, defaults={"code": code})
    return proof


def ask_for_check(*, application_id: str, at: datetime) -> SiteProof:
    """Note that an applicant says the code is in place; refused once the application is decided."""
    with transaction():
        locked_open_application(application_id)
        proof = SiteProof.objects.select_for_update().get(pk=application_id)
        if proof.proven_at is None:
            proof.asked_at, proof.problem = at, ""
            proof.save(update_fields=("asked_at", "problem"))
    return proof


def note_proof(*, application_id: str, way: ProofWay | None, problem: str, by: Actor, at: datetime) -> SiteProof:
    """Keep how a check ended: by which way the site is proven, or why it is not; what is proven stays so."""
    with transaction():
        proof = SiteProof.objects.select_for_update().select_related("application__program").get(pk=application_id)
        if proof.proven_at:
            return proof
        proof.checked_at, proof.problem = at, problem[:250]
        if way:
            proof.way, proof.proven_at = way, at
            workspace_id = proof.application.program.workspace_id
            data = {"way": way.value}
            audit(by=by, at=at, action="site.proven", subject=application_id, workspace_id=workspace_id, data=data)
        proof.save(update_fields=("checked_at", "problem", "way", "proven_at"))
    return proof
