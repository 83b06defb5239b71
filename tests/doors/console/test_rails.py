"""Pages of the rails: where money comes from, files and calls, what banks want corrected, PayPal's messages."""

import json
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from rapport.apps.identity.models import Organisation, Role
from rapport.apps.payouts.actions import keep_notice
from rapport.apps.payouts.files import content_of
from rapport.apps.payouts.hooks import hook_of_program
from rapport.apps.payouts.models import MethodKind, Payout, PayoutFile, PayoutRun, PayoutState, RailCall
from rapport.apps.payouts.providers.paypal.simulator import Simulator, serving
from rapport.apps.payouts.providers.sepa.simulator import answer_to
from rapport.apps.payouts.queries import account_in_use, method_of
from rapport.apps.programs.models import Program
from rapport.flows import paying_jobs
from rapport.kit.clock import now
from tests.doors.console.conftest import client_of
from tests.doors.console.test_paying import at, text
from tests.make.payouts import ACCOUNTS, make_account, make_approved_run, make_payable, make_rail_method
from tests.make.road import make_agreement, make_program


@pytest.fixture
def program(marlow: Organisation) -> Program:
    return make_program(marlow, currency="USD")


@pytest.fixture
def finance(marlow: Organisation) -> Client:
    return client_of(marlow, Role.FINANCE)


@pytest.fixture
def paypal(settings: Settings) -> Iterator[Simulator]:
    """A PayPal on this machine that knows the merchant."""
    known = ACCOUNTS[MethodKind.PAYPAL]
    simulator = Simulator(client_id=known["client_id"], secret=known["secret"])
    with serving(simulator) as address:
        settings.PAYPAL_SANDBOX_URL = address
        yield simulator


def approved(program: Program, *kinds: MethodKind) -> PayoutRun:
    """Return an approved run that pays 120.00 to a partner on each of these rails."""
    for kind in kinds:
        agreement = make_agreement(program, name=f"{kind} partner")
        make_rail_method(agreement.partner.organisation, kind)
        make_payable(program, agreement)
    return make_approved_run(program, at=now())


@pytest.mark.parametrize(
    ("kind", "wrong", "sentence"),
    [
        (MethodKind.IBAN, {"iban": "DE00"}, "This is not an IBAN"),
        (MethodKind.IBAN, {"iban": "AE070331234567890123456"}, "an account inside of it"),
        (MethodKind.IBAN, {"town": ""}, "required"),
        (MethodKind.IBAN, {"name": "\u674e\u96f7"}, "Latin letters"),
        (MethodKind.IBAN, {"identification": "a_b"}, "At most 35 Latin letters"),
        (MethodKind.ACH, {"odfi": "021000022"}, "no American routing number"),
        (MethodKind.ACH, {"company_id": "12"}, "Ten letters or digits"),
        (MethodKind.ACH, {"immediate_origin": "12"}, "Nine or ten"),
        (MethodKind.ACH, {"offset_routing": "021000021"}, "checking or a savings"),
        (MethodKind.ACH, {"offset_routing": "021000021", "offset_type": "savings"}, "4 to 17"),
        (MethodKind.PAYPAL, {"client_id": "short"}, "developer pages"),
        (MethodKind.PAYPAL, {"environment": "moon"}, "valid choice"),
    ],
)
def test_where_money_comes_from_is_checked_at_entry(
    finance: Client, program: Program, kind: MethodKind, wrong: dict[str, str], sentence: str
) -> None:
    address = at("rail-account", program.id, kind)
    refused = finance.post(address, ACCOUNTS[kind] | wrong)
    assert (refused.status_code, sentence in text(refused)) == (422, True)
    assert account_in_use(program.id, kind) is None


