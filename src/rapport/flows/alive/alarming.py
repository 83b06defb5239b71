"""Begin and end outages by what was seen, and write to the team when one begins or ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.apps.delivery.actions import keep_mail, write_out
from rapport.apps.delivery.letters import Button, Letter
from rapport.apps.identity.languages import speaking
from rapport.apps.identity.queries import team_of
from rapport.apps.identity.rights import ROLE_CAPABILITIES, Capability
from rapport.apps.outages.actions import Concern, begin_outage, end_outage
from rapport.apps.outages.models import Outage, OutageKind
from rapport.apps.outages.queries import has_other_news
from rapport.apps.programs.models import Program
from rapport.apps.programs.queries import all_programs
from rapport.apps.record.actors import Actor
from rapport.apps.record.write import transaction
from rapport.flows.alive.words import outage_words

BY = Actor.system("watch")
ONE_LETTER_IN = timedelta(hours=1)
"""Of the links of one program."""


def settle(
    concern: Concern, *, ill: bool, since: datetime, figures: Mapping[str, object], at: datetime
) -> Outage | None:
    """Begin an outage of what is ill, end that of what is well (since `since`); return it if either is news."""
    with transaction():
        if not ill:
            outage = end_outage(concern, ended_at=since, by=BY, at=at)
            is_news = outage is not None
        else:
            outage, is_news = begin_outage(concern, began_at=since, figures=figures, by=BY, at=at)
        if outage is None or not is_news:
            return None
        if not _was_told_lately(outage, at=at):
            _write_to_team(outage, at=at)
    return outage


def _was_told_lately(outage: Outage, *, at: datetime) -> bool:
    """Say whether the team has read of another link of the program within the hour: links of one shop fall together.

    The page and *Today* show them all.
    """
    return outage.kind == OutageKind.DESTINATION and has_other_news(outage, since=at - ONE_LETTER_IN)


def _write_to_team(outage: Outage, *, at: datetime) -> None:
    """Tell everybody who looks after jobs, each once; of the whole installation, the teams of all programs."""
    programs = [outage.program] if outage.program else list(all_programs().select_related("workspace"))
    told: set[str] = set()
    for program in programs:
        for email, language in _readers(program):
            if email not in told:
                told.add(email)
                with speaking(language):
                    keep_mail(mail=write_out(_letter(outage, program, email)), at=at)


def _readers(program: Program) -> Iterable[tuple[str, str]]:
    for seat in team_of(program.workspace_id):
        if Capability.JOB_READ in ROLE_CAPABILITIES[seat.role]:
            yield seat.person.email, seat.person.language


def _letter(outage: Outage, program: Program, email: str) -> Letter:
    words = outage_words(outage)
    over = outage.ended_at is not None
    subject = _("Over: %(what)s") if over else _("Tracking: %(what)s")
    return Letter(
        recipient=email,
        subject=subject % {"what": words.heading},
        paragraphs=(words.sentence, words.advice) if words.advice and not over else (words.sentence,),
        button=Button(_("Is tracking alive?"), reverse("console:alive", args=[program.id])),
        workspace_id=program.workspace_id,
        about_id=outage.id,
    )
