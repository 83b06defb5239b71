"""How other systems call what we call sub-id, channel or deep link, so that links made for them keep their meaning.

Capital letters make no difference. What is given under our own name goes first, then the first that stands in the
query. Names that mean another thing elsewhere, such as `source` or `ref`, are left out: old addresses know those.
"""

from collections.abc import Iterable, Mapping

_NUMBERED = {  # how it begins, and the highest number; without a number it is the first
    "aff_sub": 5,  # TUNE
    "aff_unique": 5,
    "subid": 10,  # impact.com and many more
    "sub_id": 10,  # Scaleo
    "aff_param": 5,
    "clickref": 6,  # Awin
    "data": 5,  # Post Affiliate Pro
    "s": 5,
    "u": 5,
}
_FIRST = ("sid", "afftrack", "tid", "ascsubtag")  # CJ and Groupon, ShareASale, ClickBank, Amazon
_DEEP_LINKS = ("ued", "urllink", "deep_link", "desturl")  # Awin, ShareASale, Scaleo, Post Affiliate Pro
_OWN = frozenset({*(f"sub{number}" for number in range(1, 11)), "placement", "channel", "to"})


def _usual() -> dict[str, str]:
    names = {f"{begins}{number}": f"sub{number}" for begins, most in _NUMBERED.items() for number in range(1, most + 1)}
    names |= {begins: "sub1" for begins in _NUMBERED if len(begins) > 1 and begins != "data"}
    names |= dict.fromkeys(_FIRST, "sub1") | dict.fromkeys(_DEEP_LINKS, "to")
    return names | {"chan": "channel"}


USUAL_NAMES: Mapping[str, str] = _usual()


def read_names(pairs: Iterable[str]) -> dict[str, str]:
    """Return further names, written `theirs=ours`, added to the usual ones; `theirs=` takes a usual one away.

    Raises:
        ValueError: a pair is not written so, or names nothing of ours.
    """
    names = dict(USUAL_NAMES)
    for pair in pairs:
        theirs, equals, ours = (part.strip().lower() for part in pair.partition("="))
        if not theirs or not equals or theirs in _OWN or (ours and ours not in _OWN):
            raise ValueError(f"{pair!r} is not written as theirs=ours, such as aff_sub=sub1")
        names[theirs] = ours
    return {theirs: ours for theirs, ours in names.items() if ours}


def in_our_words(fields: dict[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a query with those of other systems under our names; itself where there are none."""
    if fields.keys() <= _OWN:
        return fields
    said = {name: value for name, value in fields.items() if name.lower() not in names}
    for name, value in fields.items():
        ours = names.get(name.lower())
        if ours is not None:
            said.setdefault(ours, value)
    return said
