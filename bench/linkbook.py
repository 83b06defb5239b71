"""How long the link book takes: whole with a million links, and one change until the edge follows it.

    python -m bench.linkbook [--links 1000000] [--changes 20]

`whole_s` is the publication of the whole book, `book_mb` its length on the disk. Then an edge runs on it, and one link
after the other is made and asked for until it leads on: `live_ms` are the median and the worst of those, from the call
to `publish` to the redirect. The tables and the worker that hands changes over are not in it. The book in use is cut
short in the end, and the edge must lead on (`after_damage`: 302). The last line is JSON.
"""

import argparse
import json
import statistics
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from bench.edge_parts import servers
from rapport.wire import linkbook
from rapport.wire.linkbook import LinkEntry

PATIENCE_S = 20
_FIRST_BYTES = 16_384


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--links", type=int, default=1_000_000, help="links in the book")
    parser.add_argument("--changes", type=int, default=20, help="links made one after the other")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data, began = Path(folder), time.monotonic()
        servers.publish(data, options.links)
        figures: dict[str, object] = {"links": options.links, "whole_s": round(time.monotonic() - began, 1)}
        (book,) = (data / "linkbook").glob("book-*/data.mdb")
        figures["book_mb"] = round(book.stat().st_size / 1_000_000)
        with servers.edge(data) as server:
            live = [_live_ms(data, server.port, number) for number in range(options.changes)]
            figures["live_ms"] = {"median": round(statistics.median(live)), "worst": round(max(live))}
            _put_damaged_book(data)
            figures["after_damage"] = _status(server.port, "/c/c1")
    print(json.dumps(figures))


def _live_ms(data: Path, port: int, number: int) -> float:
    began, code = time.monotonic(), f"new-{number}"
    linkbook.publish(
        data / "linkbook",
        links=[
            LinkEntry(
                code=code,
                link_number=10**9 + number,
                link_id=f"lnk_{code}",
                agreement_id="agr_1",
                program_id="prg_1",
                destination=f"https://shop.example/{code}",
            )
        ],
    )
    while f"/{code}" not in _location(port, f"/c/{code}"):
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(f"{code} is not live after {PATIENCE_S} s")
        time.sleep(0.005)
    return 1_000 * (time.monotonic() - began)


def _put_damaged_book(data: Path) -> None:
    """Point to a newer book that was cut short, as a copy that broke off leaves it."""
    folder = data / "linkbook"
    broken = folder / "book-00000099"
    broken.mkdir()
    (newest,) = folder.glob("book-*/data.mdb")
    with newest.open("rb") as whole:
        (broken / "data.mdb").write_bytes(whole.read(_FIRST_BYTES))
    (folder / "current").write_text("book-00000099\n")
    time.sleep(1)  # the edge looks ten times as often


def _status(port: int, target: str) -> int:
    return _ask(port, target)[0]


def _location(port: int, target: str) -> str:
    return _ask(port, target)[1]


def _ask(port: int, target: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("location", "")
    finally:
        connection.close()


if __name__ == "__main__":
    main()
