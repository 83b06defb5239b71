"""The JSON Schema of terms, for editors that complete and check a document while it is written."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rapport.domain.terms import schema
from rapport.doors.access import public


@require_safe
@public
def terms_schema(_request: HttpRequest) -> JsonResponse:
    """Answer with the schema of the first language of terms."""
    return JsonResponse(schema(), json_dumps_params={"indent": 2}, content_type="application/schema+json")
