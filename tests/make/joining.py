"""Applications for stories."""

from rapport.apps.partners.inputs import ApplicationInput
from rapport.apps.programs.models import TermsVersion
from rapport.apps.record.inputs import read_input


def application_to(**given: object) -> ApplicationInput:
    """Return what an applicant says, on the latest terms that were published."""
    fields = {
        "name": "Mira Falk",
        "organisation_name": "Sleep Atlas",
        "email": "mira@sleepatlas.example",
        "segment": "niche",
        "promotion": "I compare mattresses.",
        "accepted_version": TermsVersion.objects.order_by("-published_at", "-id")[0].id,
        **given,
    }
    return read_input(ApplicationInput, fields)
