"""`rapport lake`: look after the clicks by hand: what the worker does every hour, and what only a person may order."""

from typing import Annotated

import typer

from rapport.config.cli.options import DataFolder, choose
from rapport.config.cli.terminal import say
from rapport.config.errors import Stop
from rapport.kit.clock import from_ms, now, to_ms

app = typer.Typer(name="lake", help="Count clicks anew, tidy them, erase one visitor.", no_args_is_help=True)

_BUSY = "The worker tidies the lake in this moment: try again in a minute."


@app.command("keep-up")
def keep_up(data: DataFolder = None) -> None:
    """Join small files, sort and count the days that are over, let go of what was kept for thirteen months."""
    chosen = choose(data=data)
    # Its engines take fifty megabytes, which other commands should not carry.
    from rapport.lake.upkeep import keep_up as tidy  # noqa: PLC0415 - see above

    done = tidy(chosen.data / "lake", now_ms=to_ms(now()))
    if done.busy:
        raise Stop(_BUSY)
    say(
        f"{done.joined} files joined, {done.counted} days sorted and counted, "
        f"clicks of {done.forgotten} days forgotten, {done.removed} files removed."
    )


@app.command()
def rebuild(data: DataFolder = None) -> None:
    """Count every day that is over anew, from its clicks; questions are answered meanwhile, only slower."""
    chosen = choose(data=data)
    # As above.
    from rapport.lake.upkeep import rebuild as count_anew  # noqa: PLC0415 - see above

    done = count_anew(chosen.data / "lake", now_ms=to_ms(now()))
    if done.busy:
        raise Stop(_BUSY)
    say(f"{done.counted} days counted anew.")


@app.command()
def erase(
    visitor: Annotated[str, typer.Argument(help="A click id, or the address that the visitor came from.")],
    data: DataFolder = None,
) -> None:
    """Make a visitor's clicks nobody's: address, browser, language and referrer go, the visits still count."""
    chosen = choose(data=data)
    # As above.
    from rapport.lake.erasure import erase_address, erase_click  # noqa: PLC0415 - see above

    lake = chosen.data / "lake"
    by_click = erase_click(lake, visitor)
    done = by_click if by_click.clicks else erase_address(lake, visitor)
    if not done.clicks and not done.receipts:
        raise Stop("The lake holds nothing of this visitor. It knows addresses of this month and the last only.")
    receipts = f" and {done.receipts} receipts" if done.receipts else ""
    say(
        f"{done.clicks} clicks on {done.days} days{receipts} are nobody's now. "
        "Their old files go with the next day's upkeep."
    )


@app.command()
def receipts(
    wanted: Annotated[str, typer.Argument(help="A receipt id, or the number of an order as the shop sent it.")],
    data: DataFolder = None,
) -> None:
    """Find what the edge acknowledged, also without the database: when, for which program, proven how, which order."""
    chosen = choose(data=data)
    # As above.
    from rapport.lake.questions.receipts import receipts_of  # noqa: PLC0415 - see above

    found = receipts_of(chosen.data / "lake", wanted)
    if not found:
        raise Stop("The lake holds no such receipt. It comes a few seconds after the answer and stays thirteen months.")
    for row in found:
        at = f"{from_ms(row.at_ms):%Y-%m-%d %H:%M:%S} UTC"
        say(f"{row.receipt_id}  {at}  {row.program_id}  {row.auth}  order {row.order_id or 'unknown'}")
