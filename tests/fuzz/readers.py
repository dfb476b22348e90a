"""Every reader of files from elsewhere: a good file, and what reads and uses it."""

import io
import json
import zipfile

import numpy as np
from command_examples import REGIME, SPEC
from ledgers import verdict

from claims.core import constants, findings
from claims.core.catalogue import catalogue
from claims.core.status import Status
from reports.drawing.svg.embed import embedded
from reports.images import records as image_records
from reports.images import run as image_runs
from reports.ledger import attacks, counterexample, journal, ledger
from reports.ledger.described import claim_record
from reports.ledger.ledger import Ledger
from reports.page import summary
from reports.studies import data_sets, simulate, stability
from reports.studies.attack import records as attack_records
from reports.studies.experiments.results import read_result
from reports.studies.sweep import spec

_SWEEP = """seeds = 3
metrics = ["tau_D", "transfer_error"]
[groups]
n1 = 60
n2 = 60
d = 1_000_000
m = 20
inherited = 8
tau_2 = 1.0
X = 3.0
Y = 2.0
[axes]
Y = [1, 2, 5]
tau_2 = {from = 0.1, to = 20, count = 30, scale = "log"}
"""
_PICTURE = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="288pt" height="144pt"
 viewBox="0 0 288 144" xmlns="http://www.w3.org/2000/svg" version="1.1">
<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
<g id="figure_1"><g id="title"><g transform="translate(10 20) scale(0.1 -0.1)"/></g>
<defs><path id="m1" d="M 0 3 C 0.8 3 1.5 2.6 2.1 2.1 z"/></defs>
<g clip-path="url(#p1)"><use xlink:href="#m1" x="10.123" y="20" style="fill: #0072b2"/></g></g>
<defs><clipPath id="p1"><rect x="0" y="0" width="288" height="144"/></clipPath></defs></svg>
"""


def _written(folder):
    book = Ledger({}).updated(
        [verdict(), verdict("e5.scratch", Status.FALSIFIED), verdict("e5.scratch!off-by-one")]
    )
    path = folder / "good.jsonl"
    ledger.write(book, path)
    return path.read_bytes()


def use_ledger(path):
    """All that commands make of one, but for the page."""
    book = ledger.read(path)
    for name in ("e1.step", "e5.scratch"):
        json.dumps(claim_record(catalogue()[name], book), allow_nan=False)
    told = summary.markdown(book), summary.described(path, book)
    json.dumps(summary.moves_record(summary.moves(book, Ledger({}))))
    json.dumps([book.false_alarm, book.networks], allow_nan=False)
    ledger.write(book, path.with_suffix(".again"))
    return "".join(told)


def use_journal(path):
    with journal.opened(path, {"format": "x", "version": 1}, attack_records.check) as log:
        json.dumps(log.records)


def use_attacks(path):
    """All that the page makes of them."""
    shown = attacks.section(path)
    [row.sentence for row in shown.rows]
    if shown.trouble:
        raise ValueError(shown.trouble)


def use_series(path):
    runs = stability.read(path)
    stability.differing(runs)
    stability.varying(runs)
    stability.of_this_series(runs, ["e5.scratch"], "ci")


def _archive(_):
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(whole := io.BytesIO(), "w", zipfile.ZIP_STORED) as packed:
        for name, array in (("patches", rng.standard_normal((4, 2, 6))), ("labels", np.ones(4))):
            np.save(one := io.BytesIO(), array)
            packed.writestr(f"{name}.npy", one.getvalue())
    return whole.getvalue()


def use_archive(path):
    """Checksums are made to fit, as a tool that rewrites archives does: else they would be all
    that is ever looked at.
    """
    data_sets.zipfile.ZipExtFile._update_crc, real = (
        lambda self, data: None,
        data_sets.zipfile.ZipExtFile._update_crc,
    )
    try:
        data_sets.read(path, 6)
    finally:
        data_sets.zipfile.ZipExtFile._update_crc = real


_RESULT = {
    "experiment": "plane",
    "title": "t",
    "caption": "c",
    "files": ["plane.json"],
    "decided": [
        {"claim": "x", "points": 9, "inside": 7, "stands": 4, "falls": 2, "undecided": 1}
        | {"margin": -0.25, "unit": "nats"}
    ],
    "checks": [
        {"statement": "s", "test": "m", "count": 9, "value": 1.0, "low": None, "high": None}
        | {"p": 0.002, "holds": True}
    ],
}
_EVALUATION = {"number": 0, "phase": "start", "point": {"n1": 0.5}, "root": 1, "margin": 0.25}
_RUN = {"profile": "ci", "entropy": 1, "statuses": {"e5.scratch": "verified"}}


def _text(path):
    """Whoever reads these has decoded them."""
    return path.read_bytes().decode("utf-8", "replace")


def _bytes(*values):
    return "".join(json.dumps(value) + "\n" for value in values).encode()


#: By name: the good file, made in a folder; what reads and uses it.
READERS = {
    "specification": (lambda _: _bytes(SPEC), simulate.read_spec),
    "sweep": (lambda _: _SWEEP.encode(), spec.read),
    "adaptive sweep": (
        lambda _: (
            'design = "adaptive"\n' + _SWEEP + '[contour]\nmetric = "tau_D"\nlevel = 0.5\n'
        ).encode(),
        spec.read,
    ),
    "sweep of fields": (
        lambda _: (
            "[regime]\n"
            + "".join(f"{name} = {x}\n" for name, x in REGIME.to_dict().items())
            + "[axes]\ncos_v = [0.0, 0.5]\n"
        ).encode(),
        spec.read,
    ),
    "ledger": (_written, use_ledger),
    "counterexample": (
        lambda _: findings.path("f3.diverges").read_bytes(),
        counterexample.read,
    ),
    "constants": (lambda _: constants.FILE.read_bytes(), constants.load.__wrapped__),
    "series": (lambda _: _bytes(_RUN, _RUN), use_series),
    "journal": (lambda _: _bytes({"format": "x", "version": 1}, _EVALUATION), use_journal),
    "experiment": (
        lambda _: _bytes(_RESULT),
        lambda path: read_result(_text(path), "plane"),
    ),
    "picture": (lambda _: _PICTURE.encode(), lambda path: embedded(_text(path))),
    "data set": (_archive, use_archive),
    "recorded attacks": (
        lambda _: b"".join(attacks.FILE.read_bytes().splitlines(True)[:3]),
        use_attacks,
    ),
    "image records": (
        lambda _: b"".join(
            image_records.KEPT.joinpath("cpu.jsonl").read_bytes().splitlines(True)[:4]
        ),
        image_runs.read,
    ),
}