def test_an_account_is_kept_shown_masked_changed_and_no_longer_used(
    finance: Client, manager: Client, program: Program
) -> None:
    for kind in (MethodKind.IBAN, MethodKind.ACH, MethodKind.PAYPAL):
        address = at("rail-account", program.id, kind)
        assert "Not set up" in text(finance.get(address))
        assert finance.post(address, ACCOUNTS[kind]).status_code == 303
        first = account_in_use(program.id, kind)
        # A secret may be left free, and the same again changes nothing.
        assert finance.post(address, ACCOUNTS[kind] | {"secret": ""}).status_code == 303
        assert account_in_use(program.id, kind) == first
        read = text(manager.get(address))
        assert all(value not in read for name, value in ACCOUNTS[kind].items() if name in {"iban", "odfi", "secret"})
        assert ACCOUNTS[kind].get("secret", "never") not in text(finance.get(address))
    page = text(finance.get(at("payout-settings", program.id)))
    assert "GB\u2026 6819" in page
    changed = ACCOUNTS[MethodKind.IBAN] | {"iban": "DE89370400440532013000"}
    finance.post(at("rail-account", program.id, "iban"), changed)
    assert "DE\u2026 3000" in text(manager.get(at("payout-settings", program.id)))
    finance.post(at("rail-account-forget", program.id, "iban"))
    assert account_in_use(program.id, MethodKind.IBAN) is None
    offset = {"offset_routing": "026009593", "offset_account": "99887766", "offset_type": "checking"}
    assert finance.post(at("rail-account", program.id, "ach"), ACCOUNTS[MethodKind.ACH] | offset).status_code == 303


def test_each_rail_of_a_run_makes_its_file_which_is_answered_or_settled_as_a_whole(
    finance: Client, program: Program
) -> None:
    make_account(program, MethodKind.IBAN)
    make_account(program, MethodKind.ACH)
    run = approved(program, MethodKind.IBAN, MethodKind.ACH, MethodKind.WISE)
    here = at("payout-run", program.id, run.id)
    page = text(finance.get(here))
    assert page.count("Make the file and mark as sent") == 3
    for kind in ("iban", "ach", "wise"):
        assert finance.post(at("payout-file-make", program.id, run.id, kind)).status_code == 303
    types = {"iban": ("application/xml", "xml"), "ach": ("text/plain", "ach"), "wise": ("text/csv", "csv")}
    for kind, (content_type, suffix) in types.items():
        file = finance.get(at("payout-file", program.id, run.id, kind, "1"))
        assert file["Content-Type"].startswith(content_type)
        assert f'{run.id}-{kind}.{suffix}"' in file["Content-Disposition"]
    page = text(finance.get(here))
    assert all(made.digest in page for made in PayoutFile.objects.all())
    sepa = PayoutFile.objects.get(method_kind="iban")
    iban = Payout.objects.get(method_kind="iban")
    upload = {"file": SimpleUploadedFile("answer.xml", answer_to(content_of(sepa), {iban.id: "RJCT AC04"}))}
    taken = text(finance.post(at("payout-run-answers", program.id, run.id), upload, follow=True))
    assert "1 payout noted." in taken
    settle = at("payout-settle-rest", program.id, run.id, "ach")
    assert finance.post(settle, {"reference": ""}).status_code == 422
    assert finance.post(settle, {"reference": "STATEMENT 7"}).status_code == 303
    states = dict(Payout.objects.values_list("method_kind", "state"))
    assert states == {"iban": PayoutState.FAILED, "ach": PayoutState.SETTLED, "wise": PayoutState.SENT}
    assert "by bank transfer to \u2026 6789" in text(
        finance.get(at("payout", program.id, run.id, Payout.objects.get(method_kind="ach").id))
    )


def test_a_bomb_is_refused_with_a_sentence(finance: Client, program: Program) -> None:
    run = approved(program, MethodKind.IBAN)
    finance.post(at("payout-file-make", program.id, run.id, "iban"))
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><Document>&b;</Document>'
    upload = {"file": SimpleUploadedFile("answer.xml", bomb)}
    refused = finance.post(at("payout-run-answers", program.id, run.id), upload)
    assert (refused.status_code, "not an XML file that a bank would send" in text(refused)) == (422, True)


