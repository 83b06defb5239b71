"""Set the stage: workspace, team, program, partners, links and codes, all by the actions that people use.

Every step leaves alone what is there, so that a loading that was cut off goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from rapport.apps.identity.actions import add_member, create_organisation, create_person
from rapport.apps.identity.inputs import OrganisationInput, PersonInput
from rapport.apps.identity.models import Organisation, Role
from rapport.apps.identity.queries import actor_of, person_with_address
from rapport.apps.partners import actions as partners
from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.partners.models import Agreement, Segment
from rapport.apps.payouts.account_inputs import AccountInput
from rapport.apps.payouts.actions import change_account
from rapport.apps.payouts.inputs import MethodInput
from rapport.apps.payouts.models import MethodKind
from rapport.apps.programs.actions import create_program, move_program, publish_terms
from rapport.apps.programs.inputs import ProgramInput
from rapport.apps.programs.models import Program, ProgramState, TermsVersion
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.apps.taxes.queries import tax_settings_of
from rapport.apps.tracking.actions import create_coupon, create_link
from rapport.apps.tracking.inputs import CouponInput, LinkInput
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import links_of
from rapport.domain.terms import presets
from rapport.flows import admission, paying
from rapport.flows.demo import cast, papers
from rapport.flows.demo.planning import Play
from rapport.kit.ids import random_token

BY = Actor.system("demo")
_BEFORE = timedelta(days=20)
"""How long before the first visitor the program opened."""
_BANK = "50010517"
_FOREIGN, _PAYPAL, _UNPAID = 13, 5, 11
"""One of so many partners has a bank far away, uses PayPal, or has not said how to be paid."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A player on the stage."""

    player: cast.Player
    agreement: Agreement
    links: tuple[Link, ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class Stage:
    """What the play needs; partners enter while it is played."""

    play: Play
    players: tuple[cast.Player, ...]
    program: Program
    version: TermsVersion
    stranger: Link
    """A link of another merchant's program."""
    team: dict[str, Actor]
    partners: dict[int, Partner] = field(default_factory=dict)

    def actor(self, teammate: int) -> Actor:
        """Return somebody of the team by the place in the cast."""
        return self.team[cast.TEAM[teammate].email]

    @property
    def manager(self) -> Actor:
        """Who decides about orders."""
        return self.actor(1)


def set_stage(play: Play) -> Stage:
    """Build what stands before the first partner comes."""
    at = play.starts_at - _BEFORE
    with transaction():
        program = Program.objects.filter(slug=cast.SLUG).first() or _shop(at=at)
        _pay_from(program, at=at)
        if not tax_settings_of(program).rules:
            papers.enter_own(program, by=BY, at=at)
        stranger = Link.objects.filter(agreement__program__slug=_slug(cast.NEIGHBOUR)).first() or _neighbour(at=at)
    version = TermsVersion.objects.get(program=program, number=1)
    team = {mate.email: _actor(mate.email) for mate in cast.TEAM}
    return Stage(play, cast.players(play.partners), program, version, stranger, team)


def let_in(stage: Stage, *, until: datetime, progress: Callable[[], None]) -> None:
    """Admit the partners who join before this moment."""
    for number, player in enumerate(stage.players):
        joins = stage.play.starts_at + player.joins * (stage.play.ends_at - stage.play.starts_at)
        applied_at = joins if player.joins else joins - _BEFORE + timedelta(hours=5 + 7 * number % 240)
        if number not in stage.partners and applied_at < until:
            stage.partners[number] = _partner(stage, number, player, at=applied_at)
            progress()


def application(
    firm: str, person: str, segment: Segment, *, version: TermsVersion, email: str = ""
) -> ApplicationInput:
    """Return what an applicant writes."""
    return ApplicationInput(
        name=person,
        organisation_name=firm,
        email=email or f"{_slug(firm)}@demo.example",
        website=f"https://{_slug(firm)}.example/",
        segment=segment,
        promotion="We write about sleep and what makes it better, for readers who buy rarely and well.",
        accepted_version=version.id,
    )


def _shop(*, at: datetime) -> Program:
    workspace = create_organisation(given=OrganisationInput(name=cast.WORKSPACE, country="DE"), by=BY, at=at)
    for mate in cast.TEAM:
        _person(mate.name, mate.email, workspace, mate.role, password=cast.PASSWORD, at=at)
    return _program(workspace, name=cast.PROGRAM, slug=cast.SLUG, pitch=cast.PITCH, at=at)


def _pay_from(program: Program, *, at: datetime) -> None:
    """Say which account the shop pays from, so that its runs make files for its bank."""
    iban = _iban(f"{_BANK}0532013000")
    given = AccountInput(
        name=cast.WORKSPACE, iban=iban, street="Am Markt 4", postcode="60311", town="Frankfurt", residence="DE"
    )
    change_account(program=program, kind=MethodKind.IBAN, given=given, by=BY, at=at)


def _neighbour(*, at: datetime) -> Link:
    """Build the other merchant: one program with one partner and one link."""
    workspace = create_organisation(given=OrganisationInput(name=cast.NEIGHBOUR, country="DE"), by=BY, at=at)
    program = _program(workspace, name=f"{cast.NEIGHBOUR} partners", slug=_slug(cast.NEIGHBOUR), pitch="", at=at)
    version = TermsVersion.objects.get(program=program, number=1)
    given = application("Kessel Kunde", "Ute Kessel", Segment.BLOGGER, version=version)
    organisation = create_organisation(given=OrganisationInput(name=given.organisation_name), by=BY, at=at)
    agreement = _admitted(given, organisation, program, at=at, decided_at=at + timedelta(days=1))
    return create_link(agreement_id=agreement.id, given=LinkInput(name="Window"), by=BY, at=at + timedelta(days=1))


def _program(workspace: Organisation, *, name: str, slug: str, pitch: str, at: datetime) -> Program:
    given = ProgramInput(
        name=name,
        slug=slug,
        currency="EUR",
        zone="Europe/Berlin",
        landing_url=f"{settings.PUBLIC_URL}/demo-shop/",
        pitch=pitch,
    )
    document = dict(presets()[0].document)
    program = create_program(workspace_id=workspace.id, given=given, document=document, by=BY, at=at)
    publish_terms(program_id=program.id, effective_at=at, by=BY, at=at)
    return move_program(program_id=program.id, state=ProgramState.OPEN, by=BY, at=at)


def _partner(stage: Stage, number: int, player: cast.Player, *, at: datetime) -> Partner:
    if not person_with_address(player.email):
        with transaction():
            _enter(stage, number, player, at=at)
    actor = _actor(player.email)
    rows = Agreement.objects.select_related("partner", "program")
    agreement = rows.get(program=stage.program, partner__organisation_id=actor.seats[0].organisation_id)
    return Partner(player, agreement, tuple(links_of(agreement.id).order_by("id")), actor)


def _enter(stage: Stage, number: int, player: cast.Player, *, at: datetime) -> None:
    decided_at = at + timedelta(hours=3 + 5 * number % 19)
    organisation = create_organisation(given=OrganisationInput(name=player.name), by=BY, at=at)
    # Only the first partner gets a password: hashing one takes its time on purpose, and a mailed code does as well.
    password = "" if number else cast.PASSWORD
    _person(player.person, player.email, organisation, Role.PARTNER, password=password, at=at)
    given = application(player.name, player.person, player.segment, version=stage.version, email=player.email)
    agreement = _admitted(given, organisation, stage.program, at=at, decided_at=decided_at, by=stage.manager)
    if player.coupon:
        create_coupon(agreement_id=agreement.id, given=CouponInput(code=player.coupon), by=BY, at=decided_at)
    for wish in player.links:
        _link(agreement, *wish, at=decided_at)
    if number % _UNPAID != _UNPAID - 1:
        method = _method(number, player)
        paying.change_method(agreement=agreement, given=method, by=_actor(player.email), at=decided_at, own=True)
    abroad = number % _FOREIGN == _FOREIGN - 1
    papers.enter_of(agreement, number, abroad=abroad, by=_actor(player.email), at=decided_at)


def _admitted(
    given: ApplicationInput,
    organisation: Organisation,
    program: Program,
    *,
    at: datetime,
    decided_at: datetime,
    by: Actor = BY,
) -> Agreement:
    received = partners.apply_to_program(
        program_id=program.id,
        given=given,
        sentence=admission.promise(program, at=at),
        secret_digest=random_token(),
        by=admission.APPLICANT,
        at=at,
    )
    return partners.admit_partner(application_id=received.id, organisation_id=organisation.id, by=by, at=decided_at)


def _person(name: str, email: str, organisation: Organisation, role: Role, *, password: str, at: datetime) -> None:
    given = PersonInput(name=name, email=email)
    person = create_person(given=given, password=password, by=BY, at=at)
    add_member(organisation_id=organisation.id, person_id=person.id, role=role, by=BY, at=at)


def _actor(email: str) -> Actor:
    person = person_with_address(email)
    if person is None:
        raise AssertionError(f"{email} stands on the stage")
    return actor_of(person)


def _link(agreement: Agreement, name: str, page: str, placement: str, *, at: datetime) -> Link:
    destination = f"{settings.PUBLIC_URL}/demo-shop/{page}" + ("/" if page else "")
    channel = "newsletter" if placement == "newsletter" else "web"
    given = LinkInput(name=name, destination=destination, placement=placement, channel=channel)
    return create_link(agreement_id=agreement.id, given=given, by=BY, at=at)


def _method(number: int, player: cast.Player) -> MethodInput:
    if number % _FOREIGN == _FOREIGN - 1:
        return MethodInput(
            kind=MethodKind.WISE,
            holder=player.person,
            holder_kind="person",
            currency="USD",
            routing="021000021",
            account=f"8{number:07}",
            account_type="checking",
            street="12 Congress Ave",
            postcode="78701",
            town="Austin",
            residence="US",
        )
    if number % _PAYPAL == _PAYPAL - 2:
        # The first of them lives with dollars and is paid in them.
        pay_in = "USD" if number == _PAYPAL - 2 else ""
        return MethodInput(kind=MethodKind.PAYPAL, holder=player.person, email=player.email, pay_in=pay_in)
    if number == len(cast.PLAYERS) - 1:
        return MethodInput(kind=MethodKind.MANUAL, holder=player.person, note="In goods, by agreement with Tom Albers")
    iban = _iban(f"{_BANK}{6_480_000_000 + number:010}")
    return MethodInput(kind=MethodKind.IBAN, holder=player.person, iban=iban, town="Frankfurt am Main", residence="DE")


def _iban(account: str) -> str:
    """Return the German IBAN of a bank and account number; "DE" counts as 1314 (ISO 13616)."""
    return f"DE{98 - int(f'{account}131400') % 97:02}{account}"


def _slug(name: str) -> str:
    plain = name.lower().replace("ä", "ae").replace(" & ", "-")
    return plain.replace(" ", "-")
