"""Damage many files, read them, and count what the readers make of them.

    python tests/fuzz/campaign.py --inputs 1000000 --record

Files of every kind that the product reads are damaged in turn, in batches of a thousand; the first
input that a reader does not answer as it must is kept, and ends the campaign with exit code 1. With
--record each batch is added to the project's record, which the page shows, and batches that it has
are not tried again.
"""

import argparse
import sys
import tempfile
import time
import tomllib
from contextlib import ExitStack
from dataclasses import asdict
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OPTIONS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
sys.path[:0] = [str(ROOT), *(str(ROOT / folder) for folder in _OPTIONS["pythonpath"])]

import numpy as np  # noqa: E402
from judging import judged  # noqa: E402
from mutations import mutated  # noqa: E402
from readers import READERS  # noqa: E402

from reports.studies import robustness  # noqa: E402
from reports.studies.robustness import Batch  # noqa: E402

SIZE = 1000
KIND = "damaged files"


def batch(folder, name, seed, number):
    """One batch; the input that came out wrong, if there is one, is left in the folder."""
    rng = np.random.default_rng([seed, number, *name.encode()])
    make, read = READERS[name]
    good, path = make(folder), folder / "file"
    begun, answered, wrong, tried = time.monotonic(), 0, 0, 0
    for tried in range(1, SIZE + 1):
        path.write_bytes(mutated(rng, good))
        try:
            answered += not judged(read, path)
        except Exception as error:
            print(f"{name}, batch {number}, input {tried}, kept in {path}: {error!r}")
            wrong = 1
            break
    seconds = round(time.monotonic() - begun, 1)
    refused = tried - answered - wrong
    return Batch(KIND, name, seed, number, tried, answered, refused, wrong, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="files, in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", action="store_true", help="add to the project's record")
    options = parser.parse_args()
    with ExitStack() as stack:
        kept, folder = None, Path(tempfile.mkdtemp())
        before = set()
        if options.record:
            kept = stack.enter_context(robustness.opened())
            before = {(one.name, one.seed, one.number) for one in robustness.good(kept, KIND)}
        left, batches = options.inputs, ((n, name) for n in count() for name in READERS)
        for number, name in batches:
            if left <= 0:
                break
            left -= SIZE
            if (name, options.seed, number) in before:
                continue
            one = batch(folder, name, options.seed, number)
            if kept:
                kept.append([asdict(one)])
            if one.wrong:
                return 1
            print(f"{name}, batch {number}: {one.answered} read, {one.refused} refused", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
