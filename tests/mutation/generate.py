"""Writes the mutants of the room in whose workshop it is started, and one control for each file.

mutmut has no command that writes mutants without trying them; a sample is drawn from what is written here.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

from tests.mutation.verdicts import CONTROL, real


def main() -> int:
    """Write what is not written yet; verdicts on functions that are as they were stay."""
    Path("mutants").mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(max_children=1)
    paths = list(walk_mutatable_files())
    _forget_all_but(paths)
    for path in paths:
        _add_control(path)
    return 0


def _forget_all_but(paths: Iterable[Path]) -> None:
    """Remove verdicts on files that are gone or are not to be changed any more."""
    kept = {SourceFileMutationData(path=path).meta_path for path in paths}
    for meta in set(Path("mutants").rglob("*.meta")) - kept:
        meta.unlink()


def _add_control(path: Path) -> None:
    """Add a mutant that mutmut did not write, of the function that has most: called by its number, nothing changes."""
    data = SourceFileMutationData(path=path)
    data.load()
    functions = Counter(mangled_name_from_mutant_name(name) for name in real(data.exit_code_by_key))
    if functions:
        [(function, _)] = functions.most_common(1)
        data.exit_code_by_key.setdefault(f"{function}{CONTROL}", None)
        data.save()


if __name__ == "__main__":
    sys.exit(main())
