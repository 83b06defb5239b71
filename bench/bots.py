"""How many declared robots are found, and how many people are taken for one, on collections of user agents.

The collections are those that other packages ship (`make bench-bots` brings them): the robots, tools and people of
device-detector's test data, the robots of crawler-user-agents, the browsers of fake-useragent. Each is split in half by
the hash of the user agent. The words of `rapport.edge` were chosen by one half; the figures are of the other.
`--tuning` prints the first half with every mistake instead.

  robots_edge      declared robots and tools that the edge marks, by its own short list (of both collections)
  robots_lake      the same after ingest, which asks the full list of names too; robots of device-detector only, since
                   the other collection is that list's own
  people_flagged   people's browsers that either takes for a robot: in-app browsers, mail clients, consoles, televisions
                   and unusual phones included

At least 97 % and at most 0.5 % are meant. The last line is the same as JSON.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import crawleruseragents
import yaml

from rapport.edge.bots import judge_agent
from rapport.lake.crawlers import crawler_of

PEOPLE_BY = {"browser", "pim"}
"""Kinds of client in the test data that a person holds: browsers, and programs for mail."""
NOBODYS = {"bots.yml", "feed_reader.yml", "podcasting.yml", "unknown.yml"}
Agents = list[str]


def main() -> None:
    """Read, judge, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?", default=Path("build/bots"), help="the unpacked collections")
    options.add_argument("--tuning", action="store_true", help="the half that was looked at, with every mistake")
    asked = options.parse_args()
    fixtures = asked.folder / "device_detector/tests/fixtures/upstream"
    declared = _half(_robots(fixtures), looked_at=asked.tuning)
    known = _half(_names(), looked_at=asked.tuning)
    people = _half(_people(fixtures, asked.folder), looked_at=asked.tuning)
    if asked.tuning:
        _print("missed", [agent for agent in [*declared, *known] if not _edge(agent)])
        _print("missed by both", [agent for agent in declared if not _either(agent)])
        _print("people flagged", [agent for agent in people if _either(agent)])
    figures = {
        "robots": len(declared) + len(known),
        "robots_edge_percent": _percent(_edge, [*declared, *known]),
        "robots_edge_device_detector_percent": _percent(_edge, declared),
        "robots_lake_percent": _percent(_either, declared),
        "people": len(people),
        "people_flagged_edge_percent": _percent(_edge, people),
        "people_flagged_percent": _percent(_either, people),
    }
    for name, figure in figures.items():
        print(f"{name:<40}{figure:>12,.2f}")
    print(json.dumps(figures))


def _edge(agent: str) -> bool:
    return judge_agent(agent) is not None


def _either(agent: str) -> bool:
    return _edge(agent) or crawler_of(agent) is not None


def _percent(judge: Callable[[str], bool], agents: Agents) -> float:
    return round(100 * sum(map(judge, agents)) / len(agents), 2)


def _half(agents: Iterable[str], *, looked_at: bool) -> Agents:
    every = sorted({agent.strip() for agent in agents if agent and agent.strip()})
    return [agent for agent in every if (sha256(agent.encode()).digest()[0] % 2 == 0) == looked_at]


def _robots(fixtures: Path) -> Iterator[str]:
    for entry in _entries(fixtures / "bots.yml"):
        yield str(entry["user_agent"])


def _names() -> Iterator[str]:
    for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA:
        yield from entry.get("instances", [])


def _people(fixtures: Path, folder: Path) -> Iterator[str]:
    for path in sorted(fixtures.glob("*.yml")):
        if path.name not in NOBODYS:
            yield from (str(entry["user_agent"]) for entry in _entries(path) if _is_persons(entry))
    for line in (folder / "fake_useragent/data/browsers.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["useragent"]


def _is_persons(entry: dict[str, object]) -> bool:
    """Say whether a person holds this: a browser, a program for mail, or an app that shows pages as browsers do."""
    client = entry.get("client")
    kind = client.get("type") if isinstance(client, dict) else None
    in_app = kind == "mobile app" and str(entry["user_agent"]).startswith("Mozilla/")
    return kind in PEOPLE_BY or in_app


def _entries(path: Path) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return entries


def _print(title: str, agents: Agents) -> None:
    print(f"== {title}: {len(agents)}")
    for agent in agents:
        print(f"   {agent[:200]}")


if __name__ == "__main__":
    main()
