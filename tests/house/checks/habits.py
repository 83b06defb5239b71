"""Habits that the linter does not know: nothing unfinished, nothing switched off silently, no signals, no mocks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, dotted, modules, templates

# Spelled in two parts, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b|coming " + r"soon|NotImplemented" + r"Error")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no\s*cover|pragma:\s*no\s*branch|mypy:|ruff:)")
# `
REASON = re.compile(
    r"#\s*(noqa:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|type:\s*ignore\[[\w, -]+\]|pragma:\s*no\s*(cover|branch))"
    r"\s*(-|#|:)\s*\S+"
)
SIGNALS = frozenset({"django.dispatch", "django.db.models.signals", "django.core.signals"})
UNSAFE_TEXT = frozenset({"mark_safe", "SafeString", "SafeText"})
FLUSHES = frozenset({"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"})


def unfinished(root: Path) -> Iterator[Finding]:
    """Yield notes to self and stubs."""
    for path in (*_python(root), *templates(root)):
        for number, line in _lines(root, path):
            if UNFINISHED.search(line):
                yield Finding(path, number, "unfinished; finish it, or open an issue and delete the note")


def silent_suppressions(root: Path) -> Iterator[Finding]:
    """Yield checks that were switched off without naming the rule and the reason beside it."""
    for path in _python(root):
        for number, line in _lines(root, path):
            match = SUPPRESSION.search(line)
            if match and not REASON.search(line, match.start()):
                yield Finding(path, number, "a check is switched off; name the rule and the reason beside it")


def signals(root: Path) -> Iterator[Finding]:
    """Yield uses of Django's signals: what follows from an action is written in the action."""
    for module in modules(root):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module in SIGNALS:
                yield module.finding(node, "signals hide what follows from what; say it in the action")


def unsafe_text(root: Path) -> Iterator[Finding]:
    """Yield text that is declared safe by hand; `format_html` escapes what it joins."""
    for module in modules(root):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in UNSAFE_TEXT:
                yield module.finding(node, "declares text safe by hand; use format_html or a template")


def escaping_tests(root: Path) -> Iterator[Finding]:
    """Yield tests that skip themselves, mock our own code, or would empty tables that refuse it."""
    for module in modules(root, under="tests"):
        for node in ast.walk(module.tree):
            sentence = _escape(node)
            if sentence and isinstance(node, ast.expr | ast.stmt):
                yield module.finding(node, sentence)


def _escape(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute() if dotted(node) in {"pytest.skip", "pytest.importorskip", "pytest.xfail"}:
            return "a test that skips itself proves nothing"
        case ast.Attribute() if dotted(node) in {"pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}:
            return "a test that is skipped proves nothing"
        case ast.ImportFrom(module="unittest.mock" | "mock") | ast.Import(names=[ast.alias(name="unittest.mock"), *_]):
            return "mocks prove that the mock works; use the real thing, or a simulator of the outside service"
        case ast.Call(func=func, keywords=keywords) if dotted(func) == "pytest.mark.django_db" and keywords:
            return "only the plain mark: the books refuse to be emptied, ask for fresh_database"
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments) if names := FLUSHES & {
            each.arg for each in arguments.args
        }:
            return f"{', '.join(sorted(names))} empties tables, which the books refuse; ask for fresh_database"
        case _:
            return None


def _python(root: Path) -> Iterator[Path]:
    for under in ("src/rapport", "tests", "bench"):
        for module in modules(root, under=under):
            yield module.path


def _lines(root: Path, path: Path) -> Iterator[tuple[int, str]]:
    return enumerate((root / path).read_text(encoding="utf-8").splitlines(), start=1)
