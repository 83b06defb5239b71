"""The command line: `rapport up | web | edge | worker | migrate | demo | config | import | password | doctor`."""

from rapport.config.cli.main import main

__all__ = ["main"]
