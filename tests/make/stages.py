"""Puts a random scenario onto the real tables: its program, partners, links and codes, and click ids as they travel."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rapport.apps.partners.models import Acceptance, Agreement, AgreementState, Partner, Suspension, TermsOffer
from rapport.apps.programs.actions import create_program, move_program
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.tracking.keys import hide, secret_of
from rapport.apps.tracking.models import ClickKey, Coupon, Link
from rapport.domain.promises import InForce, Standing
from rapport.domain.story import Touch, TouchMark, TouchRefusal
from rapport.domain.terms import canonical, digest
from rapport.kit.clock import from_ms
from rapport.kit.ids import new_id
from rapport.wire.clickid import HIGHEST_LINK_NUMBER, Key, Mark, mint
from tests.make.identity import STORY, make_organisation
from tests.make.road import make_agreement, make_link, make_program
from tests.make.scenarios import Fact, Reported, Scenario, parsed

_MARKS = {
    TouchMark.VIEW: Mark.VIEW,
    TouchMark.BOT: Mark.BOT,
    TouchMark.FRAMED: Mark.FRAMED,
    TouchMark.NO_CONSENT: Mark.NO_CONSENT,
    TouchMark.TEST: Mark.TEST,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A program in the tables, and the scenario that is told about it under the ids of the tables."""

    program: Program
    scenario: Scenario


def make_stage(scenario: Scenario) -> Stage:
    """Write everything that was promised before the story begins, at the scenario's own moments.

    The rows are written as they are: no person could have clicked through some of these lives.
    """
    program = _program(scenario)
    versions = {old: _version(program, scenario, old, number) for number, old in enumerate(scenario.documents, 1)}
    agreements = {old.agreement_id: _agreement(program, old, versions) for old in scenario.standings}
    clicks = {old.click_id: _click(program, old, agreements) for old in scenario.clicks}
    for code in scenario.coupons:
        Coupon.objects.create(
            id=new_id("cpn", at=from_ms(code.from_ms)),
            program=program,
            agreement_id=agreements[code.agreement_id],
            code=code.code,
            starts_at=from_ms(code.from_ms),
            ends_at=from_ms(code.until_ms),
            created_at=from_ms(code.from_ms),
        )
    return Stage(program, _renamed(scenario, versions, agreements, clicks))


def _program(scenario: Scenario) -> Program:
    at = from_ms(scenario.effective[0].from_ms)
    given = ProgramInput(
        name=f"Story {scenario.seed}",
        slug=f"s-{secrets.token_hex(6)}",
        currency=scenario.currency,
        zone=scenario.zone,
        landing_url="https://shop.example/",
    )
    document = dict(next(iter(scenario.documents.values())))
    return create_program(workspace_id=make_organisation(at=at).id, given=given, document=document, by=STORY, at=at)


def _version(program: Program, scenario: Scenario, old: str, number: int) -> str:
    terms = parsed(scenario.documents[old], scenario.currency)
    effective_at = from_ms(next(version.from_ms for version in scenario.effective if version.version_id == old))
    version = TermsVersion.objects.create(
        id=new_id("trm", at=effective_at),
        program=program,
        number=number,
        document=canonical(terms),
        digest=digest(terms),
        effective_at=effective_at,
        published_at=effective_at,
        actor_kind=STORY.kind,
        actor_id=STORY.id,
    )
    if number == 1:
        move_program(program_id=program.id, state=ProgramState.OPEN, by=STORY, at=effective_at)
    return version.id


def _agreement(program: Program, life: Standing, versions: Mapping[str, str]) -> str:
    at = from_ms(life.active_from_ms)
    organisation = make_organisation(life.agreement_id, at=at)
    partner = Partner.objects.create(
        id=new_id("prt", at=at),
        organisation=organisation,
        workspace_id=program.workspace_id,
        name=life.agreement_id,
        segment="blogger",
        created_at=at,
    )
    agreement = Agreement.objects.create(
        id=new_id("agr", at=at),
        program=program,
        partner=partner,
        state=AgreementState.ACTIVE if life.ended_at_ms is None else AgreementState.ENDED,
        active_at=at,
        ended_at=None if life.ended_at_ms is None else from_ms(life.ended_at_ms),
        ended_for_breach=life.ended_for_breach,
        created_at=at,
    )
    for accepted in life.acceptances:
        Acceptance.objects.create(
            id=new_id("acp", at=at),
            agreement=agreement,
            version_id=versions[accepted.version_id],
            from_at=from_ms(accepted.from_ms),
            accepted_at=from_ms(accepted.from_ms),
            sentence="",
            language="en",
            digest="",
            actor_kind=STORY.kind,
            actor_id=STORY.id,
        )
    for offered in life.offers:
        TermsOffer.objects.create(
            id=new_id("tof", at=at),
            agreement=agreement,
            version_id=versions[offered.version_id],
            from_at=from_ms(offered.from_ms),
            actor_kind=STORY.kind,
            actor_id=STORY.id,
        )
    for pause in life.suspensions:
        Suspension.objects.create(
            id=new_id("sus", at=at),
            agreement=agreement,
            from_at=from_ms(pause.from_ms),
            until_at=None if pause.until_ms is None else from_ms(pause.until_ms),
            reason="story",
        )
    return agreement.id


