"""Is tracking alive, on a running installation: tests come through all doors and count nowhere."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from pytest_django import DjangoDbBlocker, Settings

from rapport.apps.commissions.models import Commission
from rapport.apps.conversions.models import Conversion
from rapport.apps.ledger.queries import recount
from rapport.apps.outages.models import Outage, Trial
from rapport.apps.outages.queries import trials_of
from rapport.domain.money import Money
from rapport.flows.alive.telling import ToldTrial, told_trials
from rapport.flows.alive.trials import send_refund_through
from rapport.flows.daybook import yesterday
from rapport.kit.clock import now
from rapport.lake.questions.lake import Lake
from tests.config.commands import rapport
from tests.journeys.test_running import waited
from tests.make.identity import STORY
from tests.make.road import make_agreement, make_link, make_program
from tests.support.databases import connected_to
from tests.support.server import RunningRapport

Start = Callable[..., RunningRapport]


def health_of(running: RunningRapport) -> dict[str, str]:
    """Return what `/healthz` says."""
    connection = HTTPConnection(urlsplit(running.web).netloc, timeout=20)
    connection.request("GET", "/healthz")
    told: dict[str, str] = json.loads(connection.getresponse().read())
    connection.close()
    return told


@pytest.mark.drill(seconds=40)
def test_the_monitor_tries_the_doors_and_nothing_of_it_counts(
    start_rapport: Start, django_db_blocker: DjangoDbBlocker, settings: Settings
) -> None:
    running = start_rapport(RAPPORT_MONITOR_MINUTES="1440")
    settings.EDGE_URL, settings.LAKE_FOLDER = running.edge, running.data / "lake"
    with django_db_blocker.unblock(), connected_to(running.database_url):
        program = make_program(at=now())
        make_link(make_agreement(program, at=now()), at=now())

        def whole() -> ToldTrial | None:
            told = told_trials(trials_of(program.id), most=1, at=now())
            return told[0] if told and not told[0].is_on_its_way else None

        trial = waited("a test that came through", whole, within_s=150).followed.trial
        assert (trial.problem, trial.by_monitor) == ("", True)
        waited("the note of its arrival", lambda: Trial.objects.exclude(arrived_at=None).exists(), within_s=90)

        send_refund_through(trial, by=STORY, at=now())
        told = waited("the refund", whole, within_s=60)
        assert told.followed.would_earn == Money(0, "EUR")
        assert told.why.startswith("Slow Mornings: Paid by the customer 100.00, ")

        assert Conversion.objects.get(external_id=trial.order_id).test
        assert Lake(running.data / "lake").totals().gross == 0
        assert not Commission.objects.exists()
        assert recount(program.id).problems == []
        assert yesterday(program, at=now()).orders.now == 0
        # The shop of stories has no address, and the look at links says so.
        assert set(Outage.objects.values_list("kind", flat=True)) <= {"destination"}
    assert set(health_of(running).values()) == {"ok"}

    here = {"RAPPORT_DATA": str(running.data), "RAPPORT_DATABASE_URL": running.database_url}
    here |= {"RAPPORT_PUBLIC_URL": running.web, "RAPPORT_EDGE_URL": running.edge}
    tried = rapport("alive", "--try", **here)
    assert "the test order arrived" in tried.stdout
    assert rapport("repair", **here).stdout.strip() == "No outage waits for repair."
