"""The documentation of the API: its OpenAPI description, and the same as a page that needs no script."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from rapport.doors.access import public
from rapport.doors.api.problems import CONTENT_TYPE
from rapport.doors.ui.shell import Brand, Place, public_shell

PREFIX = "/api/v1/"

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body: its name, what it holds, and whether it must be there."""

    name: str
    holds: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is sent or answered."""

    name: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One status that an operation answers with, and the body that comes with it."""

    status: int
    phrase: str
    body: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method."""

    anchor: str
    method: str
    path: str
    description: str
    headers: tuple[str, ...]
    takes: str
    answers: tuple[Answer, ...]


class Docs:
    """Describes one API; the description is made at the first request, when all operations are known."""

    def __init__(self, api: NinjaAPI) -> None:
        self._api = api

    @property
    def schema(self) -> Any:  # noqa: ANN401 - a view
        """Return the view that answers the OpenAPI description."""

        @require_safe
        @public
        def openapi(_request: HttpRequest) -> HttpResponse:
            return JsonResponse(self.described)

        return openapi

    @property
    def page(self) -> Any:  # noqa: ANN401 - a view
        """Return the view that shows the description as a page."""

        @require_safe
        @public
        def docs(request: HttpRequest) -> HttpResponse:
            operations = tuple(_operations(self.described))
            places = [Place(f"{one.method} {one.path}", url=f"#{one.anchor}") for one in operations]
            context = {
                **public_shell(brand=Brand("Rapport"), places=places),
                "operations": operations,
                "bodies": tuple(_bodies(self.described)),
            }
            return render(request, "api/docs.html", context)

        return docs

    @cached_property
    def described(self) -> dict[str, Any]:
        """Return the OpenAPI description; refusals are of the type that problems have."""
        schema: dict[str, Any] = dict(self._api.get_openapi_schema(path_prefix=PREFIX))
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= HTTPStatus.BAD_REQUEST:
                        answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
        return schema


def _operations(described: Schema) -> Iterator[Operation]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                anchor=operation["operationId"],
                method=method.upper(),
                path=path,
                description=operation.get("description", ""),
                headers=tuple(one["name"] for one in operation["parameters"] if one["in"] == "header"),
                takes=_name(operation.get("requestBody", {})),
                answers=tuple(
                    Answer(int(status), HTTPStatus(int(status)).phrase, _name(answer))
                    for status, answer in sorted(operation["responses"].items())
                ),
            )


def _name(described: Schema) -> str:
    """Return the name of the body that this carries."""
    for content in described.get("content", {}).values():
        return str(content["schema"].get("$ref", "")).rsplit("/", 1)[-1]
    return ""


def _bodies(described: Schema) -> Iterator[Body]:
    for name, schema in sorted(described["components"]["schemas"].items()):
        required = schema.get("required", ())
        yield Body(
            name,
            schema.get("description", ""),
            tuple(
                Field(field, _holds(held), field in required, held.get("description", ""))
                for field, held in schema["properties"].items()
            ),
        )


def _holds(schema: Schema) -> str:
    """Say in a few words what a field holds."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_holds(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(choice) or "“”" for choice in schema["enum"])
    if schema.get("type") == "array":
        return _("list of %(what)s") % {"what": _holds(schema["items"])}
    return str(schema.get("format") or schema.get("type", ""))
