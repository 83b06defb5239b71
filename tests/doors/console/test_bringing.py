"""Pages of bringing partners: the file with its doubles, invitations in their states, own rates, rules, decisions."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from rapport.apps.commissions.models import Commission
from rapport.apps.delivery.models import Mail, MailState
from rapport.apps.identity.models import Invitation, Membership, Organisation, Person, Role
from rapport.apps.imports.models import ImportRun, RunState
from rapport.apps.jobs.queries import intentions_at
from rapport.apps.partners.models import Acceptance, Agreement, AgreementState, ApprovalRules
from rapport.apps.partners.queries import offered_version
from rapport.apps.programs.models import Program
from rapport.flows import intentions
from rapport.flows.admission import apply
from rapport.flows.importing.tasks import carry_out_import, check_import
from rapport.flows.invited import InvitationState, invited_to
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.make.identity import PASSWORD
from tests.make.joining import application_to
from tests.make.road import make_agreement, make_coupon, make_program, report_sale

pytestmark = pytest.mark.django_db

FILE = """name,email,website,codes,rate,balance
Slow Mornings,anna@slow.example,https://slow.example,ANNA10,15 %,12.00
Slow Evenings,eve@slow.example,,EVE,,
Nobody,no mail,,,,
"""


@pytest.fixture
def program(marlow: Organisation) -> Program:
    return make_program(marlow)


def posted(client: Client, name: str, *at: str, **data: object) -> int:
    return client.post(reverse(f"console:{name}", args=at), data).status_code


def shown(client: Client, name: str, *at: str, **query: str) -> str:
    return client.get(reverse(f"console:{name}", args=at), query).content.decode()


def uploaded(client: Client, program: Program, text: str, subject: str, **choices: object) -> ImportRun:
    """Bring a file by the pages and let the worker check it."""
    upload = SimpleUploadedFile(f"{subject}.csv", text.encode())
    assert posted(client, "imports", program.id, subject=subject, file=upload) == 303
    run = ImportRun.objects.get()
    assert posted(client, "import-columns", program.id, run.id, **choices) == 303
    check_import.func(run_id=run.id)
    return run


COLUMNS = {"partner": "name", "mail": "email", "website": "website", "codes": "codes", "rate": "rate"}
CHOICES = {**COLUMNS, "balance": "balance", "decimal": "point", "invited": "at_once", "merged_by": ["account"]}


def brought(manager: Client, program: Program) -> ImportRun:
    """Bring the partners of the file."""
    run = uploaded(manager, program, FILE, "partners", **CHOICES)
    assert posted(manager, "import-start", program.id, run.id) == 303
    carry_out_import.func(run_id=run.id)
    run.refresh_from_db()
    assert run.state == RunState.DONE
    return run


def test_a_file_of_partners_goes_in_its_doubles_are_judged_and_it_is_undone(program: Program, manager: Client) -> None:
    run = uploaded(manager, program, FILE, "partners", **CHOICES)
    page = shown(manager, "import", program.id, run.id)
    assert "Importing approves the own rates and opening balances" in page
    assert "keeps them apart" in page
    assert posted(manager, "import-double", program.id, run.id, line="3", choice="maybe") == 422
    assert posted(manager, "import-double", program.id, run.id, line="3", choice="together") == 303
    check_import.func(run_id=run.id)
    assert "merges them" in shown(manager, "import", program.id, run.id)
    run.refresh_from_db()
    assert (run.figures["accepted"], run.figures["merged"], run.figures["refused"]) == (1, 1, 1)
    assert posted(manager, "import-double", program.id, run.id, line="3", choice="apart") == 303
    check_import.func(run_id=run.id)
    assert posted(manager, "import-start", program.id, run.id) == 303
    carry_out_import.func(run_id=run.id)
    page = shown(manager, "import", program.id, run.id)
    assert "Undo the import" in page
    assert "Slow Evenings" in page
    answer = manager.post(reverse("console:import-undo", args=[program.id, run.id]), follow=True)
    assert "2 partners were taken back." in answer.content.decode()
    assert "2 partners of this file were taken back, the last one" in answer.content.decode()
    assert "Undo the import" not in answer.content.decode()
    assert not Agreement.objects.exclude(state=AgreementState.ENDED).exists()


def test_who_has_earned_is_named_when_the_import_is_undone(program: Program, manager: Client) -> None:
    run = brought(manager, program)
    report_sale(program, external_id="o1", total="10.00", coupons=["ANNA10"], at=now())
    answer = manager.post(reverse("console:import-undo", args=[program.id, run.id]), follow=True)
    text = strip_tags(answer.content.decode())
    assert "1 partner was taken back." in text
    assert "Slow Mornings: It has earned." in text


def test_finance_brings_orders_and_promises_nobody_a_rate(program: Program, marlow: Organisation) -> None:
    finance = client_of(marlow, Role.FINANCE)
    page = shown(finance, "imports", program.id)
    assert 'value="orders"' in page
    assert 'value="partners"' not in page
    upload = SimpleUploadedFile("partners.csv", FILE.encode())
    assert posted(finance, "imports", program.id, subject="partners", file=upload) == 422
    run = uploaded(client_of(marlow, Role.OWNER), program, FILE, "partners", **CHOICES)
    assert "Import it" not in shown(finance, "import", program.id, run.id)
    assert posted(finance, "import-start", program.id, run.id) == 403


def states(program: Program) -> dict[str, str]:
    return {row.email: row.state.value for row in invited_to(program.id, at=now())}


def test_an_invitation_goes_through_its_states_is_sent_again_and_revoked(program: Program, manager: Client) -> None:
    brought(manager, program)
    anna, eve = "anna@slow.example", "eve@slow.example"
    assert states(program) == {anna: "queued", eve: "queued"}
    Mail.objects.filter(recipient=anna).update(sent_at=now(), state=MailState.SENT)
    Mail.objects.filter(recipient=eve).update(state=MailState.BOUNCED, problem="550 nobody lives here")
    assert states(program) == {anna: "sent", eve: "bounced"}
    assert "550 nobody lives here" in shown(manager, "invitations", program.id)
    assert "Slow Evenings" not in strip_tags(shown(manager, "invitations", program.id, state="sent"))
    first = Client()
    assert first.get(path_to(anna)).status_code == 200
    assert states(program)[anna] == "opened"
    evening = Agreement.objects.get(partner__name="Slow Evenings")
    assert posted(manager, "invitation-send", program.id, evening.id) == 303
    assert states(program)[eve] == "queued"
    newest = Invitation.objects.filter(email=eve).order_by("-id")[0]
    assert posted(manager, "invitation-revoke", program.id, evening.id, newest.id) == 303
    assert states(program)[eve] == "revoked"
    Invitation.objects.filter(email=anna).update(expires_at=now() - timedelta(days=1))
    assert states(program)[anna] == "expired"
    assert first.get(path_to(anna)).status_code == 410


def path_to(mail: str) -> str:
    """Return the address that the newest mail to somebody carries."""
    text = Mail.objects.filter(recipient=mail, body_text__contains="/invitations/").order_by("-created_at")[0].body_text
    return urlsplit(next(word for word in text.split() if "/invitations/" in word)).path


def joined(visitor: Client, path: str, password: str) -> tuple[int, str]:
    """Read the page of an invitation and accept what stands on it."""
    read = visitor.get(path).context["read_versions"]
    answer = visitor.post(path, {"name": "Anna Reuter", "password": password, "read_versions": read})
    return answer.status_code, answer["Location"]


def test_nobody_accepts_terms_that_it_has_not_read(program: Program, manager: Client) -> None:
    brought(manager, program)
    anna = Agreement.objects.get(partner__name="Slow Mornings")
    path, visitor = path_to("anna@slow.example"), Client()
    said = {"name": "Anna Reuter", "password": ""}
    assert visitor.post(path, said).status_code == 422
    read = visitor.get(path).context["read_versions"]
    assert posted(manager, "partner-own-rate", program.id, anna.id, rate="1 %") == 303
    answer = visitor.post(path, {**said, "read_versions": read})
    page = answer.content.decode()
    assert (answer.status_code, "The terms have changed since you opened this page" in page) == (422, True)
    assert 'value="Anna Reuter"' in page
    assert not Acceptance.objects.exists()
    assert not Person.objects.filter(email="anna@slow.example").exists()
    assert "You earn 1 % of every sale" in page
    newly_read = answer.context["read_versions"]
    assert newly_read != read
    assert visitor.post(path, {**said, "read_versions": newly_read}).status_code == 302
    assert Acceptance.objects.get().sentence.startswith("You earn 1 %")


def test_everybody_who_waits_is_invited_with_one_button(program: Program, manager: Client) -> None:
    run = uploaded(manager, program, FILE, "partners", **(CHOICES | {"invited": "later"}))
    assert posted(manager, "import-start", program.id, run.id) == 303
    carry_out_import.func(run_id=run.id)
    assert set(states(program).values()) == {"not_sent"}
    assert "Invite all 2" in shown(manager, "invitations", program.id)
    assert posted(manager, "invite-all", program.id) == 303
    assert set(states(program).values()) == {"queued"}
    assert posted(manager, "invite-all", program.id) == 303
    assert Mail.objects.count() == 2


def test_the_invited_partner_reads_the_terms_accepts_and_is_in(program: Program, manager: Client) -> None:
    brought(manager, program)
    report_sale(program, external_id="o1", total="100.00", coupons=["ANNA10"], at=now())
    visitor = Client()
    path = path_to("anna@slow.example")
    page = visitor.get(path).content.decode()
    assert "You earn 15 % of every sale" in page
    assert not Acceptance.objects.exists()
    assert joined(visitor, path, "") == (302, "/")
    anna = Agreement.objects.get(partner__name="Slow Mornings")
    assert anna.state == AgreementState.ACTIVE
    assert Acceptance.objects.get().sentence.startswith("You earn 15 %")
    assert Commission.objects.get().holds == []
    assert states(program)["anna@slow.example"] == InvitationState.ACCEPTED
    home = visitor.get(reverse("portal:home", args=[anna.id])).content.decode()
    assert "ANNA10" in home
    assert posted(manager, "invitation-send", program.id, anna.id) == 422
    assert Membership.objects.get(person__email="anna@slow.example").role == Role.PARTNER
    statement = visitor.get(reverse("portal:statement", args=[anna.id])).content.decode()
    assert "Opening balance brought along" in statement
    assert visitor.get(path).status_code == 410


def test_a_partner_who_signs_in_already_is_offered_the_terms_in_the_portal(
    program: Program, manager: Client, marlow: Organisation
) -> None:
    brought(manager, program)
    visitor = Client()
    joined(visitor, path_to("anna@slow.example"), PASSWORD)
    second = make_program(marlow, name="Second program")
    ImportRun.objects.all().update(digest="before")
    run = uploaded_again(manager, second)
    anna = Agreement.objects.get(program=second, partner__name="Slow Mornings")
    assert anna.state == AgreementState.PROPOSED, run.figures
    assert (
        "Second program offers you terms"
        in Mail.objects.filter(recipient="anna@slow.example").order_by("-id")[0].subject
    )
    home = visitor.get(reverse("portal:home", args=[anna.id])).content.decode()
    assert "held until you have accepted the terms" in home
    terms = visitor.get(reverse("portal:terms", args=[anna.id])).content.decode()
    assert "what was earned since is yours once you accept" in terms
    version = offered_version(anna, at=now())
    assert version
    assert visitor.post(reverse("portal:terms-accept", args=[anna.id, version.id])).status_code == 303
    anna.refresh_from_db()
    assert anna.state == AgreementState.ACTIVE
    assert "Terms v" in visitor.get(reverse("portal:terms", args=[anna.id])).content.decode()


def uploaded_again(manager: Client, program: Program) -> ImportRun:
    """Bring the same partners to another program."""
    upload = SimpleUploadedFile("partners.csv", FILE.replace("ANNA10", "ANNA99").encode())
    assert posted(manager, "imports", program.id, subject="partners", file=upload) == 303
    run = ImportRun.objects.get(program=program)
    assert posted(manager, "import-columns", program.id, run.id, **CHOICES) == 303
    check_import.func(run_id=run.id)
    assert posted(manager, "import-start", program.id, run.id) == 303
    carry_out_import.func(run_id=run.id)
    return run


def test_a_partner_gets_a_rate_of_its_own_and_accepts_it(program: Program, manager: Client) -> None:
    agreement = make_agreement(program)
    for wrong in ("much", "101 %", "12.34567 %", "5.005 EUR", "12 %"):
        assert posted(manager, "partner-own-rate", program.id, agreement.id, rate=wrong) == 422, wrong
    assert (
        posted(manager, "partner-own-rate", program.id, agreement.id, rate="17,5 %", note="For the big review") == 303
    )
    page = shown(manager, "partner-own-rate", program.id, agreement.id)
    assert "You earn 17.5 % of every sale" in page
    assert "For the big review" in shown(manager, "partner", program.id, agreement.id)
    version = offered_version(agreement, at=now())
    assert version
    assert version.number == 2
    assert "v2" not in shown_terms(manager, program)
    assert manager.get(reverse("program:version", args=[program.id, 2])).status_code == 200
    assert posted(manager, "partner-own-rate", program.id, agreement.id, rate="4 EUR") == 303
    newest = offered_version(agreement, at=now())
    assert newest
    assert newest.document["rules"][0]["pay"] == {"flat": "4.00"}


def shown_terms(client: Client, program: Program) -> str:
    return strip_tags(client.get(reverse("program:terms", args=[program.id])).content.decode())


def test_rules_are_chosen_on_a_page_of_their_own(program: Program, manager: Client, marlow: Organisation) -> None:
    address = reverse("program:approval", args=[program.id])
    assert manager.post(address, {"verified_site": "on", "answer_days": "31"}).status_code == 422
    assert manager.post(address, {"verified_site": "on", "answer_days": "3"}).status_code == 303
    rules = ApprovalRules.objects.get()
    assert (rules.verified_site, rules.verified_profile, rules.known_customer) == (True, False, False)
    assert "Nobody yet." in manager.get(address).content.decode()
    assert "Save the rules" not in client_of(marlow, Role.SALES).get(address).content.decode()
    assert "Who gets in at once" in manager.get(reverse("program:settings", args=[program.id])).content.decode()


def test_the_applicant_sees_its_code_and_by_when_an_answer_comes(program: Program, manager: Client) -> None:
    received = apply(program=program, given=application_to(website="https://sleepatlas.example"), at=now())
    page = Client().get(received.path).content.decode()
    code = received.application.proof.code
    assert "You have an answer by mail by" in page
    assert page.count(code) == 3
    assert Client().post(f"{received.path}/prove").status_code == 303
    assert "We are looking." in Client().get(received.path).content.decode()
    told = strip_tags(shown(manager, "application", program.id, received.application.id))
    assert "not proven" in told
    assert "Answer promised by" in told


DECISIONS = "order,decision,new amount,code\no1,ok,,\no2,no,,fraud\no3,ok,50.00,\n"


def test_decisions_are_confirmed_by_their_totals_and_can_be_withdrawn(program: Program, manager: Client) -> None:
    make_coupon(make_agreement(program), "ANNA")
    for number in (1, 2, 3):
        report_sale(program, external_id=f"o{number}", total="100.00", coupons=["ANNA"], at=now())
    columns = {"order": "order", "verdict": "decision", "amount": "new amount", "decline_code": "code"}
    run = uploaded(manager, program, DECISIONS, "validations", **columns, decimal="point", kind="sale")
    page = shown(manager, "import", program.id, run.id)
    assert "Totals to confirm" in page
    assert "Confirm these totals" in page
    assert posted(manager, "import-start", program.id, run.id) == 303
    page = shown(manager, "import", program.id, run.id)
    assert "About to happen" in page
    [intention] = intentions_at(program.id)
    assert "Deciding about the orders of validations.csv." in shown(manager, "intentions", program.id)
    assert posted(manager, "intention-undo", program.id, intention.id) == 303
    assert "Confirm these totals again" in shown(manager, "import", program.id, run.id)
    assert posted(manager, "import-start", program.id, run.id) == 303
    intentions.carry_out_due(at=now() + timedelta(minutes=1))
    run.refresh_from_db()
    assert run.state == RunState.DONE
    decided = Commission.objects.order_by("conversion__external_id").values_list("state", "payable_minor")
    assert list(decided) == [("approved", 1_200), ("declined", 0), ("approved", 600)]
    told = strip_tags(shown(manager, "intention", program.id, intentions_at(program.id)[0].id))
    assert "The orders of validations.csv were decided." in told
    assert "o2" in told
