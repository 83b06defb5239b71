"""What a message may be."""

from typing import Annotated

from pydantic import Field

from rapport.apps.record.inputs import Input

LONGEST = 5_000


class MessageInput(Input):
    """Plain text; nothing in it is ever taken for markup."""

    body: Annotated[str, Field(min_length=1, max_length=LONGEST)]
