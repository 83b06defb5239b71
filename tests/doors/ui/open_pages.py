"""The pages of components without the question who asks, so that a browser can look at them without tables."""

from inspect import unwrap
from typing import Any

from django.urls import include, path

from rapport.doors.access import public
from rapport.doors.ui import urls


def _opened(view: Any) -> Any:  # noqa: ANN401 - whatever the mark was, it is taken off
    return public(unwrap(view))


_pages = [path(str(pattern.pattern), _opened(pattern.callback), name=pattern.name) for pattern in urls.urlpatterns]

urlpatterns = [path("design/", include((_pages, "ui")))]
