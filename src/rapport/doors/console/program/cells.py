"""The form of terms as it is drawn: its fields, with what stands in each and what is wrong with it."""

from dataclasses import dataclass

from rapport.doors.console.program.asking import ASKS, Ask, Words, words_of


@dataclass(frozen=True, slots=True)
class Cell:
    """One field as it is drawn."""

    name: str
    value: str
    error: str

    @property
    def words(self) -> list[str]:
        """Return the words that stand in it, for choices of several."""
        return words_of(self.value)


@dataclass(frozen=True, slots=True)
class AskCells:
    """One thing that a rule asks, with its fields."""

    ask: Ask
    cells: tuple[Cell, ...]

    @property
    def first(self) -> Cell:
        """Return its only field, or the lower bound."""
        return self.cells[0]

    @property
    def last(self) -> Cell:
        """Return its only field, or the upper bound."""
        return self.cells[-1]


@dataclass(frozen=True, slots=True)
class RuleCells:
    """The fields of one rule, what it asks, and where it stands."""

    place: int
    cells: dict[str, Cell]
    asks: tuple[AskCells, ...]
    is_first: bool
    is_last: bool

    @property
    def number(self) -> int:
        """Return its number as people count."""
        return self.place + 1

    @property
    def asks_more(self) -> list[tuple[str, Words]]:
        """Return what it does not ask yet, to choose from."""
        known = {asked.ask.name for asked in self.asks}
        return [(ask.name, ask.words) for ask in ASKS if ask.name not in known]


@dataclass(frozen=True, slots=True)
class Editor:
    """The whole form as it is drawn: rules, other fields, and what is wrong but belongs to no field."""

    rules: tuple[RuleCells, ...]
    cells: dict[str, Cell]
    general: tuple[str, ...]
