"""Rules let applicants in, on record under their names, and never whoever is flagged."""

import hashlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.delivery.models import Mail
from rapport.apps.partners import actions as partners
from rapport.apps.partners.inputs import DeclineInput, RulesInput
from rapport.apps.partners.models import Agreement, Application, ApplicationState, ProofWay
from rapport.apps.partners.queries import rules_of
from rapport.apps.programs.models import Program
from rapport.apps.record.errors import BadInput
from rapport.apps.record.inputs import read_input
from rapport.apps.record.models import AuditRow
from rapport.apps.shops.actions import customer_hash
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.stripe.simulator import StripeSimulator
from rapport.flows import admission
from rapport.flows.letting_in import approved_by_rules, check_and_let_in, flags_of, rules_in_words, try_rules
from rapport.flows.proving import World
from rapport.flows.service import service_clocks
from rapport.flows.standing import end_agreement
from rapport.flows.waiting import Waits, what_waits
from tests.make.identity import NOON, STORY
from tests.make.joining import application_to
from tests.make.road import make_program, report_correction, report_sale
from tests.make.shops import make_shop

pytestmark = pytest.mark.django_db
ALL = RulesInput(verified_site=True, verified_profile=True, known_customer=True)
SITE = "https://sleepatlas.example"


def program_with(rules: RulesInput = ALL) -> Program:
    """Return a program with these rules."""
    program = make_program()
    partners.change_rules(program=program, given=rules, by=STORY, at=NOON)
    return program


def applied(program: Program, **given: object) -> Application:
    """Return an application to a program."""
    return admission.apply(program=program, given=application_to(**given), at=NOON).application


def proven(application: Application, way: ProofWay = ProofWay.TXT) -> Application:
    """Return an application whose site is proven."""
    partners.note_proof(application_id=application.id, way=way, problem="", by=STORY, at=NOON)
    return application


def test_whoever_proved_the_site_is_in_and_the_rule_is_on_record() -> None:
    program = program_with()
    application = applied(program, website=SITE)
    assert try_rules(application, at=NOON) is None
    agreement = try_rules(proven(application), at=NOON)
    assert agreement
    approved = AuditRow.objects.get(action="application.approved")
    assert (approved.actor_kind, approved.actor_id) == ("system", "rule:verified-site")
    assert [(one.name, one.rule) for one in approved_by_rules(program.id, most=5)] == [("Sleep Atlas", "verified-site")]
    assert try_rules(application, at=NOON) is None, "decided once"
    application.refresh_from_db()
    assert application.state == ApplicationState.APPROVED
    assert Mail.objects.filter(subject__startswith="Welcome").count() == 1


def test_a_check_that_finds_the_code_lets_in_at_once() -> None:
    program = program_with()
    application = applied(program, website=SITE)
    code = application.proof.code
    assert check_and_let_in(application, world=World(txt=lambda _name: [code]), at=NOON)


@pytest.mark.parametrize(
    ("rules", "way"),
    [
        (RulesInput(), ProofWay.TXT),
        (RulesInput(verified_profile=True, known_customer=True), ProofWay.TXT),
        (RulesInput(verified_site=True), ProofWay.PROFILE),
    ],
)
def test_a_rule_that_is_off_lets_nobody_in(rules: RulesInput, way: ProofWay) -> None:
    application = proven(applied(program_with(rules), website=SITE), way)
    assert try_rules(application, at=NOON) is None
    assert not Agreement.objects.exists()


def test_a_proven_profile_has_a_rule_of_its_own() -> None:
    application = applied(program_with(), website="https://www.youtube.com/@mira")
    assert try_rules(proven(application, ProofWay.PROFILE), at=NOON)
    assert AuditRow.objects.get(action="application.approved").actor_id == "rule:verified-profile"


@pytest.mark.parametrize("hashed", [False, True])
def test_a_customer_of_the_shop_is_in(hashed: bool) -> None:
    program = program_with()
    mail = "mira@sleepatlas.example"
    key = hashlib.sha256(mail.encode()).hexdigest() if hashed else mail
    assert try_rules(applied(program), at=NOON) is None
    report_sale(program, external_id="o1", total="40.00", customer_id=key)
    assert try_rules(applied(program), at=NOON)
    assert AuditRow.objects.get(action="application.approved").actor_id == "rule:known-customer"


