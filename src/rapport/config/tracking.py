"""The edge as a process of its own: it carries neither the command line nor the reading of settings, half of its size.

`rapport edge` reads the settings and becomes this; the process stays the same, and whoever watches it sees no change.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from rapport.config.guardian import watch_supervisor
from rapport.config.installation import present
from rapport.edge import EdgeSettings, run


def become(settings: EdgeSettings) -> None:
    """Go on in this process as the edge alone."""
    told = {name: value for name, value in asdict(settings).items() if name != "limits"}
    told |= {"data": str(settings.data), "own_hosts": sorted(settings.own_hosts)}
    told["assets"] = str(settings.assets) if settings.assets else ""
    arguments = [sys.executable, "-m", __name__, json.dumps(told), "edge"]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own program


def told_settings(text: str) -> EdgeSettings:
    """Return the settings as `become` told them."""
    told = json.loads(text)
    lists = {"own_hosts": frozenset(told["own_hosts"]), "trusted_proxies": tuple(told["trusted_proxies"])}
    assets = Path(told["assets"]) if told["assets"] else None
    sockets = tuple(told["sockets"]) if told["sockets"] else None
    return EdgeSettings(**told | lists | {"data": Path(told["data"]), "assets": assets, "sockets": sockets})


if __name__ == "__main__":
    watch_supervisor()
    chosen = told_settings(sys.argv[1])
    with present(chosen.data):
        sys.exit(run(chosen))
