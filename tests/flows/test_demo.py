"""The demo has life on every page, is loaded once, and its books are sound."""

from pathlib import Path

import pytest
from pytest_django import Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion, Correction, Receipt
from rapport.apps.identity.queries import actor_of_key
from rapport.apps.partners.models import Agreement, Application
from rapport.flows import doctor
from rapport.flows.demo import load_demo
from rapport.flows.demo.cast import PLAYERS
from rapport.flows.demo.orders import ORDERS
from rapport.flows.demo.visits import CLICKS
from rapport.lake.questions import lake_at


def quietly(_done: int, _total: int | None, _message: str) -> None:
    """Listen to the progress of loading."""


@pytest.mark.django_db
def test_the_demo_is_loaded_once_with_something_for_every_page(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_FOLDER = tmp_path
    for name in ("journal", "lake", "linkbook"):
        (tmp_path / name).mkdir()
        setattr(settings, f"{name.upper()}_FOLDER", tmp_path / name)
    loaded = load_demo(progress=quietly)
    assert load_demo(progress=quietly) == loaded
    assert (Agreement.objects.count(), Conversion.objects.count()) == (len(PLAYERS), ORDERS + 6)
    assert {"pending", "held", "approved", "reversed"} <= set(Commission.objects.values_list("state", flat=True))
    assert {"received", "questions", "declined"} <= set(Application.objects.values_list("state", flat=True))
    assert Conversion.objects.filter(in_conflict=True).count() == 1
    assert Correction.objects.filter(conversion=None).count() == 1
    assert set(Receipt.objects.values_list("state", flat=True)) == {"taken", "refused"}
    totals = lake_at(tmp_path / "lake").totals()
    assert (totals.gross, totals.bots > 0, totals.framed > 0) == (CLICKS, True, True)
    key = next(hint.text for hint in loaded.hints if "rk_live_" in hint.text).split("Bearer ")[1].split("'")[0]
    assert actor_of_key(key)
    assert {check.name: check.problems for check in doctor.run_checks() if check.problems} == {}
