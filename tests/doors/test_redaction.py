"""One-time secrets never reach the log."""

import io
import logging

import pytest
from django.test import Client

from rapport.doors.redaction import SecretPaths

SECRET = "RVTF33FujYrdQ1Az7ptFfSRDQWE"


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["/start/", "/invitations/", "/accounts/password/reset/key/"])
def test_a_refused_address_is_logged_without_its_secret(place: str) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(SecretPaths())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        Client().get(f"{place}{SECRET}?x=1")
        Client().post(f"{place}{SECRET}")
    finally:
        logger.removeHandler(handler)
    assert written.getvalue()
    assert SECRET not in written.getvalue()


def test_other_lines_stay_as_they_are() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s: %d %s", ("Not Found", 4, "/p/marlow"), None)
    assert SecretPaths().filter(record)
    assert record.getMessage() == "Not Found: 4 /p/marlow"
