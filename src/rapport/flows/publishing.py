"""Publish the draft of the terms: at once where it is worse for nobody, else after the notice that was promised."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.apps.programs.actions import publish_terms
from rapport.apps.programs.models import Program, TermsVersion
from rapport.apps.programs.queries import terms_of, version_in_force, versions_of
from rapport.apps.record.actors import Actor
from rapport.apps.record.errors import BadInput
from rapport.apps.record.write import transaction
from rapport.apps.replays.actions import carry_reason_over
from rapport.domain.terms import Problems, digest, parse
from rapport.flows.replaying.worse import Worse, names_of, worse_off

_NAMED = 3


class NoticeTooShort(BadInput):
    """Terms that are worse for somebody take effect too early."""

    def __init__(self, worse: Worse, *, days: int, earliest: str) -> None:
        """Say for whom, and from when on it may be."""
        told = {"n": len(worse.partners), "who": names_of(worse.partners, most=_NAMED), "days": days, "from": earliest}
        sentence = ngettext(
            "This is worse for %(n)s partner (%(who)s), and %(days)s days of notice are promised. Choose %(from)s or "
            "later.",
            "This is worse for %(n)s partners (%(who)s …), and %(days)s days of notice are promised. Choose %(from)s "
            "or later.",
            len(worse.partners),
        )
        super().__init__(sentence % told, fields={"effective_at": sentence % told})


class NotTried(BadInput):
    """Nobody knows yet whether terms that take effect early are worse for somebody."""

    def __init__(self, *, days: int, earliest: str) -> None:
        """Say what to do."""
        sentence = _(
            "Try the draft on the last year first: whether it is worse for anybody is not known yet, and %(days)s "
            "days of notice are promised. From %(from)s on it may be published in any case."
        ) % {"days": days, "from": earliest}
        super().__init__(sentence, fields={"effective_at": sentence})


def publish_draft(*, program: Program, effective_at: datetime, by: Actor, at: datetime, note: str = "") -> TermsVersion:
    """Publish the draft with the reason that was kept beside it; raises where the notice would be too short."""
    _keep_notice(program, effective_at=effective_at, at=at)
    with transaction():
        version = publish_terms(program_id=program.id, effective_at=effective_at, note=note, by=by, at=at)
        carry_reason_over(version)
    return version


def notice_of(program: Program, *, at: datetime) -> timedelta:
    """Return how long before it takes effect a worse version must be announced, by the terms in force."""
    version = version_in_force(program.id, at=at)
    return timedelta(days=terms_of(version, currency=program.currency).notice.days) if version else timedelta(0)


def _keep_notice(program: Program, *, effective_at: datetime, at: datetime) -> None:
    notice = notice_of(program, at=at)
    terms = parse(program.draft.document, currency=program.currency)
    # What lies in the past, cannot be read or says nothing new is refused by the action itself.
    if not at <= effective_at < at + notice or isinstance(terms, Problems):
        return
    latest = versions_of(program.id).first()
    if latest and latest.digest == digest(terms):
        return
    worse = worse_off(program, terms, at=at, compute=True)
    earliest = _shown(at + notice, program)
    if worse.partners:
        raise NoticeTooShort(worse, days=notice.days, earliest=earliest)
    if not worse.is_computed:
        raise NotTried(days=notice.days, earliest=earliest)


def _shown(moment: datetime, program: Program) -> str:
    return f"{moment.astimezone(ZoneInfo(program.zone)) + timedelta(minutes=1):%Y-%m-%d %H:%M}"
