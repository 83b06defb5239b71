"""One word per idea: the trade's other words for our things do not become names in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, Module, modules

# The trade says the left, we say the right; docs/glossary.md rules most of them out.
BANNED = {
    "affiliate": "partner",
    "publisher": "partner",
    "promoter": "partner",
    "payee": "partner",
    "campaign": "program",
    "enrollment": "agreement",
    "enrolment": "agreement",
    "contract": "agreement",
    "tenant": "workspace",
    "project": "workspace",
    "permission": "capability",
    "clawback": "reversal",
    "chargebacks": "correction",
    "earnings": "commission",
    "reward": "commission",
    "voucher": "coupon",
    "promocode": "coupon",
    "pixel": "postback",
    "ticket": "case",
    "hit": "click",
    "lockup": "hold",
    "leg": "posting",
}

# Ruled out for one idea, and the right word for another: no check can tell which is meant.
HAS_ANOTHER_MEANING = {
    "account": "money sits in a ledger account",
    "company": "one kind of partner is a company",
    "user": "Django's and the browser's word: the user agent, request.user",
    "plan": "what a program is about to do",
    "referrer": "the browser's word for the page before",
    "tag": "of HTML",
    "signup": "the sign-in library's word",
    "url": "any address",
    "discount": "a part of an order's amount",
    "visit": "what a browser does before it is known to be a click",
    "token": "what proves the right to send a postback",
    "transaction": "of the database",
    "negative order": "two words",
    "history": "what happened to one order",
    "match": "of a regular expression",
    "lock": "of a row or a file",
    "event": "a line of the journal",
    "signal": "of the operating system",
}

# (word, beginning of the path): why the word means something else there.
OTHER_SENSES = {
    ("campaign", "src/rapport/edge"): "utm_campaign is a parameter that others put into addresses",
    ("campaign", "src/rapport/wire"): "utm_campaign is a parameter that others put into addresses",
    ("campaign", "src/rapport/lake"): "utm_campaign is a parameter that others put into addresses",
    ("campaign", "src/rapport/apps/tracking/inputs.py"): "utm_campaign is what shops' statistics read",
    ("campaign", "src/rapport/apps/tracking/models/programs.py"): "utm_campaign is what shops' statistics read",
    (
        "campaign",
        "src/rapport/doors/console/program/tags.py",
    ): "utm_campaign is what shops' statistics read",
    ("publisher", "src/rapport/wire"): "the link book has a publisher: who publishes it",
    ("publisher", "src/rapport/apps/tracking"): "the link book has a publisher: who publishes it",
}

PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def banned_words(root: Path) -> Iterator[Finding]:
    """Yield classes, functions, arguments, variables and fields that are named by another trade's word."""
    for module in modules(root):
        seen: set[tuple[int, str]] = set()
        for line, name in _names(module):
            for word in _parts(name) & BANNED.keys():
                if not _has_other_sense(word, module) and (line, name) not in seen:
                    seen.add((line, name))
                    yield Finding(module.path, line, f"{name!r} says {word!r}; our word is {BANNED[word]!r}")


def _names(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        match node:
            case ast.ClassDef(name=name, lineno=line) | ast.FunctionDef(name=name, lineno=line):
                yield line, name
            case ast.AsyncFunctionDef(name=name, lineno=line) | ast.arg(arg=name, lineno=line):
                yield line, name
            case ast.Name(id=name, ctx=ast.Store(), lineno=line):
                yield line, name
            case ast.Attribute(attr=name, ctx=ast.Store(), lineno=line):
                yield line, name
            case _:
                pass


def _parts(name: str) -> set[str]:
    parts = [part.lower() for part in PART.findall(name)]
    return {*parts, *(part.removesuffix("s") for part in parts)}


def _has_other_sense(word: str, module: Module) -> bool:
    return any(word == banned and str(module.path).startswith(where) for banned, where in OTHER_SENSES)
