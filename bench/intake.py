"""How fast conversions are booked, as a ratio to the disk's own rate F: appends of 200 bytes, each with fdatasync.

    python bench/intake.py [--rounds 5] [--singles 60] [--batch 1200]

Singly: through the API in process (the whole WSGI application with key, Idempotency-Key, judgement, books, audit and
announcements), one order after the other, each on disk before its answer. In batches: from sealed segments of the
postback journal by `take_postbacks`. Every order is of a customer of its own and names a click. F is measured before
and after each round, on the same disk. Repeat it on an idle machine; the database is the one that
RAPPORT_DATABASE_URL names, else SQLite in a fresh folder under build/.
"""

import argparse
import io
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rapport.apps.programs.models import Program
    from rapport.apps.tracking.models import Link

PROMISED = {"singly": 0.04, "in batches": 0.3}
APPEND = b"x" * 199 + b"\n"
SYNC_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class Shop:
    """A program with a link, and the key of its shop."""

    program: "Program"
    link: "Link"
    key: str


def main() -> None:
    """Measure and print."""
    options = _options()
    Path("build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir="build") as folder:
        os.environ |= {"RAPPORT_DATA": folder, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
        shop = _open_shop()
        _book_singly(shop, 20)
        _book_in_batches(shop, 80)
        for name, book, number in (
            ("singly", _book_singly, options.singles),
            ("in batches", _book_in_batches, options.batch),
        ):
            _print(name, [_round(shop, book, number, folder=Path(folder)) for _ in range(options.rounds)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--singles", type=int, default=60, help="orders through the API in each round")
    parser.add_argument("--batch", type=int, default=1200, help="postbacks in each round")
    return parser.parse_args()


def _print(name: str, rounds: list[tuple[float, float]]) -> None:
    rate = statistics.median(rate for rate, _f in rounds)
    f = statistics.median(f for _rate, f in rounds)
    ratio = statistics.median(rate / f for rate, f in rounds)
    print(f"booked {name}: {rate:.0f}/s, F {f:.0f}/s, ratio {ratio:.3f} (promised {PROMISED[name]})", flush=True)


def _round(shop: Shop, book: Callable[[Shop, int], float], number: int, *, folder: Path) -> tuple[float, float]:
    """Return conversions per second, and F around that time."""
    before = _syncs_per_second(folder)
    seconds = book(shop, number)
    return number / seconds, (before + _syncs_per_second(folder)) / 2


def _syncs_per_second(folder: Path) -> float:
    descriptor = os.open(folder / "syncs", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    done, started_s = 0, time.perf_counter()
    while (passed_s := time.perf_counter() - started_s) < SYNC_SECONDS:
        os.write(descriptor, APPEND)
        os.fdatasync(descriptor)
        done += 1
    os.close(descriptor)
    return done / passed_s


def _open_shop() -> Shop:
    import django  # noqa: PLC0415 - the environment decides what it wakes with

    from rapport.config.env import environment, prepare_data_folder  # noqa: PLC0415 - see above

    prepare_data_folder(environment())
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - see above

    from rapport.apps.identity.actions import make_key  # noqa: PLC0415 - see above
    from rapport.apps.identity.inputs import KeyInput  # noqa: PLC0415 - see above
    from rapport.apps.identity.rights import KeyScope  # noqa: PLC0415 - see above
    from rapport.flows.demo.loading import last_play  # noqa: PLC0415 - see above
    from rapport.flows.demo.staging import BY, let_in, set_stage  # noqa: PLC0415 - see above
    from rapport.kit.clock import now  # noqa: PLC0415 - see above

    call_command("migrate", verbosity=0)
    at = now()
    stage = set_stage(last_play(partners=10, months=1))
    let_in(stage, until=at, progress=lambda: None)
    given = KeyInput(name="Bench", scopes=(KeyScope.CONVERSIONS_WRITE,))
    key = make_key(organisation_id=stage.program.workspace_id, given=given, by=BY, at=at)
    return Shop(stage.program, stage.partners[0].links[0], key.secret)


def _orders(shop: Shop, number: int) -> list[dict[str, Any]]:
    """Return orders of customers of their own, each after a click."""
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - Django must be awake
    from rapport.apps.tracking.actions import ensure_click_key  # noqa: PLC0415 - see above
    from rapport.apps.tracking.keys import key_of  # noqa: PLC0415 - see above
    from rapport.kit.clock import now, to_ms  # noqa: PLC0415 - see above
    from rapport.wire.clickid import Mark, mint  # noqa: PLC0415 - see above

    at = now()
    row = ensure_click_key(by=Actor.system("bench"), at=at)
    key = key_of(row)
    orders = []
    for _ in range(number):
        name = secrets.token_hex(8)
        random = secrets.token_bytes(4)
        click_id = mint(key=key, at_ms=to_ms(at), link_number=shop.link.number, marks=Mark(0), random=random)
        orders.append(
            {
                "kind": "sale",
                "external_id": name,
                "currency": shop.program.currency,
                "total": "104.22",
                "tax": "16.64",
                "customer_id": f"customer-{name}",
                "click_ids": [click_id],
            }
        )
    return orders


def _book_singly(shop: Shop, number: int) -> float:
    """Send orders through the API one after the other; return the seconds that it took."""
    from rapport.config.wsgi import application  # noqa: PLC0415 - Django must be awake

    bodies = [json.dumps(order).encode() for order in _orders(shop, number)]
    statuses: list[str] = []

    def start_response(
        status: str, _headers: list[tuple[str, str]], _error: object = None, /
    ) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes

    started_s = time.perf_counter()
    for body in bodies:
        response = application(_request(body, key=shop.key), start_response)
        for _part in response:
            pass
        response.close()  # ends the request, as a server does
    seconds = time.perf_counter() - started_s
    if statuses != ["201 Created"] * number:
        raise SystemExit(f"not all orders were taken: {set(statuses)}")
    return seconds


def _request(body: bytes, *, key: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/conversions",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8100",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost:8100",
        "HTTP_AUTHORIZATION": f"Bearer {key}",
        "HTTP_IDEMPOTENCY_KEY": secrets.token_hex(8),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _book_in_batches(shop: Shop, number: int) -> float:
    """Lay postbacks into the journal as the edge does, take them in, and return the seconds that this took."""
    from django.conf import settings  # noqa: PLC0415 - Django must be awake

    from rapport.flows.postbacks import take_postbacks  # noqa: PLC0415 - see above
    from rapport.kit.clock import now, to_ms  # noqa: PLC0415 - see above
    from rapport.kit.ids import new_id  # noqa: PLC0415 - see above
    from rapport.wire.events import PostbackEvent  # noqa: PLC0415 - see above
    from rapport.wire.journal import JournalWriter  # noqa: PLC0415 - see above

    at = now()
    writer = JournalWriter(settings.JOURNAL_FOLDER, writer_id=f"bench-{secrets.token_hex(3)}")
    for order in _orders(shop, number):
        params = {**order, "click_ids": order["click_ids"][0]}
        writer.append(
            PostbackEvent(
                receipt_id=new_id("rcp", at=at),
                at_ms=to_ms(at),
                program_id=shop.program.id,
                auth="token",
                params=params,
            )
        )
    writer.sync()
    writer.close()
    started_s = time.perf_counter()
    taken = take_postbacks(at=at)
    seconds = time.perf_counter() - started_s
    if taken != number:
        raise SystemExit(f"{taken} of {number} postbacks were taken")
    return seconds


if __name__ == "__main__":
    main()
