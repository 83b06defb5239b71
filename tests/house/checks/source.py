"""What every house check reads and returns: files under a root, parsed, and findings with their place."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "src/rapport"


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule; printed as `path:line: sentence`, which editors open on a click."""

    path: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


@dataclass(frozen=True)
class Module:
    """A Python file; `path` is relative to the root that was searched."""

    root: Path
    path: Path

    @cached_property
    def text(self) -> str:
        """The file as it stands."""
        return (self.root / self.path).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python sees it."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def room(self) -> tuple[str, ...]:
        """The path inside the package without the file, such as `("apps", "ledger")`."""
        return self.path.relative_to(PACKAGE).parts[:-1]

    @property
    def app(self) -> str | None:
        """The app that this file belongs to, if any."""
        return self.room[1] if len(self.room) > 1 and self.room[0] == "apps" else None

    def finding(self, node: ast.expr | ast.stmt | ast.alias, sentence: str) -> Finding:
        """Return a finding at the line of a node."""
        return Finding(self.path, node.lineno, sentence)


def modules(root: Path, *, under: str = PACKAGE) -> Iterator[Module]:
    """Yield the Python files under a folder; migrations are left out, since Django writes them."""
    for path in sorted((root / under).rglob("*.py")):
        if "migrations" not in path.parts:
            yield Module(root=root, path=path.relative_to(root))


def templates(root: Path) -> Iterator[Path]:
    """Yield the template files of all doors and apps, relative to the root."""
    for path in sorted((root / PACKAGE).rglob("*.html")):
        if "templates" in path.parts:
            yield path.relative_to(root)


def dotted(node: ast.expr) -> str:
    """Return `a.b.c` for a chain of names, and what can be said of it when calls or indexes stand between."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{dotted(value)}.{attribute}"
        case ast.Call(func=called) | ast.Subscript(value=called):
            return dotted(called)
        case _:
            return "?"
