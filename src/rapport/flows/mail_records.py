"""Will other mail servers believe our mail: SPF, DKIM and DMARC of the sender's domain, and what to paste."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.delivery.envelope import domain_of
from rapport.kit.records import NoAnswer, Records
from rapport.kit.spf import Spf, spf_of

# Where providers keep the key of a domain, when nobody said where ours is.
COMMON_SELECTORS = (
    *("default", "mail", "dkim", "rapport", "google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3"),
    *("pm", "mandrill", "mxvault", "smtp", "sib", "fm1", "zoho", "protonmail", "mailjet", "scph0124", "mta"),
)
LOCAL_DOMAINS = frozenset({"localhost", ""})


class Verdict(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `name` and `record` are what to paste where something is missing."""

    what: str
    verdict: Verdict
    words: str
    name: str = ""
    record: str = ""


def mail_findings(records: Records) -> Iterator[Finding]:
    """Look at the records of the sender's domain, one after the other; without an answer each says so."""
    domain = domain_of(settings.DEFAULT_FROM_EMAIL)
    if domain in LOCAL_DOMAINS:
        yield Finding(
            _("Sender"),
            Verdict.WRONG,
            _("Nobody can answer %(from)s: set mail_from to an address of your domain.")
            % {"from": settings.DEFAULT_FROM_EMAIL},
        )
        return
    for what, look in (("SPF", _spf), ("DKIM", _dkim), ("DMARC", _dmarc), (_("Bounces"), _bounces)):
        try:
            yield look(domain, records)
        except NoAnswer as silence:
            yield Finding(what, Verdict.WARN, _("No name server answered: %(why)s") % {"why": silence})


def _spf(domain: str, records: Records) -> Finding:
    """Judge the server that we hand mail to; a provider may send from others, which its own record names."""
    host = settings.EMAIL_HOST
    paste = f"v=spf1 a:{host} ~all" if host and not _is_here(host) else "v=spf1 mx a ~all"
    said = spf_of(domain, addresses=_addresses(host, records), records=records)
    words = {
        Spf.NONE: (Verdict.WRONG, _("There is no SPF record.")),
        Spf.SEVERAL: (Verdict.WRONG, _("There are several SPF records; only one may stand, so none counts.")),
        Spf.TOO_LONG: (Verdict.WRONG, _("It needs more than ten look-ups, so it does not count.")),
        Spf.PASS: (Verdict.OK, _("It names the mail server.")),
        Spf.UNKNOWN: (Verdict.OK, _("There is one. Which addresses mail leaves from is not known here.")),
        Spf.FAIL: (
            Verdict.WARN,
            _("It does not name the mail server. If that hands mail on, include what its provider says."),
        ),
    }
    verdict, sentence = words[said]
    return Finding("SPF", verdict, sentence, domain, "" if verdict == Verdict.OK else paste)


def _dkim(domain: str, records: Records) -> Finding:
    chosen = settings.MAIL_DKIM_SELECTOR
    for selector in (chosen,) if chosen else COMMON_SELECTORS:
        name = f"{selector}._domainkey.{domain}"
        if any("p=" in text and "p=;" not in text.replace(" ", "") for text in records.texts(name)):
            return Finding("DKIM", Verdict.OK, _("The key %(selector)s is there.") % {"selector": selector}, name)
    if chosen:
        sentence = _("There is no key under this name. Your mail server or provider shows the record to paste.")
        return Finding("DKIM", Verdict.WRONG, sentence, f"{chosen}._domainkey.{domain}")
    sentence = _(
        "No key was found under the usual names. Your mail server or provider shows the record to paste; "
        "say the name of its key in mail_dkim_selector."
    )
    return Finding("DKIM", Verdict.WARN, sentence, f"…._domainkey.{domain}")


def _dmarc(domain: str, records: Records) -> Finding:
    """Look at the domain and at those above it, whose record counts for it as well."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        name = "_dmarc." + ".".join(labels[start:])
        found = [text for text in records.texts(name) if text.lower().replace(" ", "").startswith("v=dmarc1")]
        if len(found) > 1:
            return Finding("DMARC", Verdict.WRONG, _("There are several DMARC records, so none counts."), name)
        if found:
            return Finding("DMARC", Verdict.OK, found[0][:200], name)
    record = f"v=DMARC1; p=none; rua=mailto:{settings.MAIL_BOUNCES or 'postmaster@' + domain}"
    sentence = _("There is no DMARC record; large providers refuse mail without one.")
    return Finding("DMARC", Verdict.WRONG, sentence, f"_dmarc.{domain}", record)


def _bounces(_domain: str, records: Records) -> Finding:
    address = settings.MAIL_BOUNCES
    if not address:
        return Finding(_("Bounces"), Verdict.WARN, _("They go to the sender and nobody reads them: set mail_bounces."))
    domain = domain_of(address)
    if not (records.mail_servers(domain) or records.addresses(domain)):
        sentence = _("Nothing takes mail for %(domain)s: it has no MX record.") % {"domain": domain}
        return Finding(_("Bounces"), Verdict.WRONG, sentence, domain)
    if not settings.MAIL_BOUNCES_URL:
        return Finding(
            _("Bounces"), Verdict.WARN, _("Nobody reads %(address)s: set mail_bounces_url.") % {"address": address}
        )
    return Finding(_("Bounces"), Verdict.OK, _("%(address)s is read every five minutes.") % {"address": address})


def _addresses(host: str, records: Records) -> list[str]:
    """Return the public addresses of the mail server; what stands on this machine sends from an address not known."""
    if not host or _is_here(host):
        return []
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    except OSError:
        return records.addresses(host)
    return [host]


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
