"""A merchant's shop that reports through the API."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from rapport.apps.identity.rights import KeyScope
from rapport.apps.programs.models import Program
from rapport.apps.tracking.models import Link
from tests.make.identity import make_api_key, make_organisation
from tests.make.road import make_agreement, make_coupon, make_link, make_program


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with its key, its program, and a partner with a link and the code ANNA12."""

    client: Client
    program: Program
    link: Link

    def post(self, what: str, body: object, **headers: str) -> HttpResponse:
        """Send a body as JSON, or as the bytes that it is."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        address = f"/api/v1/{what}"
        sent = self.client.post(address, raw, content_type="application/json", headers=headers)
        assert isinstance(sent, HttpResponse)
        return sent

    def sell(self, external_id: str = "1001", **given: object) -> tuple[int, dict[str, Any]]:
        """Report a sale; return status and body."""
        sale = {"kind": "sale", "external_id": external_id, "currency": "EUR", "total": "104.22"}
        return answered(self.post("conversions", {**sale, **given}))

    def correct(self, external_id: str = "back-1", of: str = "1001", **given: object) -> tuple[int, dict[str, Any]]:
        """Report a refund; return status and body."""
        refund = {"kind": "refund", "external_id": external_id, "of": of, "currency": "EUR"}
        return answered(self.post("corrections", {**refund, **given}))


def answered(response: HttpResponseBase) -> tuple[int, dict[str, Any]]:
    """Return status and body; a refusal must be a problem of the standard kind."""
    assert isinstance(response, HttpResponse)
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json", response.content
    body: dict[str, Any] = json.loads(response.content)
    return response.status_code, body


def open_shop(*scopes: KeyScope) -> Shop:
    """Return a new shop whose key has these scopes, by default that of a shop."""
    workspace = make_organisation()
    program = make_program(workspace)
    agreement = make_agreement(program)
    make_coupon(agreement, "ANNA12")
    secret = make_api_key(workspace, *(scopes or (KeyScope.CONVERSIONS_WRITE,))).secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return Shop(client, program, make_link(agreement))


@pytest.fixture
def shop(db: None) -> Shop:
    """A shop."""
    return open_shop()
