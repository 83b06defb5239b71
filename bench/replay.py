"""How fast terms are tried on the past: a year of invented orders as columns, paid by a draft with tiers.

    python -m bench.replay [--orders 1_000_000] [--rounds 3]

Orders are invented in SQL with the columns of judged facts: 500 partners, four in ten with a basket of two or three
lines, one in twenty corrected, all by one version in force. Measured, in a process of its own, is one replay from the
files to the sums by partner, product, month and day, with one order in a hundred computed again by the engine's rules;
`seconds` is the best round, `memory_mb` the most that the process ever held. Prints one line of JSON. Bringing columns
up to date with the tables is not in it.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rapport.domain.terms import Terms

PARTNERS = 500
PRODUCTS = 2_000
VERSION = "trm_1"


def main() -> None:
    """Invent, measure, print."""
    options = _options()
    if options.measure:
        print(json.dumps(_measured(Path(options.measure), orders=options.orders)))
        return
    Path("build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir="build") as folder:
        _wake(folder)
        _invent(Path(folder), options.orders)
        rounds = [_apart(folder, options.orders) for _ in range(options.rounds)]
    best = min(rounds, key=lambda told: float(told["seconds"]))
    print(json.dumps({**best, "memory_mb": max(told["memory_mb"] for told in rounds), "rounds": len(rounds)}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _wake(folder: str) -> None:
    os.environ |= {"RAPPORT_DATA": folder, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
    import django  # noqa: PLC0415 - after its settings are chosen

    django.setup()


def _apart(folder: str, orders: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.replay", "--measure", folder, "--orders", str(orders)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _measured(folder: Path, *, orders: int) -> dict[str, Any]:
    _wake(str(folder))
    from rapport.apps.programs.models import Program  # noqa: PLC0415 - Django is awake only now
    from rapport.flows.replaying.adding import Sums, figures_of  # noqa: PLC0415 - as above
    from rapport.flows.replaying.asked import Asked  # noqa: PLC0415 - as above
    from rapport.flows.replaying.columns.checking import Stored  # noqa: PLC0415 - as above
    from rapport.flows.replaying.columns.executing import Execution, Sources  # noqa: PLC0415 - as above
    from rapport.flows.replaying.columns.facts import day_numbered  # noqa: PLC0415 - as above
    from rapport.flows.replaying.columns.fitting import Bound  # noqa: PLC0415 - as above
    from rapport.flows.replaying.columns.store import Store  # noqa: PLC0415 - as above
    from rapport.flows.replaying.promising import Draft  # noqa: PLC0415 - as above

    draft = _draft()
    program = Program(id="prg_bench", zone="Europe/Berlin", currency="EUR")
    asked = Asked(program, draft, day_numbered(_FIRST_DAY), day_numbered(_FIRST_DAY + 364))
    present = {f"agr_{number}": VERSION for number in range(PARTNERS)}
    bound = Bound({VERSION: _in_force()}, Draft(draft, frozenset({VERSION})), present)
    store, sums = Store(folder), Sums()
    began, busy = time.perf_counter(), _cpu_s()
    with store.engine() as engine:
        execution = Execution(engine, asked, bound)
        seen = checked = differed = left = 0
        for first, last, number in execution.open(Sources(*store.views(store.held()))):
            execution.read(first, last)
            left += len(execution.left_to_engine())
            execution.pay()
            sample = execution.sample(100)
            lines = execution.lines_of_sample()
            differed += sum(
                Stored(row, lines.get(row["no"], [])).pays(draft) != (row["now"], row["basis_now"], row["now_day"])
                for row in sample
            )
            execution.add_to(sums)
            seen += number
            checked += len(sample)
    seconds = time.perf_counter() - began
    return {
        "orders": seen,
        "asked": orders,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(_cpu_s() - busy, 2),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "checked": checked,
        "differed": differed,
        "left_to_engine": left,
        "products": len(sums.by_product),
        "now_minor": figures_of(sums.totals).now_minor,
        "cores": os.cpu_count(),
    }


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


_FIRST_DAY = 20_000


def _terms(rules: list[dict[str, object]]) -> "Terms":
    from rapport.domain.terms import Problems, parse, presets  # noqa: PLC0415 - Django is awake only now

    read = parse({**presets()[0].document, "rules": rules}, currency="EUR")
    if isinstance(read, Problems):
        raise TypeError(read)
    return read


def _in_force() -> "Terms":
    return _terms([{"name": "sale", "when": {"kind": "sale"}, "pay": {"percent": "12"}}])


def _draft() -> "Terms":
    """Return rates in three tiers by the amount of an order."""
    tiers: list[dict[str, object]] = [
        {
            "name": f"from-{least[:-3]}",
            "when": {"kind": "sale", "amount": {"from": least}},
            "pay": {"percent": rate},
        }
        for least, rate in (("100.00", "14.5"), ("40.00", "11.25"))
    ]
    return _terms([*tiers, {"name": "rest", "when": {"kind": "sale"}, "pay": {"percent": "9"}}])


def _invent(folder: Path, orders: int) -> None:
    """Write columns as the worker would, all of them out of numbers."""
    from rapport.flows.replaying.columns.statement import say  # noqa: PLC0415 - Django is awake only now
    from rapport.flows.replaying.columns.store import Held, Store  # noqa: PLC0415 - as above

    store = Store(folder)
    with store.engine() as engine:
        engine.execute(_INVENTED.format(orders=orders, partners=PARTNERS, products=PRODUCTS, day=_FIRST_DAY))
        engine.execute(_LINES.format(products=PRODUCTS))
        engine.execute(f"CREATE TABLE drafted AS {say(_in_force()).statement('true')}")
        engine.execute(
            f"""COPY (SELECT f.* EXCLUDE (today) REPLACE (d.minor AS engine, d.minor AS booked, d.basis_now AS basis,
            d.now_day AS hold_day, d.now_day AS booked_day) FROM f JOIN drafted d USING (no) ORDER BY day)
            TO '{store.file("facts", 1)}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        engine.execute(
            f"""COPY (SELECT s.* REPLACE (
            d.minor * weight // s.weights AS engine, d.minor * weight // s.weights AS booked,
            d.basis_now * weight // s.weights AS basis) FROM s JOIN drafted d USING (no) ORDER BY no, place)
            TO '{store.file("shares", 1)}' (FORMAT parquet, COMPRESSION zstd)"""
        )
    store.keep(replace(Held(), files=(1,), orders=orders))


