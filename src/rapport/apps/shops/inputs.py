"""What a person says about a shop that is to be connected; strict in shape and size."""

from typing import Annotated, Any

from pydantic import Field

from rapport.apps.record.inputs import Input


class ShopInput(Input):
    """A shop to connect: where it is, what opens it, and which kinds of the terms its orders are."""

    kind: str
    name: Annotated[str, Field(min_length=1, max_length=120)]
    address: Annotated[str, Field(max_length=500)] = ""
    signing_secret: Annotated[str, Field(max_length=250)] = ""
    keys: dict[str, Annotated[str, Field(max_length=250)]] = {}
    settings: dict[str, Any] = {}
