"""Lets `python -m rapport.config.cli` be the same as `rapport`."""

from rapport.config.cli import main

main()
