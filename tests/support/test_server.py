"""A test can start the real program, reach each of its ports, and leave nothing behind."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.run import Run
from tests.support.server import running_rapport


def test_an_installation_answers_on_all_its_ports_until_it_is_stopped(
    run: Run, copy_database: Callable[[], str], tmp_path: Path
) -> None:
    url = run.engine.url(copy_database())
    with running_rapport(data=tmp_path, database_url=url, variables={}) as rapport:
        addresses = (rapport.web, rapport.edge, rapport.metrics)
        for address in addresses:
            assert httpx.get(address).status_code < httpx.codes.INTERNAL_SERVER_ERROR, rapport.log()
    for address in addresses:
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)