def _click(program: Program, click: Touch, agreements: Mapping[str, str]) -> Touch:
    """Return the click under the id that the edge would have given it, or an id that deserves its refusal."""
    if click.refusal:
        return replace(click, click_id=_refused_id(program, click.refusal))
    link = _link(agreements[click.agreement_id])
    marks = Mark(0)
    for mark in click.marks:
        marks |= _MARKS[mark]
    text = _minted(_key(1), link.number, at_ms=click.at_ms, marks=marks)
    return replace(click, click_id=text, agreement_id=link.agreement_id, link_id=link.id)


def _refused_id(program: Program, refusal: TouchRefusal) -> str:
    match refusal:
        case TouchRefusal.MALFORMED:
            return f"no-click-{secrets.token_hex(4)}"
        case TouchRefusal.UNKNOWN_KEY:
            return _minted(Key(number=255, secret=b"never in our tables"), 1)
        case TouchRefusal.FORGED:
            return _minted(replace(_key(1), secret=b"somebody else's secret"), 1)
        case TouchRefusal.REVOKED_KEY:
            return _minted(_key(2), _link(Agreement.objects.filter(program=program)[0].id).number)
        case TouchRefusal.UNKNOWN_LINK:
            return _minted(_key(1), HIGHEST_LINK_NUMBER)
        case TouchRefusal.FOREIGN:
            return _minted(_key(1), make_link(make_agreement(make_program())).number)


def _link(agreement_id: str) -> Link:
    at = from_ms(0)
    return Link.objects.create(
        id=new_id("lnk", at=at),
        agreement_id=agreement_id,
        number=secrets.randbelow(HIGHEST_LINK_NUMBER - 1) + 1,
        code=f"c{secrets.token_hex(6)}",
        destination="https://shop.example/",
        created_at=at,
    )


def _key(number: int) -> Key:
    """Return a signing key of this installation: number 2 is revoked."""
    at = from_ms(0)
    row = ClickKey.objects.filter(number=number).first()
    if row is None:
        row = ClickKey(number=number, created_at=at, revoked_at=at if number == 2 else None)
        hide(row, secrets.token_bytes(32))
        row.save(force_insert=True)
    return Key(number=number, secret=secret_of(row))


def _minted(key: Key, link_number: int, *, at_ms: int = 1_709_000_000_000, marks: Mark | None = None) -> str:
    return mint(key=key, at_ms=at_ms, link_number=link_number, marks=marks or Mark(0), random=secrets.token_bytes(4))


def _renamed(
    scenario: Scenario, versions: Mapping[str, str], agreements: Mapping[str, str], clicks: Mapping[str, Touch]
) -> Scenario:
    """Tell the scenario under the ids that the tables gave out."""

    def in_force(promised: tuple[InForce, ...]) -> tuple[InForce, ...]:
        return tuple(InForce(versions[one.version_id], one.from_ms) for one in promised)

    return replace(
        scenario,
        documents={versions[old]: document for old, document in scenario.documents.items()},
        effective=in_force(scenario.effective),
        standings=tuple(
            replace(
                one,
                agreement_id=agreements[one.agreement_id],
                acceptances=in_force(one.acceptances),
                offers=in_force(one.offers),
            )
            for one in scenario.standings
        ),
        coupons=tuple(replace(one, agreement_id=agreements[one.agreement_id]) for one in scenario.coupons),
        clicks=tuple(clicks.values()),
        facts=tuple(_fact(fact, clicks) for fact in scenario.facts),
    )


def _fact(fact: Fact, clicks: Mapping[str, Touch]) -> Fact:
    if not isinstance(fact, Reported):
        return fact
    return replace(fact, click_ids=tuple(clicks[old].click_id for old in fact.click_ids))
