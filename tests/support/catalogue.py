"""The texts that partners read, and their translations; `python -m tests.support.catalogue` renews the catalogues.

A text is whatever stands in a call of gettext, or in a template's translate tags, in one of the rooms below. Renewing
puts new texts in, untranslated, drops old ones, and compiles; a test refuses what is untranslated.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "rapport"
LANGUAGES = ("de",)

_HEADER = "# What partners read."
_DROPPED_HEADERS = (b'"Report-', b'"POT-', b'"PO-', b'"Last-', b'"Language-Team', b'"Generated-')
_NO_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # the same texts give the same bytes, whenever they are compiled

READ_BY_PARTNERS = (
    "doors/portal/*",
    "doors/public/*",
    "doors/sign_in/*",
    "doors/templates/*",
    "doors/ui/*",
    "apps/delivery/letters.py",
    "apps/delivery/templates/*",
    "apps/identity/*",
    "apps/partners/*",
    "apps/commissions/errors.py",
    "apps/commissions/models.py",
    "apps/conversions/models/*",
    "apps/payouts/inputs.py",
    "apps/payouts/checks.py",
    "apps/payouts/errors.py",
    "apps/payouts/models/*",
    "apps/taxes/*",
    "apps/invoices/*",
    "apps/ledger/labels.py",
    "apps/programs/models.py",
    "apps/record/inputs.py",
    "apps/tracking/errors.py",
    "apps/tracking/inputs.py",
    "apps/tracking/models/*",
    "domain/terms/saying.py",
    "domain/terms/sentences*.py",
    "flows/alive/for_partners.py",
    "flows/admission.py",
    "flows/declining.py",
    "flows/explaining/*",
    "flows/importing/partners/undoing.py",
    "flows/invitations.py",
    "flows/letting_in.py",
    "flows/objecting.py",
    "flows/offers.py",
    "flows/partner_letters.py",
    "flows/paying.py",
    "flows/proving.py",
    "flows/purse.py",
    "flows/receipts.py",
    "flows/replying.py",
    "flows/service.py",
    "flows/statements.py",
    "flows/tax_links.py",
    "flows/tax_papers.py",
)
# Shown to teams, to whoever develops, or in the demo, which is English.
READ_BY_OTHERS = (
    "doors/ui/specimens.py",
    "doors/ui/templates/ui/design*",
    "doors/ui/templates/layouts/console.html",
    "doors/public/demo_shop.py",
    "doors/public/templates/public/demo_shop.html",
    "doors/sign_in/demo.py",
    "doors/templates/sign_in/demo_building.html",
    "doors/templates/sign_in/start.html",
    "doors/templates/sign_in/own_program.html",
    "apps/payouts/models/files.py",
    "apps/taxes/actions/programs.py",
    "apps/taxes/numbers.py",
)

_CALLS = {
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "pgettext": 1,
    "pgettext_lazy": 1,
}

_QUOTED = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CALL = re.compile(rf"\b(?:n?p?gettext|_)\((?:[^()\"']|{_QUOTED})*\)")

Text = tuple[str, str, str]
"""The context of a text, the text, and its plural; empty where it has none."""


def texts() -> set[Text]:
    """Return every text that partners read."""
    found = {text for path in _files() for text in _texts_of(path)}
    # A text that stands somewhere with its plural and elsewhere without has one entry, as gettext knows it.
    counted = {(context, one) for context, one, many in found if many}
    return {text for text in found if text[2] or text[:2] not in counted}


def all_texts() -> set[Text]:
    """Return every text, whoever reads it."""
    return {text for path in _ours() for text in _texts_of(path)}


def catalogue_of(language: str) -> Path:
    """Return the file of a language that people edit; the one beside it, `.mo`, is made from it."""
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """Return the catalogue of a language."""
    with catalogue_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    catalogue.creation_date = catalogue.revision_date = _NO_MOMENT
    catalogue.project, catalogue.version, catalogue.last_translator = "Rapport", "", ""
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as the program reads it."""
    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def renew(language: str) -> int:
    """Put new texts in, drop old ones, compile; return how many wait for their translation."""
    known = read(language)
    new = Catalog(locale=language, charset="utf-8", project="Rapport", version="", fuzzy=False, header_comment=_HEADER)
    for context, one, many in sorted(texts()):
        before = known.get(one, context or None)
        fits = before is not None and isinstance(before.string, tuple) == bool(many)
        new.add((one, many) if many else one, before.string if before and fits else "", context=context or None)
    written = BytesIO()
    write_po(written, new, width=0, ignore_obsolete=True, sort_output=True)
    lines = written.getvalue().splitlines(keepends=True)
    catalogue_of(language).write_bytes(b"".join(line for line in lines if not line.startswith(_DROPPED_HEADERS)))
    catalogue_of(language).with_suffix(".mo").write_bytes(compiled(read(language)))
    return sum(1 for message in new if message.id and not _is_translated(message.string))


def _is_translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) if isinstance(string, str) or string is None else all(string)


def _files() -> Iterator[Path]:
    for path in _ours():
        name = str(path.relative_to(PACKAGE))
        if _one_of(name, READ_BY_PARTNERS) and not _one_of(name, READ_BY_OTHERS):
            yield path


def _ours() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
            yield path


def _one_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _texts_of(path: Path) -> Iterator[Text]:
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _called(node)
    else:
        # Django's own reading of a template: Python calls among filler, each in one piece.
        for call in _CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
            yield from _called(ast.parse(call, mode="eval").body)


def _called(node: ast.expr) -> Iterator[Text]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    words = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    has_context = "pgettext" in name
    if name in _CALLS and len(words) >= _CALLS[name] + has_context:
        context = words.pop(0) if has_context else ""
        yield context, words[0], words[1] if _CALLS[name] == 2 else ""


if __name__ == "__main__":
    waiting = sum(renew(language) for language in LANGUAGES)
    sys.exit(f"{waiting} texts wait for their translation." if waiting else 0)
