"""The closed list of reasons why a click is marked or led elsewhere, and why a postback is refused; all are counted."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a click is not an ordinary one. The first that applies, in this order, is written down."""

    PROGRAM_CLOSED = "program_closed"
    LINK_INACTIVE = "link_inactive"
    LINK_NOT_STARTED = "link_not_started"
    LINK_ENDED = "link_ended"
    LINK_FULL = "link_full"  # its clicks of the day, or in total, have come up to its cap
    HEAD_REQUEST = "head_request"
    EMPTY_AGENT = "empty_agent"
    BOT_AGENT = "bot_agent"
    PREFETCH = "prefetch"
    FRAMED = "framed"
    SUBRESOURCE = "subresource"  # asked for as an image, a script or by one, not as a page
    FOREIGN_DEEP_LINK = "foreign_deep_link"  # led to the program's fallback instead; earns like any other
    FOREIGN_NAME = "foreign_name"  # counted only: sent to a name that nobody has proven
    UNKNOWN_CODE = "unknown_code"  # counted only: without a link there is nothing to write down


class Refusal(StrEnum):
    """Why a postback is not taken."""

    UNREADABLE = "unreadable"
    UNAUTHENTIC = "unauthentic"
    FOREIGN_PAGE = "foreign_page"
    TOO_MANY = "too_many"
    NOT_STORED = "not_stored"
