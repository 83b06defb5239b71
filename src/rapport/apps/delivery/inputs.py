"""What the actions of delivery take."""

from typing import Annotated

from pydantic import Field

from rapport.apps.identity.inputs import Address
from rapport.apps.record.inputs import Input


class SuppressionInput(Input):
    """An address that gets no more mail, and why."""

    email: Address
    note: Annotated[str, Field(max_length=250)] = ""
