"""Read one click by its id: what the signed capsule says, what the lake knows, and which orders named it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from rapport.apps.conversions.models import Conversion, NamedClick
from rapport.apps.conversions.queries import conversions_found, conversions_of
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from rapport.apps.tracking.queries import click_keys, links_of_numbers
from rapport.edge.reasons import Reason
from rapport.kit.clock import from_ms
from rapport.lake.questions import ClickRow, lake_at
from rapport.wire.clickid import ClickId, Mark, Refusal, read


@dataclass(frozen=True, slots=True)
class ReadClick:
    """A click id read in the light of one program: `problem` says why it cannot earn, empty when it can."""

    text: str
    problem: str
    clicked_at: datetime | None
    link: Link | None
    marks: tuple[str, ...]
    visit: ClickRow | None
    conversions: tuple[Conversion, ...]

    @property
    def noted(self) -> str:
        """Say what the edge wrote down about it."""
        return reason_words(self.visit.reason) if self.visit else ""


def read_click(program: Program, text: str) -> ReadClick:
    """Read a click id for somebody of this program's team; a foreign program's click shows nothing but that."""
    naming = tuple(conversions_found(conversions_of(program.id), text).filter(clicks__click_id=text).distinct())
    capsule = read(text, keys=click_keys())
    if not isinstance(capsule, ClickId):
        return ReadClick(text, refusal_words(capsule), None, None, (), None, naming)
    link = links_of_numbers(program.id, numbers={capsule.link_number}).get(capsule.link_number)
    if link is None:
        return ReadClick(text, _("It is no click of this program."), None, None, (), None, naming)
    return ReadClick(
        text=text,
        problem=_problem(capsule),
        clicked_at=from_ms(capsule.at_ms),
        link=link,
        marks=tuple(words for mark, words in mark_words().items() if mark in capsule.marks),
        visit=lake_at(settings.LAKE_FOLDER).click(text),
        conversions=naming,
    )


def click_of_order(program: Program, text: str) -> str | None:
    """Return the click that an order of this program named last, by the order's own id; None where it named none."""
    if isinstance(read(text, keys=click_keys()), ClickId):
        return None
    named = NamedClick.objects.filter(conversion__in=conversions_found(conversions_of(program.id), text))
    return named.order_by("-clicked_at", "-id").values_list("click_id", flat=True).first()


def refusal_words(refusal: Refusal) -> str:
    """Say why a text is no click id of ours."""
    return {
        Refusal.MALFORMED: _("This is no click id: one has 32 letters, digits, hyphens or underscores."),
        Refusal.UNKNOWN_KEY: _("It was signed by a key that this installation never had."),
        Refusal.FORGED: _("Its signature is wrong: somebody changed it or made it up."),
    }[refusal]


def mark_words() -> dict[Mark, str]:
    """Name what the edge noted on a click."""
    return {
        Mark.VIEW: _("seen, not clicked"),
        Mark.BOT: _("a program, not a person"),
        Mark.FRAMED: _("loaded inside another page or in advance"),
        Mark.NO_CONSENT: _("without consent to cookies"),
        Mark.TEST: _("a click to try the link out"),
    }


def reason_words(reason: str) -> str:
    """Say what the edge wrote down about a click; a word that it wrote once and we no longer know stays as it is."""
    words: dict[str, str] = {
        Reason.PROGRAM_CLOSED: _("the program is not open"),
        Reason.LINK_INACTIVE: _("the link is paused, or its partner's agreement has ended"),
        Reason.LINK_NOT_STARTED: _("the link's time had not begun"),
        Reason.LINK_ENDED: _("the link's time was over"),
        Reason.LINK_FULL: _("the link was full: its clicks had come up to its cap"),
        Reason.HEAD_REQUEST: _("only asked whether the address is there"),
        Reason.EMPTY_AGENT: _("did not say what program it is"),
        Reason.BOT_AGENT: _("said that it is a robot"),
        Reason.PREFETCH: _("loaded in advance"),
        Reason.FRAMED: _("loaded inside another page"),
        Reason.SUBRESOURCE: _("asked for as a part of another page"),
        Reason.FOREIGN_DEEP_LINK: _("asked for an address outside the program's hosts"),
    }
    return words.get(reason, reason)


def _problem(capsule: ClickId) -> str:
    if capsule.revoked_key:
        return _("Its key was revoked: it counts only if the visit is on record.")
    if capsule.marks & (Mark.BOT | Mark.FRAMED | Mark.VIEW | Mark.TEST):
        return _("It is marked as a visit that cannot earn.")
    return ""
