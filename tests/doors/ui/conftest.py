"""What the tests of pages share: components rendered from a line of markup, and a server for the page of components."""

from collections.abc import Callable, Iterator
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.wsgi import get_wsgi_application
from django.template import engines
from django.test import RequestFactory, override_settings
from django_cotton.compiler_regex import CottonCompiler

Render = Callable[..., str]


@pytest.fixture
def render() -> Render:
    """Render a piece of a page, as a view would with a request."""

    def rendered(markup: str, **context: Any) -> str:  # noqa: ANN401 - a page may hold anything
        compiled = CottonCompiler().process("{% load ui i18n %}" + markup)
        request = RequestFactory().get("/list/", context.pop("query", {}))
        return str(engines["django"].from_string(compiled).render(context, request)).strip()

    return rendered


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the standard library
        """Say nothing: the test says what went wrong."""


@pytest.fixture(scope="module")
def design_pages() -> Iterator[str]:
    """The address of a server that shows the page of components to everybody; it needs no tables."""
    with override_settings(ROOT_URLCONF="tests.doors.ui.open_pages", ALLOWED_HOSTS=["*"]):
        server = make_server("127.0.0.1", 0, get_wsgi_application(), _Server, _Silent)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()
