"""Whose an address on the web is: a site of one's own, or a profile on a network that many share."""

from typing import Final
from urllib.parse import urlsplit

NETWORKS: Final = (
    *("youtube.com", "instagram.com", "tiktok.com", "x.com", "twitter.com", "facebook.com", "pinterest.com"),
    *("twitch.tv", "linkedin.com", "t.me", "vk.com", "threads.net", "snapchat.com", "reddit.com", "medium.com"),
    *("linktr.ee", "patreon.com", "github.com", "discord.com", "mastodon.social", "bsky.app", "soundcloud.com"),
)
"""Where an account, not the host, is somebody's own."""


def host_of_site(address: str) -> str:
    """Return the host of an address in small letters without `www.`; empty for one that has none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_profile(address: str) -> bool:
    """Say whether an address is an account on a network, where only its own text shows whose it is."""
    host = host_of_site(address)
    return any(host == network or host.endswith(f".{network}") for network in NETWORKS)
