"""Problems as RFC 9457 describes them: one shape for every refusal, with a sentence for each field."""

from collections.abc import Mapping
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from rapport.apps.identity.errors import NotFound
from rapport.apps.record.errors import KeyReused, Refusal
from rapport.apps.record.inputs import sentences

CONTENT_TYPE = "application/problem+json"


class FieldProblem(Schema):
    """One field that cannot be used, and what to do."""

    field: str
    sentence: str


class Problem(Schema):
    """Why a request was refused; `code` is stable, the sentences are for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


def problem(
    status: int,
    *,
    code: str,
    detail: str,
    fields: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Answer a refusal; `more` is what this kind of refusal tells beside it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": [{"field": field, "sentence": sentence} for field, sentence in (fields or {}).items()],
        **(more or {}),
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"sort_keys": True})


def answer_problems(api: NinjaAPI) -> None:
    """Make every refusal of this API a problem."""
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(Refusal)(_refused)
    api.exception_handler(AuthenticationError)(_unknown_key)
    api.exception_handler(HttpError)(_unreadable)
    api.exception_handler(PermissionDenied)(_not_allowed)


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Ninja puts "body" and the argument's name before a field of the body, and "query" or "header" before others.
    in_body = [one for one in error.errors if one["loc"][0] == "body"]
    elsewhere = [one for one in error.errors if one["loc"][0] != "body"]
    fields = sentences(in_body, skip=2) | sentences(elsewhere, skip=1)
    return problem(422, code="bad_input", detail=_("Some fields need another look."), fields=fields)


def _refused(_request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NotFound):
        return problem(404, code=refusal.code, detail=refusal.sentence)
    status = 409 if isinstance(refusal, KeyReused) else 422
    return problem(status, code=refusal.code, detail=refusal.sentence, fields=refusal.fields)


def _unknown_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    detail = _("Send a living API key as “Authorization: Bearer rk_live_…”.")
    answer = problem(401, code="unknown_key", detail=detail)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return problem(413, code="too_large", detail=str(error))
    return problem(error.status_code, code="unreadable", detail=_("The body is not JSON in UTF-8. Check its encoding."))


def _not_allowed(_request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return problem(
        403, code="not_allowed", detail=_("This key may not do that. Make one with the scope that it needs.")
    )
