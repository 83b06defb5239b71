"""The frame around a page as plain values: brand, places, person, program. Doors fill it, layouts draw it.

No function here reads a table. Each returns a mapping that a view or a context processor merges into its context.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise

# A text may be lazy, so that a door can name its places once, before anybody's language is known.
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """One address that a reader can go to; `count` is what waits there, or a short word such as a version."""

    label: Words
    url: str
    icon: str = ""
    count: int | str | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Places that belong together, under one small heading."""

    label: Words
    items: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as shown at the foot: name, role, and where to change or leave."""

    name: str
    note: Words = ""
    settings_url: str = ""
    sign_out_url: str = ""


@dataclass(frozen=True, slots=True)
class ProgramChoice:
    """One entry of the program switcher."""

    name: str
    url: str
    note: Words = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose page this is: a merchant's program or Rapport itself."""

    name: str = "Rapport"
    url: str = "/"


def console_shell(
    *,
    groups: Iterable[Group],
    person: Person,
    path: str,
    programs: Sequence[ProgramChoice] = (),
    find_url: str = "",
    brand: Brand | None = None,
) -> dict[str, object]:
    """Context of `layouts/console.html`; the longest place that begins the path is the current one."""
    listed = tuple(groups)
    current = _current((place for group in listed for place in group.items), path)
    return {
        "brand": brand or Brand(),
        "nav": tuple(Group(group.label, _marked(group.items, current)) for group in listed),
        "person": person,
        "program": next((choice for choice in programs if choice.current), None),
        "programs": tuple(choice for choice in programs if not choice.current),
        "find_url": find_url,
    }


def portal_shell(
    *,
    brand: Brand,
    places: Sequence[Place],
    person: Person,
    path: str,
    programs: Sequence[ProgramChoice] = (),
) -> dict[str, object]:
    """Context of `layouts/portal.html`: at most four places, because a thumb reaches four."""
    return {
        "brand": brand,
        "places": _marked(places, _current(places, path)),
        "person": person,
        "program": next((choice for choice in programs if choice.current), None),
        "programs": tuple(choice for choice in programs if not choice.current),
    }


def public_shell(
    *,
    brand: Brand,
    places: Sequence[Place] = (),
    action: Place | None = None,
    footer: Sequence[Place] = (),
    footer_note: str = "",
) -> dict[str, object]:
    """Context of `layouts/public.html`: places on this page, one action, small print."""
    return {
        "brand": brand,
        "places": tuple(places),
        "action": action,
        "footer": tuple(footer),
        "footer_note": footer_note,
    }


def focus_shell(*, brand: Brand | None = None) -> dict[str, object]:
    """Context of `layouts/focus.html`."""
    return {"brand": brand or Brand()}


def _current(places: Iterable[Place], path: str) -> str:
    begun = (place.url for place in places if path == place.url or path.startswith(f"{place.url.rstrip('/')}/"))
    return max(begun, key=len, default="")


def _marked(places: Iterable[Place], current: str) -> tuple[Place, ...]:
    return tuple(replace(place, current=place.current or place.url == current) for place in places)
