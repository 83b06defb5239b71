"""The entries of the link book: what the edge must know of a program, a link and the click-id keys."""

import msgspec

from rapport.wire.clickid import Key


class ProgramEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A program as the edge sees it.

    `hosts` are the hosts that deep links may name (`shop.example`, or with its port); `token_hashes` are SHA-256 in
    hex of the postback tokens; `hmac_secrets` are the raw bytes behind `whsec_`. With `consent_required`, a cookie is
    set only when the link says `consent=1`. `domains` are names of its own under which its
    links lead on. `tags` are parameters that every destination gets which has none of the name, with macros.
    """

    program_id: str
    state: str = "open"
    fallback_url: str = ""
    hosts: tuple[str, ...] = ()
    parameter: str = "rpid"
    cookie_days: int = 365
    consent_required: bool = False
    token_hashes: tuple[str, ...] = ()
    hmac_secrets: tuple[bytes, ...] = ()
    domains: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


class LinkEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A link as the edge sees it; it leads on between `starts_ms` and `ends_ms`, the end excluded.

    `destination` may hold macros, see `wire.macros`; outside its time, and before `full_until_ms`, a link leads to its
    own `fallback_url`, or to the program's where it has none.
    """

    code: str
    link_number: int
    link_id: str
    agreement_id: str
    program_id: str
    destination: str
    active: bool = True
    placement: str = ""
    channel: str = ""
    starts_ms: int | None = None
    ends_ms: int | None = None
    fallback_url: str = ""
    full_until_ms: int | None = None


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Every click-id key there ever was, and the number of the one that signs."""

    current: int
    keys: tuple[Key, ...]

    def minting(self) -> Key:
        """Return the key that signs new click ids.

        Raises:
            KeyError: there is none of that number.
        """
        return self.by_number()[self.current]

    def by_number(self) -> dict[int, Key]:
        """Return the keys by their numbers, as `clickid.read` wants them."""
        return {key.number: key for key in self.keys}
