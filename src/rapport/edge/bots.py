"""Which user agents declare that no person is behind them: a short list of words of our own and one pattern.

A visit that is called a bot here can never earn, so doubt goes to the person: in-app browsers, mail programs and odd
phones pass. The lake looks again with a long list of names before money is approved.
"""

import re
from importlib.resources import files

from rapport.edge.reasons import Reason

_LONGEST = 1_024  # beyond this no honest browser goes, and a search stays short


def _words(name: str) -> tuple[str, ...]:
    """Return the words of a list that lies beside this module."""
    text = (files("rapport.edge") / name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


_BROWSER_STARTS = _words("browser_starts.txt")
_BROWSER_PARTS = _words("browser_parts.txt")
_BOT_WORDS = _words("bot_words.txt")
# A pattern costs ten times what all the words cost, so it is asked only where it can find something.
_HINTS = ("bot", "scan", "agent", "@", "(at)", ".com", ".org", ".net", ".io", "(compatible;")
_PATTERN = re.compile(
    r"(?<!cu|id)bot(?![a-z ]|$)|(?<!cu|id)bots?\b|\bscan|scan\b|agent\b"  # a Cubot and an IDbot are phones
    # an address to ask at, or "compatible" with a name: nearly all who crawl by the rules have one
    r"|(?:@|\(at\))[\w-]+\.[a-z]{2}|(?<=\w)\.(?:com|org|net|io)\b"
    r"|\(compatible;(?! ?(?:msie|konqueror|linux|antgalio|u;))"
)
# A first word as browsers have it, and then at once the own name.
_BARE = re.compile(r"mozilla/\d\.\d \(?(?!applewebkit)[a-z-]+/\d")


def judge_agent(user_agent: str) -> Reason | None:
    """Return why a user agent cannot be a person's browser, or nothing."""
    agent = user_agent[:_LONGEST].strip().lower()
    if not agent:
        return Reason.EMPTY_AGENT
    is_browser = agent.startswith(_BROWSER_STARTS) or _holds(agent, _BROWSER_PARTS)
    is_person = is_browser and not _holds(agent, _BOT_WORDS) and not _declares_itself(agent)
    return None if is_person else Reason.BOT_AGENT


def _declares_itself(agent: str) -> bool:
    return _BARE.match(agent) is not None or (_holds(agent, _HINTS) and _PATTERN.search(agent) is not None)


def _holds(agent: str, words: tuple[str, ...]) -> bool:
    return any(word in agent for word in words)
