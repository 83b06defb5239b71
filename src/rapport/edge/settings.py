"""What the edge is told when it starts, and the limits it sets for those who call it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rapport.wire.foreign_names import USUAL_NAMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one caller; beyond them the answer is a clear refusal and the connection ends."""

    target_bytes: int = 16_384  # the path and query: links with 8 kB of deep link and sub-ids pass
    header_bytes: int = 32_768  # all headers together
    headers: int = 100
    body_bytes: int = 65_536
    waiting_requests: int = 64  # pipelined behind a postback that waits for the disk
    connections: int = 10_000
    message_seconds: float = 15  # from a request's first byte to its last
    idle_seconds: float = 75
    answer_seconds: float = 30
    drain_seconds: float = 5  # at the end, for requests that have begun


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSettings:
    """Where the edge lives: `data` holds its `journal/` and its `linkbook/`; a port of 0 takes any free one."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8101
    metrics_port: int = 8102
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks whose X-Forwarded-For is believed
    own_hosts: frozenset[str] = frozenset()  # names beside those of this machine that the edge answers to
    assets: Path | None = None  # the folder of built files, where the script for shops' pages is
    secure_cookies: bool = False  # true behind TLS: browsers then refuse to send the cookie in the clear
    sync_seconds: float = 0.01  # a loss of power may take the clicks of this long, and no postback
    segment_seconds: float = 1.0  # consumers see a click this long after it came
    book_seconds: float = 0.5  # a published change is live after this long
    foreign_names: Mapping[str, str] = field(default_factory=lambda: USUAL_NAMES)  # theirs to ours, in queries
    sockets: tuple[int, int] | None = None  # visitors' and monitors', open already: descriptors that a keeper holds
    limits: Limits = field(default_factory=Limits)
