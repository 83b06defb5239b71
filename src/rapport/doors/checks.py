"""Start-up check: every address of the project says whom it is for."""

from collections.abc import Iterator, Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from rapport.doors.access import mark_of


def every_view_is_marked(*, app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """Return an error for each address whose view carries no mark."""
    del app_configs  # addresses belong to no single app
    return [
        Error(
            f"The view of /{route} does not say whom it is for.",
            hint="Put @allow(Capability…), @signed_in or @public on it.",
            id="rapport.E001",
        )
        for route, pattern in routes(get_resolver())
        if mark_of(pattern.callback) is None
    ]


def routes(resolver: URLResolver, *, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address with its pattern."""
    for entry in resolver.url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix=route)
        else:
            yield route, entry
