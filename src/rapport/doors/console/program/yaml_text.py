"""Terms as YAML: one document of plain values, with the line on which each of its places stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

MOST_CHARACTERS = 100_000
_DEEPEST = 12
_LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class Written:
    """A document that was read, with the line (from 1) of each of its places, such as `rules[0].pay`."""

    document: object
    lines: Mapping[str, int]

    def line_of(self, path: str) -> int:
        """Return the line of a place, or of the nearest place around it that was written."""
        while path and path not in self.lines:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.lines.get(path, 1)


@dataclass(frozen=True, slots=True)
class NotYaml:
    """Why a text is no document, and on which line."""

    line: int
    sentence: str


class _Refused(Exception):
    """Raised while reading, with the line."""

    def __init__(self, mark: Any, sentence: str) -> None:  # noqa: ANN401 - PyYAML types its marks loosely
        super().__init__(sentence)
        self.line = mark.line + 1 if mark else 1
        self.sentence = sentence


def read_yaml(text: str) -> Written | NotYaml:
    """Read one document; anchors, tags, several documents, double keys and deep nesting are refused."""
    if len(text) > MOST_CHARACTERS:
        return NotYaml(1, _("Shorten this to %(most)s characters.") % {"most": MOST_CHARACTERS})
    try:
        _refuse_tricks(text)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return NotYaml(1, _("Write the terms here: this is empty."))
        lines = dict(_lines(node, ""))
        return Written(loader.construct_document(node), lines)
    except _Refused as refused:
        return NotYaml(refused.line, refused.sentence)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return NotYaml(mark.line + 1 if mark else 1, _("This is not YAML: %(why)s.") % {"why": error.problem})
    except (yaml.YAMLError, ValueError):
        return NotYaml(1, _("This is not YAML: it holds a sign or a value that cannot be read."))


def write_yaml(document: object) -> str:
    """Write a document as people write it: in its own order, indented, without markers."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _refuse_tricks(text: str) -> None:
    """Look at the stream before anything is built: what could grow without end, or hide, is not let in."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _Refused(event.start_mark, _("Write it out: anchors, aliases and tags are not taken here."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise _Refused(event.start_mark, _("This is nested too deep."))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            _refuse_odd(event)


def _refuse_odd(event: yaml.ScalarEvent) -> None:
    if len(event.value) > _LONGEST_VALUE:
        raise _Refused(event.start_mark, _("This value is too long."))
    try:
        event.value.encode()
    except UnicodeEncodeError:
        raise _Refused(event.start_mark, _("This holds half a character. Write it anew.")) from None


def _lines(node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in names:
                raise _Refused(key.start_mark, _("“%(name)s” stands here twice.") % {"name": name[:40]})
            names.add(name)
            inside = f"{path}.{name}" if path else name
            yield inside, key.start_mark.line + 1
            yield from (pair for pair in _lines(value, inside) if pair[0] != inside)
