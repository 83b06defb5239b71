"""Every contract and every house check notices a deliberate break, made in a copy of the source."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.house.checks import (
    contracts,
    doors,
    habits,
    pages,
    purity,
    registry,
    repository,
    requirements,
    sizes,
    tables,
    words,
)
from tests.house.checks.source import Finding

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
NOT_COPIED = shutil.ignore_patterns("__pycache__", "static", "locale")

# contract: what breaks it, as (file, import or nothing, what is said about it)
IMPORT_BREAKS = {
    "floors": [
        ("wire/events.py", "rapport.edge", "rapport.wire.events -> rapport.edge"),
        ("lake/questions/__init__.py", "rapport.edge", "rapport.lake.questions -> rapport.edge"),
        ("flows/broken.py", "rapport.doors.ui", "rapport.flows.broken -> rapport.doors.ui"),
        ("doors/ui/broken.py", "rapport.config.settings", "rapport.doors.ui.broken -> rapport.config.settings"),
        ("kit/clock.py", "rapport.domain", "rapport.kit.clock -> rapport.domain"),
        ("cellar/__init__.py", "rapport.kit", "- rapport.cellar"),
    ],
    "apps": [
        ("apps/record/actions.py", "rapport.apps.ledger", "rapport.apps.record.actions -> rapport.apps.ledger"),
        ("apps/ledger/models.py", "rapport.apps.tracking", "rapport.apps.ledger.models -> rapport.apps.tracking"),
        ("apps/broken/__init__.py", "rapport.kit", "- rapport.apps.broken"),
    ],
    "inside-an-app": [
        ("apps/ledger/errors.py", "rapport.apps.ledger.models", "ledger.errors -> rapport.apps.ledger.models"),
        (
            "apps/partners/queries.py",
            "rapport.apps.partners.actions",
            "partners.queries -> rapport.apps.partners.actions",
        ),
    ],
    "doors-apart": [
        ("doors/portal/broken.py", "rapport.doors.console.broken", "portal.broken -> rapport.doors.console.broken"),
        ("doors/public/broken.py", "rapport.doors.portal.broken", "public.broken -> rapport.doors.portal.broken"),
        ("doors/ui/broken.py", "rapport.doors.api.broken", "ui.broken -> rapport.doors.api.broken"),
    ],
    "pure-rules": [
        ("domain/money.py", "django", "rapport.domain.money -> django"),
        ("domain/money.py", "rapport.kit.clock", "rapport.domain.money -> rapport.kit.clock"),
    ],
    "light-programs": [
        ("edge/__init__.py", "django.conf", "rapport.edge -> django"),
        ("lake/__init__.py", "rapport.apps.record", "rapport.lake -> rapport.apps.record"),
        ("kit/ids.py", "ninja", "rapport.kit.ids -> ninja"),
    ],
    "light-edge": [
        ("edge/__init__.py", "rapport.lake", "rapport.edge -> rapport.lake"),
        ("kit/ids.py", "duckdb", "rapport.kit.ids -> duckdb"),
    ],
}

# check, file that breaks it, lines that break it, what is said about it
SOURCE_BREAKS = [
    (
        contracts.forgotten_rooms,
        "src/rapport/apps/broken/__init__.py",
        '"""An app that no contract knows."""',
        "broken",
    ),
    (contracts.forgotten_rooms, "src/rapport/doors/broken/__init__.py", '"""A new way in."""', "broken"),
    (doors.tables_touched_in_doors, "src/rapport/doors/ui/broken.py", "Agreement.objects.get()", "reads a table"),
    (doors.tables_touched_in_doors, "src/rapport/doors/ui/broken.py", "def view(form): form.save()", "a door saves"),
    (habits.escaping_tests, "tests/test_broken.py", "import pytest\npytest.skip('later')", "skips itself"),
    (habits.escaping_tests, "tests/test_broken.py", "import pytest\n@pytest.mark.skip\ndef test(): ...", "is skipped"),
    (habits.escaping_tests, "tests/test_broken.py", "from unittest.mock import Mock", "mocks prove"),
    (habits.escaping_tests, "tests/test_broken.py", "def test_it(transactional_db): ...", "empties tables"),
    (
        habits.escaping_tests,
        "tests/test_broken.py",
        "import pytest\npytestmark = pytest.mark.django_db(transaction=True)",
        "refuse to be emptied",
    ),
    (habits.signals, "src/rapport/flows/broken.py", "from django.db.models.signals import post_save", "signals hide"),
    (habits.silent_suppressions, "src/rapport/flows/broken.py", "import os  # " + "noqa", "switched off"),
    (habits.silent_suppressions, "src/rapport/flows/broken.py", "import os  # " + "noqa: F401", "switched off"),
    (habits.silent_suppressions, "src/rapport/flows/broken.py", "x = 1  # " + "type: ignore[misc]", "switched off"),
    (habits.unfinished, "src/rapport/flows/broken.py", "# TO" + "DO: refunds", "unfinished"),
    (habits.unfinished, "src/rapport/flows/broken.py", "raise NotImplemented" + "Error", "unfinished"),
    (habits.unsafe_text, "src/rapport/doors/ui/broken.py", "mark_safe(name)", "declares text safe"),
    (purity.clocks_read_for_business, "src/rapport/flows/broken.py", "at = timezone.now()", "reads the clock"),
    (purity.clocks_read_for_business, "src/rapport/domain/broken.py", "on = date.today()", "reads the clock"),
    (purity.floats_near_money, "src/rapport/apps/ledger/broken.py", "rate = 0.12", "a float"),
    (purity.floats_near_money, "src/rapport/domain/broken.py", "def pay(rate: float): ...", "a float"),
    (purity.worldly_rules, "src/rapport/domain/broken.py", "import random", "the rules import random"),
    (purity.worldly_rules, "src/rapport/domain/broken.py", "from numpy import array", "the rules import numpy"),
    (
        requirements.imports_without_requirement,
        "src/rapport/flows/broken.py",
        "import hypothesis",
        "imports hypothesis",
    ),
    (
        requirements.requirements_without_use,
        "requirements/base.in",
        "left-pad>=1  # looks useful",
        "left-pad is required",
    ),
    (sizes.oversized, "src/rapport/flows/broken.py", "x = 1\n" * 401, "lines in one file"),
    (sizes.oversized, "src/rapport/flows/broken.py", "def long():\n" + "    x = 1\n" * 60, "61 lines"),
    (sizes.oversized, "src/rapport/doors/ui/templates/broken.html", "<br>\n" * 201, "lines in one template"),
    (
        tables.foreign_writes,
        "src/rapport/flows/broken.py",
        "from rapport.apps.partners.models import Agreement\nAgreement.objects.filter(pk=1).update(state='ended')",
        "Agreement.objects.filter.update()",
    ),
    (
        tables.foreign_writes,
        "src/rapport/apps/commissions/broken.py",
        "from rapport.apps.partners.models import Agreement\ndef end(agreement: Agreement): agreement.save()",
        "agreement.save()",
    ),
    (
        tables.foreign_writes,
        "src/rapport/apps/commissions/broken.py",
        "from rapport.apps.partners import models\ndef make(): return models.Agreement(pk=1)",
        "makes a row of models.Agreement",
    ),
    (
        tables.foreign_writes,
        "src/rapport/apps/commissions/broken.py",
        "from rapport.apps.partners.models import Agreement\nfor each in Agreement.objects.all():\n    each.delete()",
        "each.delete()",
    ),
    (words.banned_words, "src/rapport/flows/broken.py", "class AffiliateLink: ...", "our word is 'partner'"),
    (words.banned_words, "src/rapport/flows/broken.py", "def clawback_commissions(): ...", "our word is 'reversal'"),
    (words.banned_words, "src/rapport/flows/broken.py", "enrollments = []", "our word is 'agreement'"),
]

PAGE = "src/rapport/doors/ui/templates/broken.html"
PAGE_BREAKS = [
    (pages.forbidden_in_pages, "<script>alert(1)</script>", "an inline script"),
    (pages.forbidden_in_pages, "<style>p { color: red }</style>", "an inline style sheet"),
    (pages.forbidden_in_pages, '<p style="color: red"></p>', "an inline style;"),
    (pages.forbidden_in_pages, '<button onclick="go()"></button>', "an inline event handler"),
    (pages.forbidden_in_pages, '<button hx-on:click="go()"></button>', "an inline event handler"),
    (pages.forbidden_in_pages, '<a href="javascript:go()"></a>', "a javascript: address"),
    (pages.forbidden_in_pages, '<script src="https://cdn.example.com/x.js"></script>', "another host's"),
    (pages.forbidden_in_pages, "{{ name|safe }}", "text declared safe"),
    (pages.untranslated_text, "<p>Your commissions</p>", "'Your commissions' cannot be translated"),
    (pages.untranslated_text, "<p>{{ count }} partners</p>", "'partners' cannot be translated"),
    (pages.untranslated_text, '<img src="{{ logo }}" alt="The logo">', "'The logo' cannot be translated"),
    (pages.untranslated_text, '<c-button label="Pay out" />', "'Pay out' cannot be translated"),
]

LEAKS = [
    ("see /work/" + "main/README", "a path of one machine"),
    ("taken from https://" + "pypi.org/simple", "a host"),
    ('"resolved": "https://' + 'registry.npmjs.org/x.tgz"', "a host"),
    ("Co-Authored-" + "By: somebody", "how it was made"),
]


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the source with its contracts, to be broken."""
    shutil.copytree(root / "src", tmp_path / "src", ignore=NOT_COPIED)
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def nook(root: Path, tmp_path: Path) -> Path:
    """A corner of the source, enough for checks that read one file at a time."""
    models = Path("src/rapport/apps/partners/models.py")
    (tmp_path / models).parent.mkdir(parents=True)
    shutil.copy(root / models, tmp_path / models)
    shutil.copytree(root / "requirements", tmp_path / "requirements")
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold_in_the_copy_before_it_is_broken(copy: Path) -> None:
    result = _lint_imports(copy)
    assert result.returncode == 0, result.stdout


