"""`rapport rates` from the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.rates.models import ExchangeRate
from rapport.config.cli import rates as command
from rapport.config.errors import Stop
from tests.make.road import make_program

pytestmark = pytest.mark.django_db

LIST = Path(__file__).parents[1] / "apps" / "rates" / "files" / "eurofxref-hist-90d.xml"


def test_a_file_is_taken_in_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Stop, match="no program yet"):
        command.take(LIST)
    program = make_program()
    command.take(LIST)
    assert "10 rates kept, 0 known before." in capsys.readouterr().out
    command.show()
    assert "1.0834" in capsys.readouterr().out
    (tmp_path / "wrong.xml").write_text("<a/>")
    with pytest.raises(Stop, match="no file of the European Central Bank"):
        command.take(tmp_path / "wrong.xml")
    with pytest.raises(Stop, match="no such workspace"):
        command.take(LIST, "org_nobody")
    assert ExchangeRate.objects.filter(workspace=program.workspace_id).count() == 10


def test_a_rate_is_entered_and_a_jump_is_told_unless_it_is_trusted(capsys: pytest.CaptureFixture[str]) -> None:
    make_program()
    command.enter("usd", "EUR", "0.92", day=datetime(2026, 2, 27, tzinfo=UTC))
    assert "1 rates kept" in capsys.readouterr().out
    command.enter("USD", "EUR", "9.2", day=datetime(2026, 3, 2, tzinfo=UTC))
    assert "1 lie more than 10 %" in capsys.readouterr().err
    with pytest.raises(Stop, match="is not a rate"):
        command.enter("USD", "EUR", "0,92")
    command.take(LIST, trust=True)
    assert "10 rates kept" in capsys.readouterr().out


def test_a_bank_that_is_away_is_said(settings: Settings) -> None:
    make_program()
    settings.RATES_URL = "http://127.0.0.1:1/list.xml"
    with pytest.raises(Stop, match="did not answer"):
        command.fetch()
