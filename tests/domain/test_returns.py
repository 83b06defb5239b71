"""A return that names no order takes from the customer's latest earlier sales, up to what is still open there."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from rapport.domain.returns import Part, Returned, Sold, match_returns


def test_the_latest_earlier_sale_gives_first_and_the_rest_is_left_out() -> None:
    sold = [
        Sold("old", 1, Decimal(3)),
        Sold("new", 2, Decimal(2)),
        Sold("later", 9, Decimal(9)),
        Sold("none", 2, Decimal(0)),
    ]
    returned = [
        Returned("second", 6, Decimal(2)),
        Returned("first", 5, Decimal("4.5")),
        Returned("early", 0, Decimal(1)),
    ]
    assert match_returns(sold, returned) == (
        Part("first", "new", Decimal(2)),
        Part("first", "old", Decimal("2.5")),
        Part("second", "old", Decimal("0.5")),
    )


quantities = some.integers(0, 9).map(Decimal)
sales = some.lists(
    some.builds(Sold, some.text("abc", max_size=2), some.integers(0, 9), quantities), unique_by=lambda s: s.order
)
returns = some.lists(
    some.builds(Returned, some.text("xyz", max_size=2), some.integers(0, 9), quantities), unique_by=lambda r: r.id
)


@given(sold=sales, returned=returns, data=some.data())
def test_no_sale_gives_more_than_it_had_and_the_order_of_telling_changes_nothing(
    sold: list[Sold], returned: list[Returned], data: some.DataObject
) -> None:
    parts = match_returns(sold, returned)
    had = {sale.order: sale for sale in sold}
    for one in returned:
        mine = [part for part in parts if part.returned_id == one.id]
        assert sum((part.quantity for part in mine), Decimal()) <= one.quantity
        assert all(had[part.order].at_ms <= one.at_ms and part.quantity > 0 for part in mine)
    for sale in sold:
        given_away = sum((part.quantity for part in parts if part.order == sale.order), Decimal())
        assert given_away <= sale.quantity
    assert match_returns(data.draw(some.permutations(sold)), data.draw(some.permutations(returned))) == parts
