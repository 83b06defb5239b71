"""What the actions of identity take, shared by forms and the command line."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from rapport.apps.identity.models import Role
from rapport.apps.identity.rights import TEAM_ROLES, KeyScope
from rapport.apps.record.inputs import Input


def _address(given: str) -> str:
    """Return a mail address as it is kept: in lower case."""
    try:
        validate_email(given)
    except ValidationError:
        raise ValueError(_("Give a mail address such as name@example.com.")) from None
    return given.lower()


def _website(given: str) -> str:
    try:
        if given:
            URLValidator(schemes=["http", "https"])(given)
    except ValidationError:
        raise ValueError(_("Give an address such as https://example.com.")) from None
    return given


def _country(given: str) -> str:
    if given and not (len(given) == len("DE") and given.isascii() and given.isalpha()):
        raise ValueError(_("Give the two letters of the country, such as DE."))
    return given.upper()


def _team_role(given: Role) -> Role:
    if given not in TEAM_ROLES:
        raise ValueError(_("Choose owner, manager, sales or finance."))
    return given


Name = Annotated[str, Field(min_length=1, max_length=120)]
Address = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_address)]
TeamRole = Annotated[Role, AfterValidator(_team_role)]
Website = Annotated[str, Field(max_length=500), AfterValidator(_website)]


class OrganisationInput(Input):
    """What a person says about an organisation."""

    name: Name
    country: Annotated[str, AfterValidator(_country)] = ""
    website: Website = ""


class PersonInput(Input):
    """Somebody who will sign in."""

    email: Address
    name: Name
    language: Annotated[str, Field(max_length=8)] = "en"


class TeammateInput(Input):
    """Somebody to be invited to a team."""

    email: Address
    role: TeamRole


class KeyInput(Input):
    """An API key to be made."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: Annotated[tuple[KeyScope, ...], Field(min_length=1)]