def test_breaks_are_tried_on_every_contract(root: Path) -> None:
    assert IMPORT_BREAKS.keys() == contracts.contracts(root).keys() == contracts.EXPECTED


@pytest.mark.parametrize("contract", IMPORT_BREAKS)
def test_a_contract_notices_each_import_that_breaks_it(contract: str, copy: Path) -> None:
    for door in ("console", "portal", "public", "api"):
        _plant(copy, f"src/rapport/doors/{door}/broken.py", "")
    for path, imported, _ in IMPORT_BREAKS[contract]:
        _plant(copy, f"src/rapport/{path}", f"import {imported}")
    result = _lint_imports(copy, "--contract", contract)
    unnoticed = [said for _, _, said in IMPORT_BREAKS[contract] if said not in result.stdout]
    assert (result.returncode, unnoticed) == (1, []), result.stdout


@pytest.mark.parametrize(("check", "path", "lines", "said"), SOURCE_BREAKS)
def test_a_broken_habit_is_noticed(
    check: Callable[[Path], Iterable[Finding]], path: str, lines: str, said: str, nook: Path
) -> None:
    before = set(map(str, check(nook)))
    _plant(nook, path, lines)
    assert any(said in finding for finding in {*map(str, check(nook))} - before)


@pytest.mark.parametrize(("check", "text", "said"), PAGE_BREAKS)
def test_a_broken_page_is_noticed(check: Callable[[Path], Iterable[Finding]], text: str, said: str, nook: Path) -> None:
    _plant(nook, PAGE, text)
    assert any(finding.path == Path(PAGE) and said in finding.sentence for finding in check(nook))


