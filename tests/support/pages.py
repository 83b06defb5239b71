"""Pages as a reader has them: their words, without the markup."""

import re
from html import unescape

from django.utils.html import strip_tags

# What begins anew stands apart on the page; the parts of a figure belong together.
_BEGINS_ANEW = re.compile(r'<(?!/|span class="figure-)')


def words_of(content: bytes) -> str:
    """Return the words of a page, with single spaces between them."""
    return re.sub(r"\s+", " ", unescape(strip_tags(_BEGINS_ANEW.sub(" <", content.decode()))))