_INVENTED = """
CREATE TABLE f AS
WITH drawn AS (
    SELECT i AS no, hash(i) AS h, hash(i + 1_000_000_007) AS g FROM range({orders}) t(i)
), told AS (
    SELECT *, (500 + h % 20_000)::BIGINT AS total,
        CASE WHEN g % 10 < 4 THEN 2 + (g // 10 % 2)::BIGINT ELSE 1 END AS lines,
        g % 20 = 0 AS corrected
    FROM drawn
)
SELECT no::BIGINT AS no, printf('cnv_01bench%018d', no) AS conversion_id, '' AS customer_id, no::VARCHAR AS external_id,
    'sale' AS kind, ({day} + no * 365 // {orders})::BIGINT AS day, false AS hard,
    'agr_' || (h % {partners}) AS agreement, 'trm_1' AS version, 0::BIGINT AS engine, 0::BIGINT AS hold_day,
    0::BIGINT AS booked, 'trm_1' AS booked_version, 0::BIGINT AS booked_day,
    total, total * 19 // 119 AS tax, (h // 7 % 500)::BIGINT AS shipping, 0::BIGINT AS discount,
    1::BIGINT AS factor_num, 1::BIGINT AS factor_den,
    if(corrected, (total - total // 3) * total, total) AS left_total,
    if(corrected, (total * 19 // 119) * (total - total // 3), total * 19 // 119) AS left_tax,
    if(corrected, (h // 7 % 500)::BIGINT * (total - total // 3), (h // 7 % 500)::BIGINT) AS left_shipping,
    0::BIGINT AS left_discount, if(corrected, total, 1) AS left_den,
    if(corrected, total - total // 3, 1) AS stands_num, if(corrected, total, 1) AS stands_den, 0::BIGINT AS basis,
    if(corrected, 86_400_000, NULL)::BIGINT AS first_ms, if(corrected, 86_400_000, NULL)::BIGINT AS last_ms,
    NULL::VARCHAR AS customer, 'de' AS country, NULL::VARCHAR AS device, 'without' AS coupon, '|' AS codes,
    'blogger' AS segment, NULL::VARCHAR AS placement, NULL::VARCHAR AS channel, 'monday' AS weekday,
    (h % 24)::BIGINT AS hour, lines * 10_000 AS quantity, 0::BIGINT AS months, 0::BIGINT AS times, false AS window_over,
    lines, if(lines = 1, 'P-' || (g % {products}), '') AS product, lines AS costed, total // 2 AS margin,
    'trm_1' AS today
FROM told
"""

_LINES = """
CREATE TABLE s AS
SELECT no, place::BIGINT AS place, 'P-' || (hash(no, place) % {products}) AS product,
    lower('P-' || (hash(no, place) % {products})) AS product_key, NULL::VARCHAR AS category, NULL::VARCHAR AS brand,
    total // lines AS price, 10_000::BIGINT AS pieces, total // 4 AS cost,
    (1 + hash(place, no) % 9)::BIGINT AS weight,
    (sum((1 + hash(place, no) % 9)::BIGINT) OVER (PARTITION BY no))::BIGINT AS weights,
    total // 2 // lines AS margin, 1::BIGINT AS leads, 1::BIGINT AS leads_cost,
    0::BIGINT AS booked, 0::BIGINT AS engine, 0::BIGINT AS basis
FROM f, range(f.lines) t(place)
"""


if __name__ == "__main__":
    main()
