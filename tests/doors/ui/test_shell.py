"""The frame knows where the reader is."""

from rapport.doors.ui.shell import (
    Brand,
    Group,
    Person,
    Place,
    ProgramChoice,
    console_shell,
    focus_shell,
    portal_shell,
    public_shell,
)

INES = Person("Ines Krüger")
WORK = Group("Work", (Place("Today", "/console/", count=17), Place("Terms", "/console/terms/", count="v7")))


def current(shell: dict[str, object], name: str) -> list[object]:
    listed = shell[name]
    assert isinstance(listed, tuple)
    places = [place for entry in listed for place in (entry.items if isinstance(entry, Group) else (entry,))]
    return [place.label for place in places if place.current]


def test_the_longest_place_that_begins_the_address_is_the_current_one() -> None:
    for path, label in (("/console/", "Today"), ("/console/terms/", "Terms"), ("/console/terms/7/edit/", "Terms")):
        assert current(console_shell(groups=[WORK], person=INES, path=path), "nav") == [label]


def test_a_place_is_not_current_because_its_name_begins_alike() -> None:
    work = Group("Work", (Place("Terms", "/console/terms"),))
    assert current(console_shell(groups=[work], person=INES, path="/console/termstheory"), "nav") == []


def test_the_switcher_keeps_the_present_program_apart_from_the_others() -> None:
    programs = [ProgramChoice("Marlow", "/m/", current=True), ProgramChoice("Nordlicht", "/n/")]
    shell = console_shell(groups=[], person=INES, path="/", programs=programs)
    assert (shell["program"], shell["programs"]) == (programs[0], (programs[1],))
    assert portal_shell(brand=Brand(), places=[], person=INES, path="/")["program"] is None


def test_a_portal_marks_its_place_and_a_door_may_mark_one_itself() -> None:
    places = [Place("Home", "/portal/"), Place("Links", "/portal/links/", current=True)]
    assert current(portal_shell(brand=Brand(), places=places, person=INES, path="/elsewhere/"), "places") == ["Links"]


def test_frames_without_a_merchant_carry_our_own_name() -> None:
    assert focus_shell()["brand"] == Brand("Rapport", "/")
    assert console_shell(groups=[], person=INES, path="/")["brand"] == Brand("Rapport", "/")
    assert public_shell(brand=Brand("Marlow & Lind"))["action"] is None
