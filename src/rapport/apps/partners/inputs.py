"""What the actions of partners take."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from rapport.apps.identity.inputs import Website
from rapport.apps.partners.models import DeclineCode, Segment
from rapport.apps.record.inputs import Input


def _mail(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValueError(_("Give a mail address such as anna@example.com.")) from error
    return value.lower()


class ApplicationInput(Input):
    """What somebody says who wants to join."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    organisation_name: Annotated[str, Field(min_length=1, max_length=120)]
    email: Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_mail)]
    website: Website = ""  # becomes the organisation's when the application is approved
    segment: Segment
    promotion: Annotated[str, Field(min_length=1, max_length=4000)]
    accepted_version: Annotated[str, Field(min_length=1, max_length=32)]
    language: Annotated[str, Field(max_length=8)] = "en"


MOST_ANSWER_DAYS = 30


class RulesInput(Input):
    """Which applicants come in without a person, and when all others have an answer."""

    verified_site: bool = False
    verified_profile: bool = False
    known_customer: bool = False
    answer_days: Annotated[int, Field(ge=1, le=MOST_ANSWER_DAYS)] = 1


class DeclineInput(Input):
    """Why an application is declined."""

    code: DeclineCode
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
