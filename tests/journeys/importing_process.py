"""A process of its own that carries out one import, to be killed: `importing_process imp_…`."""

import sys

import django

if __name__ == "__main__":
    django.setup()
    from rapport.flows.importing.carrying import carry_out
    from tests.make.identity import NOON, STORY

    carry_out(sys.argv[1], by=STORY, at=NOON)
