"""Profiles: postbacks as other systems write them, read as our own reports."""

from rapport.apps.conversions.profiles.clickbank import CLICKBANK
from rapport.apps.conversions.profiles.known import (
    AFFISE,
    AWIN,
    CJ,
    EVERFLOW,
    OWN,
    POST_PRO,
    SHAREASALE,
    TUNE,
)
from rapport.apps.conversions.profiles.shape import Fields, Profile, Status

PROFILES = {
    profile.slug: profile for profile in (OWN, POST_PRO, TUNE, EVERFLOW, AFFISE, CJ, AWIN, SHAREASALE, CLICKBANK)
}

__all__ = ["CLICKBANK", "OWN", "PROFILES", "Fields", "Profile", "Status"]
