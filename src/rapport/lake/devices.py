"""Tells the class of device from a user agent: as coarse as terms and reports need it, and no finer."""

import re
from functools import lru_cache
from typing import Literal

Device = Literal["phone", "tablet", "desktop", "bot", "other"]

_TABLET = re.compile(r"ipad|tablet|kindle|silk/|playbook|android(?!.*mobile)", re.IGNORECASE)
_PHONE = re.compile(r"iphone|ipod|android|mobile|windows phone|opera mini", re.IGNORECASE)
_DESKTOP = re.compile(r"windows nt|macintosh|x11|cros |linux", re.IGNORECASE)
_TELEVISION = re.compile(r"smart-?tv|appletv|googletv|hbbtv|crkey|playstation|xbox|nintendo", re.IGNORECASE)

# The order matters: a television calls itself Android, a tablet may call itself mobile, a phone calls itself Linux.
_CLASSES: tuple[tuple[re.Pattern[str], Device], ...] = (
    (_TELEVISION, "other"),
    (_TABLET, "tablet"),
    (_PHONE, "phone"),
    (_DESKTOP, "desktop"),
)


@lru_cache(maxsize=65_536)
def device_of(user_agent: str) -> Device:
    """Return the device class of a person's browser; who is a bot is decided elsewhere."""
    return next((device for pattern, device in _CLASSES if pattern.search(user_agent)), "other")
