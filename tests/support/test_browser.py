"""The judge of pages sees what keeps people out, and a tab notices scripts that fail or are refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browser import assert_accessible, take_shot, watched_page
from tests.support.ports import free_port

PAGES = {
    "/good": '<h1>Statement</h1><img src="data:," alt="The shop">',
    "/without-words": '<h1>Statement</h1><img src="data:,">',
    "/refused": "<h1>Statement</h1><script>document.title = 'x'</script>",
    "/failing": '<h1>Statement</h1><script src="/fail.js"></script>',
}
POLICY = "default-src 'none'; img-src data:; script-src 'self'"


class _Pages(BaseHTTPRequestHandler):
    """Serves the pages above under a policy as strict as ours."""

    def do_GET(self) -> None:
        is_script = self.path.endswith(".js")
        body = "throw new Error('broken')" if is_script else _document(PAGES.get(self.path, ""))
        self.send_response(200)
        self.send_header("content-type", "text/javascript" if is_script else "text/html")
        self.send_header("content-security-policy", POLICY)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the server's own name
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of a small server with good and bad pages."""
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), _Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_that_everybody_can_use_passes_and_is_pictured(page: Page, shop: str) -> None:
    page.goto(f"{shop}/good")
    assert_accessible(page)
    assert take_shot(page, "support-good").stat().st_size > 0


def test_a_picture_without_words_keeps_people_out(page: Page, shop: str) -> None:
    page.goto(f"{shop}/without-words")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)


@pytest.mark.parametrize(("path", "said"), [("/refused", "Content Security Policy"), ("/failing", "broken")])
def test_a_script_that_is_refused_or_fails_is_noticed(path: str, said: str, browser: Browser, shop: str) -> None:
    context = browser.new_context()
    with pytest.raises(AssertionError, match=said), watched_page(context) as page:
        page.goto(f"{shop}{path}")
    context.close()


def _document(body: str) -> str:
    return f'<!doctype html><html lang="en"><title>Shop</title><main>{body}</main></html>'
