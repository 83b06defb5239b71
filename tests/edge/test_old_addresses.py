"""Links that are on the web since years lead on: by path, by parameter, on the host that they name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.wire import linkbook
from rapport.wire.aliases import Alias
from tests.edge.conftest import BROWSER, KEYS, OTHER_PROGRAM, PROGRAM, RunningEdge, make_link, running

OLD = (
    Alias("prg_1", "?ref=anna", "abc"),
    Alias("prg_1", "/c/oldcode", "abc"),
    Alias("prg_1", "/go/anna", "abc"),
    Alias("go.old.example", "/anna", "abc"),
    Alias("prg_1", "?ref=both", "abc"),
    Alias("prg_2", "?ref=both", "other"),
)


@pytest.fixture
def edge_with_old_links(tmp_path: Path) -> Iterator[RunningEdge]:
    """An edge of two programs, one of which brought old addresses along."""
    other = make_link("other", program_id="prg_2", destination="https://other.example/")
    linkbook.publish(
        tmp_path / "linkbook", programs=[PROGRAM, OTHER_PROGRAM], links=[make_link(), other], aliases=OLD, keys=KEYS
    )
    with running(tmp_path) as edge:
        yield edge


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/?ref=anna", "edge.example"),
        ("/?REF=Anna&utm_source=x", "edge.example"),
        ("/product/7?ref=anna", "edge.example"),
        ("/c/oldcode", "edge.example"),
        ("/Go/Anna/", "edge.example"),
        ("/%67o/anna", "edge.example"),
        ("/anna", "www.go.old.example:443"),
    ],
)
def test_an_old_address_leads_to_the_partners_link(edge_with_old_links: RunningEdge, target: str, host: str) -> None:
    response = edge_with_old_links.get(target, host=host)
    assert response.status == 302
    assert response.location.startswith("https://shop.example/product?x=1&rpid=")
    click = edge_with_old_links.click()
    assert (click.code, click.agreement_id, click.reason) == ("abc", "agr_1", None)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("/?ref=nobody", "edge.example"),
        ("/anna", "edge.example"),
        ("/?ref=both", "edge.example"),
        ("/", "edge.example"),
    ],
)
def test_what_nobody_brought_or_two_programs_claim_leads_nowhere(
    edge_with_old_links: RunningEdge, target: str, host: str
) -> None:
    assert edge_with_old_links.get(target, host=host).status == 404


def test_only_looking_follows_an_old_address(edge_with_old_links: RunningEdge) -> None:
    assert edge_with_old_links.get("/?ref=anna", method="POST", content_length="0").status == 404
    assert edge_with_old_links.get("/?ref=anna", method="HEAD", user_agent=BROWSER).status == 302
