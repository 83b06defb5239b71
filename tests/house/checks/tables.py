"""An app writes only its own tables; doors and flows write none, they ask actions."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.checks.source import Finding, Module, dotted, modules

WRITES = frozenset(
    {
        *("save", "create", "bulk_create", "update", "bulk_update", "delete"),
        *("get_or_create", "update_or_create", "add", "set", "remove", "clear"),
        *("asave", "acreate", "abulk_create", "aupdate", "abulk_update", "adelete"),
        *("aget_or_create", "aupdate_or_create"),
    }
)


def foreign_writes(root: Path) -> Iterator[Finding]:
    """Yield writes to a model that was imported from another app.

    Seen are writes through the model (`Agreement.objects…update()`), rows made by calling it (`Agreement(…)`), and
    writes through a name that holds one: an annotated argument, or what was read from the model in that function.
    """
    for module in modules(root):
        foreign = _foreign_models(module)
        if foreign:
            yield from _Writes(module, foreign).findings()


def _foreign_models(module: Module) -> frozenset[str]:
    """Return the names by which this file knows models of other apps: `Agreement`, or `partners.Agreement`."""
    names = set()
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ImportFrom) or node.module is None:
            continue
        parts = node.module.split(".")
        if parts[:2] != ["rapport", "apps"]:
            continue
        owner = parts[2] if len(parts) > 2 else None
        if owner is not None and owner == module.app:
            continue
        if "models" in parts:
            names |= {alias.asname or alias.name for alias in node.names}
        else:
            names |= {f"{alias.asname or alias.name}." for alias in node.names if alias.name == "models"}
    return frozenset(names)


class _Writes(ast.NodeVisitor):
    """Walks one file and remembers, function by function, which names hold rows of a foreign model."""

    def __init__(self, module: Module, foreign: frozenset[str]) -> None:
        self._module = module
        self._foreign = foreign
        self._rows: list[set[str]] = [set()]
        self._found: list[Finding] = []

    def findings(self) -> list[Finding]:
        """Return all writes to foreign tables in the file."""
        self.visit(self._module.tree)
        return self._found

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Start with the arguments that are annotated with a foreign model."""
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self._rows.append(
            {each.arg for each in arguments if each.annotation is not None and self._mentions_model(each.annotation)}
        )
        self.generic_visit(node)
        self._rows.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast's name

    def visit_Assign(self, node: ast.Assign) -> None:
        """Remember names that were read from a foreign model."""
        if self._is_foreign(node.value):
            self._rows[-1] |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        """Remember the name that takes one foreign row after another."""
        if self._is_foreign(node.iter) and isinstance(node.target, ast.Name):
            self._rows[-1].add(node.target.id)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Report a call that writes."""
        if self._names_model(dotted(node.func)) and not isinstance(node.func, ast.Call):
            self._report(node, f"makes a row of {dotted(node.func)}")
        elif isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and self._is_foreign(node.func.value):
            self._report(node, f"calls {dotted(node.func)}()")
        self.generic_visit(node)

    def _report(self, node: ast.Call, what: str) -> None:
        self._found.append(self._module.finding(node, f"{what}, which another app owns; ask its actions"))

    def _is_foreign(self, node: ast.expr) -> bool:
        name = dotted(node)
        return name.split(".")[0] in self._rows[-1] or self._begins_with_model(name)

    def _begins_with_model(self, name: str) -> bool:
        first, _, rest = name.partition(".")
        return (first in self._foreign and rest.startswith(("objects", "_base_manager", "_default_manager"))) or (
            f"{first}." in self._foreign and ".objects" in rest
        )

    def _names_model(self, name: str) -> bool:
        """Say whether a call of this name makes a row; `models.py` also holds functions and enumerations, so look."""
        first, _, rest = name.partition(".")
        is_model = first in self._foreign and not rest
        is_model_of_module = f"{first}." in self._foreign and rest.isidentifier()
        last = rest or first
        return (is_model or is_model_of_module) and last[:1].isupper() and last in _model_names(self._module.root)

    def _mentions_model(self, annotation: ast.expr) -> bool:
        return any(
            isinstance(node, ast.Name | ast.Attribute) and self._names_model(dotted(node))
            for node in ast.walk(annotation)
        )


def _model_names(root: Path) -> frozenset[str]:
    if root not in _known_models:
        _known_models[root] = frozenset(
            node.name
            for path in (root / "src/rapport/apps").glob("*/models*")
            for file in ([path] if path.is_file() else path.rglob("*.py"))
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.ClassDef) and any("Model" in dotted(base) for base in node.bases)
        )
    return _known_models[root]


_known_models: dict[Path, frozenset[str]] = {}
