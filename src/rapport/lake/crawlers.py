"""Names the crawler behind a user agent, by the full public list that is too long for the edge."""

import re
from functools import lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

# In the list as link-preview fetchers, which announce themselves by the bare name. The same word at the end of a
# browser's user agent is a person reading inside that app, and a person's click must not be lost.
_ALSO_APPS_OF_PEOPLE = frozenset({"Viber", "WhatsApp", "Sonic", "Sogou"})
# Parts of the names of phones and their systems, by which robots that pretended to be such phones got onto the list.
_PHONES = frozenset({"008\\/", "AP3A\\.240617\\.008"})
_BROWSER = "Mozilla/5.0 ("
_PATTERNS_AT_ONCE = 25  # some alternatives in one expression are quicker than one by one, all in one are slower


def _compiled(patterns: list[str]) -> list[re.Pattern[str]]:
    groups = [patterns[start : start + _PATTERNS_AT_ONCE] for start in range(0, len(patterns), _PATTERNS_AT_ONCE)]
    return [re.compile("|".join(group)) for group in groups]


_EVERY_NAME: list[str] = [entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA]
_FOR_BROWSERS = _compiled([name for name in _EVERY_NAME if name not in _ALSO_APPS_OF_PEOPLE | _PHONES])
_FOR_OTHERS = _compiled(_EVERY_NAME)


@lru_cache(maxsize=65_536)  # a miss costs about a quarter of a millisecond; user agents repeat a lot
def crawler_of(user_agent: str) -> str | None:
    """Return the part of the user agent that names a known crawler or tool, None for a person's browser."""
    patterns = _FOR_BROWSERS if user_agent.startswith(_BROWSER) else _FOR_OTHERS
    found = (pattern.search(user_agent) for pattern in patterns)
    return next((match.group() for match in found if match), None)
