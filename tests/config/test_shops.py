"""`rapport shops` from the command line: what is connected, what differs, what was repaired."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import typer
from pytest_django import Settings

from rapport.apps.conversions.models import Conversion
from rapport.apps.shops.providers.simulating import serve
from rapport.apps.shops.providers.woocommerce.simulator import WooCommerceSimulator
from rapport.config.cli import shops as command
from rapport.config.errors import Stop
from rapport.kit.clock import now
from tests.make.road import make_program
from tests.make.shops import make_shop

pytestmark = pytest.mark.django_db


def test_a_shop_is_compared_and_repaired(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    there, program = WooCommerceSimulator(), make_program()
    there.order("100.00", at=now() - timedelta(days=1))
    keys = {"key": there.key, "secret": there.key_secret}
    command.compare()
    assert "no shop that can be asked" in capsys.readouterr().out
    with serve(there.answer) as address:
        settings.LOOPBACK_HOSTS = frozenset({urlsplit(address).netloc})
        shop = make_shop(program, "woocommerce", there, address=address, keys=keys)
        with pytest.raises(typer.Exit):
            command.compare()
        assert "1001: There, not here" in capsys.readouterr().out
        command.compare(shop.id, repair=True)
        assert "1 repaired" in capsys.readouterr().out
        command.compare(shop.id)
        there.key = "another"
        with pytest.raises(typer.Exit):
            command.compare(shop.id)
        assert "status 401" in capsys.readouterr().err
    with pytest.raises(Stop, match="no connected shop"):
        command.compare("shp_nobody")
    assert Conversion.objects.get().external_id == "1001"