def test_a_call_is_sent_refused_asked_again_and_heard_of_by_paypals_message(
    finance: Client, program: Program, paypal: Simulator
) -> None:
    make_account(program, MethodKind.PAYPAL)
    assert "knows these credentials" in text(finance.post(at("rail-account-try", program.id, "paypal"), follow=True))
    run = approved(program, MethodKind.PAYPAL)
    here = at("payout-run", program.id, run.id)
    assert "Send by PayPal now" in text(finance.get(here))
    finance.post(at("payout-file-make", program.id, run.id, "paypal"), {"format": "paypal-call"})
    paypal.secret = "changed"
    paying_jobs.carry_calls.call(run_id=run.id)
    page = text(finance.get(here))
    assert ("Refused, nothing was paid" in page, "Give it back" in page) == (True, True)
    call = RailCall.objects.get()
    paypal.secret = ACCOUNTS[MethodKind.PAYPAL]["secret"]
    assert finance.post(at("rail-call-again", program.id, run.id, call.name)).status_code == 303
    paying_jobs.carry_calls.call(run_id=run.id)
    call.refresh_from_db()
    assert call.batch_id in text(finance.get(here))
    sent = finance.get(at("payout-file", program.id, run.id, "paypal", "1"))
    assert json.loads(sent.content)["sender_batch_header"]["sender_batch_id"] == call.name

    hook = reverse("public:paypal-hook", args=[program.id, hook_of_program(program.id)])
    assert hook in text(finance.get(at("rail-account", program.id, "paypal")))
    for body, status in (("{}", 400), ("x", 400), ("[]", 400), ('{"resource": {}}', 204)):
        assert Client().post(hook, body, content_type="application/json").status_code == status
    assert Client().post(hook, "x" * 200_001, content_type="text/plain").status_code == 400
    paypal.decide(lambda _receiver: "SUCCESS")
    message = {"event_type": "PAYMENT.PAYOUTS-ITEM.SUCCEEDED", "resource": {"payout_batch_id": call.batch_id}}
    assert Client().post(hook, json.dumps(message), content_type="application/json").status_code == 204
    assert paying_jobs.calls_wait()
    paying_jobs.look_at_calls.call()
    assert Payout.objects.get().state == PayoutState.SETTLED
    paying_jobs.look_at_call.call(name=call.name)


def test_a_refused_call_is_given_back(finance: Client, program: Program, paypal: Simulator) -> None:
    make_account(program, MethodKind.PAYPAL)
    run = approved(program, MethodKind.PAYPAL)
    finance.post(at("payout-file-make", program.id, run.id, "paypal"))
    paypal.secret = "changed"
    paying_jobs.carry_calls.call(run_id=run.id)
    finance.post(at("rail-call-back", program.id, run.id, RailCall.objects.get().name))
    paying_jobs.carry_calls.call(run_id=run.id)
    assert Payout.objects.get().state == PayoutState.FAILED


def test_what_a_bank_wants_corrected_is_entered_from_the_page(finance: Client, program: Program) -> None:
    make_account(program, MethodKind.ACH)
    run = approved(program, MethodKind.ACH)
    finance.post(at("payout-file-make", program.id, run.id, "ach"))
    payout = Payout.objects.get()
    notice = keep_notice(payout_id=payout.id, code="C01", corrected="55554444", at=now())
    assert notice
    for name, keys in (("payout-run", (run.id,)), ("payout", (run.id, payout.id))):
        page = text(finance.get(at(name, program.id, *keys)))
        assert ("The account number should be another one." in page, "55554444" in page) == (True, False)
    taken = finance.post(at("change-notice-take", program.id, run.id, payout.id, notice.id))
    assert taken.status_code == 303
    method = method_of(payout.agreement.partner.organisation_id)
    assert (method.masked if method else "") == "\u2026 4444"
    assert "Enter it for the partner" not in text(finance.get(at("payout", program.id, run.id, payout.id)))


def test_a_large_file_is_left_to_the_worker(finance: Client, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.doors.console.paying.files.AT_ONCE", 0)
    run = approved(program, MethodKind.MANUAL)
    finance.post(at("payout-file-make", program.id, run.id, "manual"))
    assert Payout.objects.get().state == PayoutState.RESERVED
    paying_jobs.send_run.call(run_id=run.id)
    assert Payout.objects.get().state == PayoutState.SENT
