"""What the actions of tracking take."""

import re
from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, AwareDatetime, Field

from rapport.apps.programs.inputs import OptionalWebAddress
from rapport.apps.record.inputs import Input
from rapport.domain.caps import Cap
from rapport.wire.macros import MACROS, unknown_macros

SUB_NAMES = tuple(f"sub{number}" for number in range(1, 11))
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")
# Words that a visitor would take for a page of the shop or of ours.
_RESERVED = re.compile(
    "account|admin|api|app|assets|checkout|click|console|dashboard|demo|help|index|links?|login|logout|pay|payments?"
    "|portal|rapport|root|settings|sign-?in|sign-?up|static|status|support|system"
)
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9-]{2,63}")
_SUB_LENGTH = 250
_WORD = re.compile(r"[^\x00-\x1f\x7f]*")


def _link_code(value: str) -> str:
    if value and not _CODE.fullmatch(value):
        raise ValueError(_("Use 3 to 64 letters, digits, hyphens or underscores, starting with a letter or digit."))
    if _RESERVED.fullmatch(value.lower()):
        raise ValueError(_("This word is kept for Rapport itself. Choose another."))
    return value.lower()


def _coupon_code(value: str) -> str:
    if not _CODE.fullmatch(value):
        raise ValueError(_("Use 3 to 64 letters, digits, hyphens or underscores, starting with a letter or digit."))
    return value.upper()


def _word(value: str) -> str:
    if not _WORD.fullmatch(value):
        raise ValueError(_("Remove the control characters."))
    return value


def _subs(values: dict[str, str]) -> dict[str, str]:
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    if set(given) - set(SUB_NAMES):
        raise ValueError(_("Sub-ids are called sub1 to sub10."))
    if any(len(value) > _SUB_LENGTH or not _WORD.fullmatch(value) for value in given.values()):
        raise ValueError(_("Shorten the sub-ids to 250 characters and remove control characters."))
    return given


Word = Annotated[str, Field(max_length=64), AfterValidator(_word)]


def _domain(value: str) -> str:
    """Return a host name in lower-case ASCII; a name of one label, an address or a port is none that can be proven."""
    try:
        name = value.strip().rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError:
        name = ""
    if not _DOMAIN.fullmatch(name):
        raise ValueError(_("Give a host name of your own, such as go.shop.example."))
    return name


class DomainInput(Input):
    """A name of a program's own for its links."""

    name: Annotated[str, Field(min_length=1, max_length=253), AfterValidator(_domain)]


def _with_known_macros(value: str) -> str:
    wrong = unknown_macros(value)
    if wrong:
        raise ValueError(
            _("Nothing is known of %(wrong)s. In braces may stand: %(known)s.")
            % {"wrong": wrong[0], "known": ", ".join(f"{{{name}}}" for name in sorted(MACROS))}
        )
    return value


MOST_CLICKS = 1_000_000_000
Clicks = Annotated[int, Field(ge=1, le=MOST_CLICKS)]


class LimitsInput(Input):
    """When a link leads on, the end excluded, and how often; where to otherwise: empty means the program's fallback.

    Clicks are counted that were handed out to people: no bots, tests, framed pages or second clicks within ten seconds.
    """

    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    fallback_url: Annotated[OptionalWebAddress, AfterValidator(_with_known_macros)] = ""
    clicks_per_day: Clicks | None = None
    clicks_in_total: Clicks | None = None

    @property
    def cap(self) -> Cap:
        """How many clicks it may hand out."""
        return Cap(self.clicks_per_day, self.clicks_in_total)

    @property
    def are_any(self) -> bool:
        """Whether anything is limited."""
        return bool(self.starts_at or self.ends_at or self.fallback_url) or self.cap != Cap()


Tag = Annotated[str, Field(max_length=200), AfterValidator(_word), AfterValidator(_with_known_macros)]


class TagsInput(Input):
    """What destinations say of where a visit came from; an empty one is left out."""

    utm_source: Tag = ""
    utm_medium: Tag = ""
    utm_campaign: Tag = ""
    utm_term: Tag = ""
    utm_content: Tag = ""


class LinkInput(LimitsInput):
    """What a partner or manager says about a link; no destination means the program's landing page."""

    destination: Annotated[OptionalWebAddress, AfterValidator(_with_known_macros)] = ""
    name: Annotated[str, Field(max_length=120), AfterValidator(_word)] = ""
    code: Annotated[str, Field(max_length=64), AfterValidator(_link_code)] = ""
    placement: Word = ""
    channel: Word = ""
    subs: Annotated[dict[str, str], AfterValidator(_subs)] = Field(default_factory=dict)


class CouponInput(Input):
    """What a manager says about a coupon."""

    code: Annotated[str, Field(max_length=64), AfterValidator(_coupon_code)]
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None

    def starts(self, at: datetime) -> datetime:
        """Return from when it counts; not given means from now on."""
        return self.starts_at or at
