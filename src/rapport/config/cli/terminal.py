"""What the command line says, and to whom: results to standard output, complaints and progress to standard error."""

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(sentence: str) -> None:
    """Print one line of a result."""
    out.print(sentence, markup=False)


def complain(sentence: str) -> None:
    """Print why something did not work."""
    err.print(f"rapport: {sentence}", style="red", markup=False)
