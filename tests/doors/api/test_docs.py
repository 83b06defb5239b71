"""The documentation says every address, every answer and every field."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_description_names_every_answer_of_every_operation() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/v1/agreements/{agreement_id}/progress",
        "/api/v1/agreements/{agreement_id}/statement",
        "/api/v1/commissions/{commission_id}",
        "/api/v1/conversions",
        "/api/v1/conversions/{conversion_id}",
        "/api/v1/corrections",
        "/api/v1/links",
        "/api/v1/links/{link_id}",
        "/api/v1/links/{link_id}/limits",
        "/api/v1/links/{link_id}/pause",
        "/api/v1/links/{link_id}/resume",
        "/api/v1/programs/{program_id}/terms",
        "/api/v1/programs/{program_id}/terms/check",
        "/api/v1/programs/{program_id}/terms/draft",
        "/api/v1/programs/{program_id}/terms/{number}",
        "/api/v1/programs/{program_id}/trials",
        "/api/v1/receipts/{receipt_id}",
        "/api/v1/replays",
        "/api/v1/replays/{replay_id}",
        "/api/v1/reports/clicks",
        "/api/v1/trials",
    }
    answers = described["paths"]["/api/v1/corrections"]["post"]["responses"]
    assert set(answers) == {"200", "201", "202", "400", "401", "403", "404", "409", "413", "422"}
    assert set(answers["422"]["content"]) == {"application/problem+json"}
    assert set(answers["202"]["content"]) == {"application/json"}


def test_the_page_shows_the_same_and_needs_no_script_of_others() -> None:
    response = Client().get("/api/v1/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    for said in ("POST /api/v1/conversions", "Idempotency-Key", 'id="ConversionBody"', "external_id", "list of string"):
        assert said in page
    assert "https://" not in page.replace("https://www.w3.org", "")
