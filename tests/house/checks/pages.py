"""Templates obey the content security policy, escape everything, and say nothing that cannot be translated."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, templates

FORBIDDEN = {
    "an inline script; put it into a file": re.compile(
        r"<script(?![^>]*(\ssrc=|type=\"application/(ld\+)?json\"))", re.IGNORECASE
    ),
    "an inline style sheet; put it into a file": re.compile(r"<style\b", re.IGNORECASE),
    "an inline style; use a class": re.compile(r"<[^<>]*\sstyle\s*=", re.IGNORECASE),
    "an inline event handler; use Alpine or a file": re.compile(
        r"<[^<>]*\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "an address of another host's script, style or picture": re.compile(
        r"<(script|link|img|iframe|source)\b[^<>]*\s(src|href)=\"(https?:)?//", re.IGNORECASE
    ),
    "text declared safe; let it be escaped": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
}

# What a reader sees or hears, as attributes of tags and of our components.
SPOKEN = re.compile(
    r"\s(?P<name>title|alt|placeholder|aria-label|aria-description|label|heading|caption|hint|summary|text|empty)"
    r"\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)",
    re.DOTALL,
)
TRANSLATED = re.compile(r"\{%\s*blocktrans(late)?\b.*?%\}.*?\{%\s*endblocktrans(late)?\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.DOTALL)
VERBATIM = re.compile(r"<(script|style|svg|code|pre|kbd|samp)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
# A sample that says which language it is in, and names of classes that a layout joins to its own.
SAMPLE = re.compile(r"<(?P<tag>[a-z]+)\b[^<>]*\slang=\"[a-z]+\"[^<>]*>[^<>]*</(?P=tag)>")
CLASSES = re.compile(r"\{%\s*block\s+\w+_class\s*%\}.*?\{%\s*endblock\b.*?%\}", re.DOTALL)
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
HTML_TAG = re.compile(r"<[a-zA-Z/!](?:\"[^\"]*\"|'[^']*'|[^'\">])*>", re.DOTALL)
ENTITY = re.compile(r"&[a-zA-Z]+;|&#\d+;")
WORD = re.compile(r"[^\W\d_]{2,}")

# The same in every language.
UNTRANSLATABLE = frozenset(
    {"Rapport", "UTC", "API", "CSV", "JSON", "YAML", "HTTP", "URL", "ID", "id", "rpid", "Esc", "Ctrl"}
)


def forbidden_in_pages(root: Path) -> Iterator[Finding]:
    """Yield what the content security policy would refuse, and text that escapes escaping."""
    for path in templates(root):
        text = _blank(COMMENT, (root / path).read_text(encoding="utf-8"))
        for what, pattern in FORBIDDEN.items():
            for match in pattern.finditer(text):
                yield Finding(path, _line(text, match.start()), what)


def untranslated_text(root: Path) -> Iterator[Finding]:
    """Yield words that stand bare in a template; a heuristic, which sees elements and spoken attributes."""
    for path in templates(root):
        text = (root / path).read_text(encoding="utf-8")
        for pattern in (COMMENT, TRANSLATED, VERBATIM, SAMPLE, CLASSES):
            text = _blank(pattern, text)
        for position, spoken in _spoken_attributes(text):
            yield from _bare_words(path, text, position, spoken)
        # Attributes are gone after this line; what is left is what stands between the tags.
        bare = _blank(ENTITY, _blank(HTML_TAG, _blank(TEMPLATE_TAG, text)))
        for match in re.finditer(r"[^\n]+", bare):
            yield from _bare_words(path, bare, match.start(), match.group())


def _spoken_attributes(text: str) -> Iterator[tuple[int, str]]:
    bare = _blank(TEMPLATE_TAG, text)
    for tag in HTML_TAG.finditer(bare):
        for match in SPOKEN.finditer(tag.group()):
            yield tag.start() + match.start(), match["value"]


def _bare_words(path: Path, text: str, position: int, spoken: str) -> Iterator[Finding]:
    said = [word for word in WORD.findall(_without_examples(spoken)) if word not in UNTRANSLATABLE]
    if said:
        yield Finding(path, _line(text, position), f"{' '.join(spoken.split())!r} cannot be translated; mark it")


def _without_examples(spoken: str) -> str:
    """Leave out addresses, mail addresses and codes, which are examples in any language."""
    return " ".join(word for word in spoken.split() if not re.search(r"[@/\d_=]|\.\w", word))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace matches by blanks, so that positions and lines stay what they were."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
