"""`rapport shops`: which shops are connected, their own lists of orders beside ours, and repair of what differs."""

from typing import Annotated

import typer
from rich.table import Table

from rapport.config.cli.options import DataFolder, choose, load_django
from rapport.config.cli.terminal import complain, out, say
from rapport.config.errors import Stop

app = typer.Typer(
    help="Show the connected shops; compare their lists of orders with ours.", invoke_without_command=True
)

ShopId = Annotated[str, typer.Argument(help="Id of a shop, as `rapport shops` shows it; without it, all of them.")]
Repair = Annotated[bool, typer.Option("--repair", help="Tell the shop's state of every order that differs.")]


@app.callback()
def show(context: typer.Context, data: DataFolder = None) -> None:
    """Show the connected shops: kind, state, last message."""
    choose(data=data)
    load_django()
    if context.invoked_subcommand:
        return
    # Django is awake only now.
    from rapport.apps.shops.queries import all_shops  # noqa: PLC0415 - see above

    table = Table("shop", "kind", "name", "state", "last message", box=None, pad_edge=False)
    for shop in all_shops().order_by("id"):
        last = f"{shop.delivered_at:%Y-%m-%d %H:%M}" if shop.delivered_at else ""
        table.add_row(shop.id, str(shop.kind), shop.name, str(shop.state), last)
    out.print(table)


@app.command()
def compare(shop: ShopId = "", *, repair: Repair = False) -> None:
    """Compare the last 35 days now, as it is done every night; with --repair, put right what differs."""
    # Django is awake only now.
    from rapport.apps.shops.queries import connected_shops  # noqa: PLC0415 - see above

    shops = connected_shops().filter(pk=shop) if shop else connected_shops()
    if shop and not shops:
        raise Stop(f"There is no connected shop {shop}.")
    whole = [_compared(one.id, repair=repair) for one in shops if not one.settings.get("by_hand")]
    if not whole:
        say("There is no shop that can be asked for its orders.")
    if not all(whole):
        raise typer.Exit(1)


def _compared(shop_id: str, *, repair: bool) -> bool:
    """Compare one shop; say whether both lists are equal in the end."""
    from rapport.apps.record.actors import Actor  # noqa: PLC0415 - Django is awake only now
    from rapport.apps.shops.queries import all_shops, differences_of  # noqa: PLC0415 - as above
    from rapport.flows.shops.comparing import compare_lately, repair_all  # noqa: PLC0415 - as above
    from rapport.kit.clock import now  # noqa: PLC0415 - as above

    by, at = Actor.system("command-line"), now()
    shop = all_shops().get(pk=shop_id)
    comparison = compare_lately(shop, by=by, at=at)
    if comparison.problem:
        complain(f"{shop.name}: {comparison.problem}")
        return False
    rows = list(differences_of(comparison.id).select_related("comparison__shop__program"))
    say(f"{shop.name}: {comparison.figures['there']} orders there, {len(rows)} differ.")
    for row in rows:
        say(f"  {row.number}: {row.get_fate_display()}")
    if not (repair and rows):
        return not rows
    repaired, refused = repair_all(comparison, rows, by=by, at=at)
    say(f"{shop.name}: {repaired} repaired.")
    for sentence in refused:
        complain(sentence)
    return not refused