@pytest.mark.parametrize(("text", "said"), LEAKS)
def test_a_leak_is_noticed(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(text)
    assert [said in finding.sentence for finding in repository.leaks(tmp_path, [Path("page.md")])] == [True]


def test_foreign_keys_that_point_up_or_leave_a_way_back_are_noticed(copy: Path) -> None:
    _plant(copy, "src/rapport/apps/record/models.py", _model("Astray", to="partners.Agreement", related_name="+"))
    _plant(copy, "src/rapport/apps/partners/models.py", _model("Open", to="programs.Program", related_name="opened"))
    said = [finding.sentence for finding in registry.foreign_keys_astray(copy, registry.ask(copy))]
    assert "record.Astray.to points up to partners; only apps further down may be pointed at" in said
    assert 'partners.Open.to leaves its app without related_name="+"' in said


def test_a_command_and_a_setting_that_no_operator_can_read_about_are_noticed(root: Path, copy: Path) -> None:
    shutil.copytree(root / "docs", copy / "docs")
    _plant(copy, "src/rapport/config/cli/main.py", "@app.command()\ndef surprise() -> None: ...")
    _plant(copy, "src/rapport/config/env.py", "class Environment(Environment):\n    surprise: bool = False")
    said = {finding.sentence for finding in registry.undocumented(copy, registry.ask(copy))}
    assert said == {
        "`rapport surprise` has no help",
        "`rapport surprise` is not described",
        "RAPPORT_SURPRISE is not described",
    }


def _plant(copy: Path, path: str, lines: str) -> None:
    """Add lines to a file of the copy, making it and its package where they do not exist."""
    place = copy / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.suffix == ".py" and "src" in path:
        (place.parent / "__init__.py").touch()
    with place.open("a") as file:
        file.write(f"\n\n{lines}\n")


def _model(name: str, *, to: str, related_name: str) -> str:
    return (
        f"class {name}(models.Model):\n"
        f"    to = models.ForeignKey({to!r}, on_delete=models.PROTECT, related_name={related_name!r})"
    )


def _lint_imports(copy: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT_IMPORTS), "--no-cache", *options],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src")},
        check=False,
        capture_output=True,
        text=True,
    )
