"""Old addresses: the same whatever the case and the slash at the end, found by path, parameter or both."""

from pathlib import Path

import pytest

from rapport.wire import linkbook
from rapport.wire.aliases import Alias, alias_text, texts_of
from tests.wire.test_linkbook import KEYS, link, program


@pytest.mark.parametrize(
    ("path", "field", "text"),
    [
        ("/Go/Anna/", None, "/go/anna"),
        ("", ("Ref", "ANNA"), "?ref=anna"),
        ("/track", ("aff", "7"), "/track?aff=7"),
        ("/", ("ref", "anna"), "?ref=anna"),
    ],
)
def test_an_old_address_is_written_one_way(path: str, field: tuple[str, str] | None, text: str) -> None:
    assert alias_text(path, field) == text


def test_a_request_is_tried_from_the_most_exact_to_the_least() -> None:
    asked = {"ref": "anna", "empty": "", "long": "x" * 200}
    assert list(texts_of("/go", asked)) == ["/go?ref=anna", "/go", "?ref=anna"]
    assert list(texts_of("/", asked)) == ["?ref=anna"]
    assert len(list(texts_of("/go", {f"f{n}": "v" for n in range(100)}))) == 17


def test_aliases_are_published_found_and_taken_out(tmp_path: Path) -> None:
    anna = Alias("prg_1", "?ref=anna", "abc")
    linkbook.publish(tmp_path, programs=[program()], links=[link("abc")], aliases=[anna], keys=KEYS)
    reader = linkbook.Reader(tmp_path)
    assert reader.code_of_alias("prg_1", "?ref=anna") == "abc"
    assert reader.code_of_alias("prg_2", "?ref=anna") is None
    linkbook.publish(tmp_path, aliases=[Alias("prg_1", "?ref=anna", ""), Alias("go.example", "/anna", "abc")])
    reader.refresh()
    assert reader.code_of_alias("prg_1", "?ref=anna") is None
    assert reader.code_of_alias("go.example", "/anna") == "abc"
    linkbook.publish(tmp_path, programs=[program(), program("prg_2")], keys=KEYS, full=True)
    reader.refresh()
    assert reader.code_of_alias("go.example", "/anna") is None
    assert [one.program_id for one in reader.programs(most=5)] == ["prg_1", "prg_2"]
    assert len(reader.programs(most=1)) == 1
    reader.close()
    assert reader.programs(most=5) == []