def test_a_customer_whom_a_shop_told_under_a_hash_is_in(settings: Settings) -> None:
    """Shops keep hashes alone: of the mail address, or of their own id, for which they are asked."""
    program, stripe = program_with(), StripeSimulator()
    stripe.customers["cus_9"] = "mira@sleepatlas.example"
    with serve(stripe.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        make_shop(program, "stripe", stripe, address=address, keys={"key": stripe.key})
        assert try_rules(applied(program), at=NOON) is None
        key = customer_hash(program.id, "stripe:cus_9")
        report_sale(program, external_id="o1", total="40.00", customer_id=key)
        assert try_rules(applied(program), at=NOON)


def test_a_customer_whose_mail_address_a_shop_hashed_is_in() -> None:
    program = program_with()
    key = customer_hash(program.id, "email:mira@sleepatlas.example")
    report_sale(program, external_id="o1", total="40.00", customer_id=key)
    assert try_rules(applied(program), at=NOON)


def test_a_program_says_within_how_many_days_it_answers() -> None:
    program = program_with(RulesInput(answer_days=3))
    application = applied(program)
    assert admission.answer_by(application) == NOON + timedelta(days=3)
    letter = Mail.objects.get(subject__contains="application")
    assert "5 March 2026" in letter.body_text
    [waiting] = what_waits(program, kinds=frozenset({Waits.APPLICATION}), most=9, at=NOON + timedelta(days=2))
    assert (waiting.is_late, round(waiting.share, 2)) == (False, 0.67)
    clock = service_clocks(program, at=NOON)[0]
    assert clock.promise == timedelta(days=3)
    page = Client().get(reverse("public:program", args=[program.slug])).content.decode()
    assert "within 3 days" in page
    for days in (0, 31):
        with pytest.raises(BadInput):
            read_input(RulesInput, {"answer_days": days})


def test_somebody_whose_only_order_came_back_is_no_customer() -> None:
    program = program_with()
    report_sale(program, external_id="o1", total="40.00", customer_id="mira@sleepatlas.example")
    report_correction(program, kind="refund", external_id="r1", of="o1", total="40.00")
    assert try_rules(applied(program), at=NOON) is None


def test_whoever_was_declined_before_waits_for_a_person() -> None:
    program = program_with()
    first = applied(program, website=SITE)
    given = DeclineInput(code="no_fit", reason="Another audience.")
    admission.decline(application=first, given=given, by=STORY, at=NOON)
    again = proven(applied(program, website="https://www.sleepatlas.example/shop", email="other@sleepatlas.example"))
    assert list(flags_of(again)) == ["An application with this mail address or site was declined before."]
    assert try_rules(again, at=NOON) is None


def test_whoever_broke_the_terms_waits_for_a_person() -> None:
    program = program_with()
    first = applied(program, website=SITE)
    agreement = admission.approve(application=first, by=STORY, at=NOON)
    end_agreement(agreement_id=agreement.id, for_breach=True, reason="Own orders", by=STORY, at=NOON)
    again = proven(applied(program, website=SITE))
    assert "ended for a breach" in next(flags_of(again))
    assert try_rules(again, at=NOON) is None


def test_whoever_names_the_shop_itself_or_applies_again_and_again_waits() -> None:
    program = program_with()
    own = proven(applied(program, website="https://shop.example", email="me@elsewhere.example"))
    assert list(flags_of(own)) == ["The applicant names the shop's own site or mail."]
    for number in range(3):
        applied(program, website=SITE, email=f"mira{number}@sleepatlas.example")
    fourth = proven(applied(program, website=SITE))
    assert list(flags_of(fourth)) == ["There are several applications with this mail address or site."]


def test_an_applicant_who_was_asked_waits_for_the_person_who_asked() -> None:
    application = proven(applied(program_with(), website=SITE))
    asked = admission.ask(application=application, question="Which pages?", by=STORY, at=NOON)
    assert try_rules(asked, at=NOON) is None


def test_two_profiles_on_one_network_have_nothing_in_common() -> None:
    program = program_with()
    first = applied(program, website="https://www.youtube.com/@one", email="one@one.example")
    given = DeclineInput(code="no_fit", reason="Another audience.")
    admission.decline(application=first, given=given, by=STORY, at=NOON)
    assert not list(flags_of(applied(program, website="https://www.youtube.com/@two", email="two@two.example")))


def test_the_public_page_tells_which_rules_there_are() -> None:
    assert rules_in_words(rules_of(make_program())) == []
    assert len(rules_in_words(rules_of(program_with()))) == 3


def test_everybody_who_is_undecided_knows_by_when_an_answer_comes() -> None:
    application = applied(make_program(), website=SITE)
    assert admission.answer_by(application) == NOON + timedelta(hours=24)
    assert "You have an answer by 3 March 2026, 13:00." in Mail.objects.get().body_text
    admission.ask(application=application, question="Which pages?", by=STORY, at=NOON + timedelta(hours=5))
    admission.answer(application=application, text="All.", at=NOON + timedelta(hours=30))
    assert admission.answer_by(application) == NOON + timedelta(hours=54)
