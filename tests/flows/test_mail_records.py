"""SPF, DKIM and DMARC asked of a real name server: what is in order, what is missing, and what to paste."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from rapport.flows.mail_records import Finding, Verdict, mail_findings
from rapport.kit.records import Records
from rapport.kit.spf import Spf, spf_of
from tests.support.names import NameServer, naming

DOMAIN = "partners.example"


@pytest.fixture
def names(settings: Settings) -> Iterator[NameServer]:
    """A name server, and settings of an installation that sends through a provider."""
    settings.DEFAULT_FROM_EMAIL = f"Rapport <rapport@{DOMAIN}>"
    settings.EMAIL_HOST, settings.MAIL_BOUNCES, settings.MAIL_BOUNCES_URL = "smtp.provider.example", "", ""
    with naming() as server:
        server.say("smtp.provider.example", "A", "192.0.2.25")
        yield server


def found(names: NameServer) -> dict[str, Finding]:
    return {finding.what: finding for finding in mail_findings(Records(names.address))}


def test_without_records_each_is_named_with_what_to_paste(names: NameServer) -> None:
    said = found(names)
    assert (said["SPF"].verdict, said["SPF"].record) == (Verdict.WRONG, "v=spf1 a:smtp.provider.example ~all")
    assert said["DKIM"].verdict == Verdict.WARN
    assert (said["DMARC"].name, said["DMARC"].record) == (
        f"_dmarc.{DOMAIN}",
        f"v=DMARC1; p=none; rua=mailto:postmaster@{DOMAIN}",
    )
    assert said["Bounces"].verdict == Verdict.WARN


def test_with_records_all_is_in_order(names: NameServer, settings: Settings) -> None:
    settings.MAIL_BOUNCES, settings.MAIL_BOUNCES_URL = f"bounces@{DOMAIN}", "maildir:///x"
    names.say(DOMAIN, "TXT", "a word of somebody else", "v=spf1 include:_spf.provider.example ~all")
    names.say("_spf.provider.example", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
    names.say(f"s1._domainkey.{DOMAIN}", "TXT", "v=DKIM1; k=rsa; p=MIIB")
    names.say(f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=quarantine")
    names.say(DOMAIN, "MX", f"10 mx.{DOMAIN}.")
    assert {what: finding.verdict for what, finding in found(names).items()} == dict.fromkeys(
        ("SPF", "DKIM", "DMARC", "Bounces"), Verdict.OK
    )


def test_what_is_half_right_is_said(names: NameServer, settings: Settings) -> None:
    settings.MAIL_DKIM_SELECTOR, settings.MAIL_BOUNCES = "mine", "bounces@elsewhere.example"
    settings.DEFAULT_FROM_EMAIL = f"rapport@mail.{DOMAIN}"
    names.say(f"mail.{DOMAIN}", "TXT", "v=spf1 ip4:198.51.100.1 -all")
    names.say(f"mine._domainkey.mail.{DOMAIN}", "TXT", "v=DKIM1; p=;")
    names.say(f"_dmarc.{DOMAIN}", "TXT", "v=DMARC1; p=none", "v=DMARC1; p=reject")
    said = found(names)
    assert {what: finding.verdict for what, finding in said.items()} == {
        "SPF": Verdict.WARN,
        "DKIM": Verdict.WRONG,
        "DMARC": Verdict.WRONG,
        "Bounces": Verdict.WRONG,
    }
    names.say("elsewhere.example", "A", "192.0.2.1")
    assert "set mail_bounces_url" in found(names)["Bounces"].words
    settings.EMAIL_HOST = "127.0.0.1"
    assert found(names)["SPF"].verdict == Verdict.OK, "from which address a server here sends is not known"


def test_silence_and_a_sender_without_a_domain_are_said(names: NameServer, settings: Settings) -> None:
    names.silent = True
    assert {finding.verdict for what, finding in found(names).items() if what != "Bounces"} == {Verdict.WARN}
    settings.DEFAULT_FROM_EMAIL = "rapport@localhost"
    [only] = mail_findings(Records(names.address))
    assert (only.verdict, "set mail_from" in only.words) == (Verdict.WRONG, True)


@pytest.mark.parametrize(
    ("record", "address", "said"),
    [
        ("v=spf1 ip4:192.0.2.25 -all", "192.0.2.25", Spf.PASS),
        ("v=spf1 -ip4:192.0.2.25 +all", "192.0.2.25", Spf.FAIL),
        ("v=spf1 ?ip4:192.0.2.25 +all", "192.0.2.25", Spf.FAIL),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::25", Spf.PASS),
        ("v=spf1 a:smtp.provider.example -all", "192.0.2.25", Spf.PASS),
        ("v=spf1 a:smtp.provider.example/24 -all", "192.0.2.99", Spf.PASS),
        ("v=spf1 a -all", "192.0.2.25", Spf.FAIL),
        ("v=spf1 mx -all", "192.0.2.26", Spf.PASS),
        ("v=spf1 mx/24 -all", "192.0.2.99", Spf.PASS),
        ("v=spf1 redirect=_spf.provider.example", "192.0.2.25", Spf.PASS),
        ("v=spf1 include:loop.example -all", "192.0.2.25", Spf.TOO_LONG),
        ("v=spf1 exists:%{i}.x.example ip4:nonsense unknown", "192.0.2.25", Spf.FAIL),
        ("v=spf10 all", "192.0.2.25", Spf.NONE),
    ],
)
def test_spf_says_who_may_send(names: NameServer, record: str, address: str, said: Spf) -> None:
    names.say(DOMAIN, "TXT", record)
    names.say(DOMAIN, "MX", "10 mx.partners.example.")
    names.say("mx.partners.example", "A", "192.0.2.26")
    names.say("_spf.provider.example", "TXT", "v=spf1 ip4:192.0.2.0/27 -all")
    names.say("loop.example", "TXT", "v=spf1 include:loop.example -all")
    assert spf_of(DOMAIN, addresses=[address], records=Records(names.address)) == said


def test_two_spf_records_are_none(names: NameServer) -> None:
    names.say(DOMAIN, "TXT", "v=spf1 +all", "v=spf1 -all")
    assert spf_of(DOMAIN, addresses=["192.0.2.1"], records=Records(names.address)) == Spf.SEVERAL


def test_a_name_server_is_named_by_its_address(names: NameServer) -> None:
    assert Records(names.address).alias("smtp.provider.example") == ""
    names.say("go.example", "CNAME", "Partners.example.")
    assert Records(names.address).alias("go.example") == "partners.example"
    assert Records("127.0.0.1")._resolver().port == 53
    assert Records("::1")._resolver().nameservers == ["::1"]
    assert Records("[::1]:5353")._resolver().port == 5353
    assert Records()._resolver().nameservers
