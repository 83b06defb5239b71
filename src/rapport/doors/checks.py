"""Start-up check: every address of the project says whom it is for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from rapport.doors.access import mark_of


def every_view_is_marked(*, app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """Return an error for each address whose view carries no mark."""
    del app_configs  # addresses belong to no single app
    return [
        Error(
            f"The view of /{route.path} ({route.name}) does not say whom it is for.",
            hint="Put @allow(Capability…), @signed_in or @public on it.",
            id="rapport.E001",
        )
        for route in routes(get_resolver())
        if mark_of(route.pattern.callback) is None
    ]


@dataclass(frozen=True, slots=True)
class Route:
    """One address: `name` as `reverse()` takes it, `path` as it is written in the lists of addresses."""

    name: str
    path: str
    pattern: URLPattern


def routes(resolver: URLResolver, *, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    """Yield every address below a resolver."""
    for entry in resolver.url_patterns:
        path = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, prefix=path, namespace=inner)
        else:
            yield Route(f"{namespace}{entry.name or path}", path, entry)
