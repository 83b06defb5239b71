"""`rapport replay` from the command line."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rapport.apps.programs.models import Program
from rapport.config.cli.replays import By, replay
from rapport.config.errors import Stop
from rapport.domain.terms import presets
from rapport.doors.console.program.yaml_text import write_yaml
from rapport.kit.clock import now
from tests.make.road import make_agreement, make_click_id, make_link, make_program, report_sale

pytestmark = pytest.mark.django_db


def sold() -> Program:
    program = make_program()
    at = now() - timedelta(days=7)
    click = make_click_id(make_link(make_agreement(program, name="Slow Mornings")), at=at)
    report_sale(program, external_id="A-1", total="100.00", click_ids=[click], at=at)
    return program


def test_a_file_of_terms_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sold()
    rules = [{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "20"}}]
    file = tmp_path / "next.yaml"
    file.write_text(write_yaml({**presets()[0].document, "rules": rules}))
    replay(terms=file, partner=["Slow Mornings"])
    said = capsys.readouterr().out
    assert "Slow Mornings" in said
    assert "Paid then 12.00 EUR, by these terms 20.00 EUR." in said
    replay(terms=file, as_csv=True, by=By.ORDERS)
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[1][0] == "A-1"
    assert rows[1][-3:] == ["12.00", "20.00", "8.00"]
    replay(draft=True, as_json=True)
    assert json.loads(capsys.readouterr().out)["totals"]["now"] == "12.00"


def test_what_cannot_be_tried_is_said(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="Say which terms"):
        replay()
    with pytest.raises(Stop, match="there is none yet"):
        replay(draft=True)
    sold()
    file = tmp_path / "next.yaml"
    file.write_text("rules: [\n")
    with pytest.raises(Stop, match=r"next\.yaml:2"):
        replay(terms=file)
    file.write_text("language: 2\n")
    with pytest.raises(Stop, match=r"next\.yaml:1: language"):
        replay(terms=file)
    file.write_bytes(b"\xff")
    with pytest.raises(Stop, match="not UTF-8"):
        replay(terms=file)
    with pytest.raises(Stop, match="No partner is called Nobody"):
        replay(draft=True, partner=["Nobody"])
    with pytest.raises(Stop, match="lies before"):
        replay(draft=True, first=datetime(2026, 2, 2, tzinfo=UTC), last=datetime(2026, 2, 1, tzinfo=UTC))
