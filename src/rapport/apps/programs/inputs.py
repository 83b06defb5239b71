"""What the actions of programs take."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.utils.text import slugify
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, model_validator

from rapport.apps.record.inputs import Input
from rapport.domain.money import CURRENCIES

_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[0-9]{1,5})?"
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def web_address(value: str) -> str:
    """Accept only complete http(s) addresses without a user name in them."""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\\<>\"\x00-\x1f]", value):
        raise ValueError(_("Give a complete address that starts with https:// or http://."))
    return value


def host_of(address: str) -> str:
    """Return the host of a complete address, with its port where one is written, in lower case."""
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError(_("Give a currency code such as EUR, GBP or USD."))
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(_("Give a time zone such as Europe/Berlin."))
    return value


def _hosts(values: tuple[str, ...]) -> tuple[str, ...]:
    hosts = tuple(dict.fromkeys(value.strip().lower() for value in values if value.strip()))
    wrong = [host for host in hosts if not _HOST.fullmatch(host)]
    if wrong:
        raise ValueError(_("Give host names only, such as shop.example: %(wrong)s.") % {"wrong": ", ".join(wrong)})
    return hosts


def _slug(value: str) -> str:
    if value and not _SLUG.fullmatch(value):
        raise ValueError(_("Use small letters, digits and single hyphens."))
    return value


WebAddress = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(web_address)]
OptionalWebAddress = Annotated[str, Field(max_length=2000), AfterValidator(lambda value: value and web_address(value))]


class ProgramInput(Input):
    """What a person says about a program."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    slug: Annotated[str, Field(max_length=60), AfterValidator(_slug)] = ""
    currency: Annotated[str, AfterValidator(_currency)]
    zone: Annotated[str, AfterValidator(_zone)]
    landing_url: WebAddress
    fallback_url: OptionalWebAddress = ""
    hosts: Annotated[tuple[str, ...], Field(max_length=50), AfterValidator(_hosts)] = ()
    pitch: Annotated[str, Field(max_length=4000)] = ""
    consent_required: bool = False

    @model_validator(mode="after")
    def _has_a_slug(self) -> Self:
        if not self.address:
            raise ValueError(_("Give a short address: the name has no Latin letters to make one of."))
        return self

    @property
    def address(self) -> str:
        """Return the last part of the public page's address."""
        return self.slug or slugify(self.name)[:60].strip("-")

    @property
    def all_hosts(self) -> list[str]:
        """Return the hosts that deep links may lead to; the landing page's own is always one."""
        return list(dict.fromkeys((host_of(self.landing_url), *self.hosts)))
