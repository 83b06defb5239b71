"""Who declares to be a robot is found; people with odd phones and in-app browsers are left in peace."""

from hashlib import sha256
from pathlib import Path
from time import thread_time

import crawleruseragents
import pytest

from rapport.edge.bots import judge_agent
from rapport.edge.reasons import Reason

PEOPLE = (Path(__file__).parent / "people.txt").read_text(encoding="utf-8").splitlines()


def declared_crawlers() -> list[str]:
    """Return the half of a public collection that the words were not chosen on."""
    collection = [agent for entry in crawleruseragents.CRAWLER_USER_AGENTS_DATA for agent in entry.get("instances", [])]
    return [agent for agent in sorted(set(collection)) if sha256(agent.encode()).digest()[0] % 2]


def test_nearly_all_declared_crawlers_are_found() -> None:
    crawlers = declared_crawlers()
    found = [agent for agent in crawlers if judge_agent(agent) is Reason.BOT_AGENT]

    assert len(crawlers) > 900
    assert len(found) / len(crawlers) >= 0.97


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_s_browser_is_not_called_a_bot(agent: str) -> None:
    assert judge_agent(agent) is None


@pytest.mark.parametrize("agent", ["", " ", "\t"])
def test_who_says_nothing_is_no_person(agent: str) -> None:
    assert judge_agent(agent) is Reason.EMPTY_AGENT


@pytest.mark.parametrize(
    "agent",
    [
        "curl/8.5.0",
        "python-requests/2.32",
        "Wget/1.24",
        "okhttp/4.12.0",
        "WhatsApp/2.23.20 A",
        "Mozilla/5.0 xtate/2.12.4",
        "Mozilla/5.0 (Morningscore/1.0)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko; compatible; pageburst) Chrome/98.0",
    ],
)
def test_a_tool_that_calls_itself_by_its_name_is_found(agent: str) -> None:
    assert judge_agent(agent) is Reason.BOT_AGENT


@pytest.mark.parametrize("piece", ["a.b@", "bot ", "(compatible;", ".com", "@a-", "scan"])
def test_a_very_long_agent_costs_little(piece: str) -> None:
    began = thread_time()  # of the processor: what others take of the machine does not count
    judge_agent("Mozilla/5.0 " + piece * 25_000)

    assert thread_time() - began < 0.05
