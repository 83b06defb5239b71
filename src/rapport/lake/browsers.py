"""Tells the family of a browser from a user agent: the few names that reports can use."""

import re
from functools import lru_cache

# The order matters: nearly every browser also calls itself by the name of the one that it was made from.
_FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"FBAN|FBAV|FB_IAB", "Facebook"),
        (r"Instagram", "Instagram"),
        (r"TikTok|musical_ly|BytedanceWebview", "TikTok"),
        (r"Pinterest", "Pinterest"),
        (r"GSA/", "Google app"),
        (r"SamsungBrowser", "Samsung Internet"),
        (r"Edg(?:e|A|iOS)?/", "Edge"),
        (r"OPR/|OPiOS|OPT/|Opera", "Opera"),
        (r"Vivaldi", "Vivaldi"),
        (r"YaBrowser", "Yandex"),
        (r"DuckDuckGo|Ddg/", "DuckDuckGo"),
        (r"UCBrowser|UCWEB", "UC Browser"),
        (r"Firefox|FxiOS", "Firefox"),
        (r"MSIE |Trident/", "Internet Explorer"),
        (r"Chrome|CriOS|Chromium", "Chrome"),
        (r"Safari|AppleWebKit", "Safari"),
    )
)


@lru_cache(maxsize=65_536)
def browser_of(user_agent: str) -> str:
    """Return the family of a person's browser, "other" for a rare one and nothing where no agent was sent."""
    found = (name for pattern, name in _FAMILIES if pattern.search(user_agent))
    return next(found, "other" if user_agent else "")
