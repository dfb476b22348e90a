"""The page carries its ledger, its failures, and each regime that it shows."""

import base64
import json
import re

from pages import BOOK, REGIME, section, verdict

from claims.core.status import Status
from reports.ledger import counterexample, ledger
from reports.page import document
from reports.page.downloads import failure_link, spec
from reports.studies.simulate import read_spec


def saved(text, name, folder):
    """A download, as the browser would save it."""
    (address,) = re.findall(rf'href="data:application/json;base64,([^"]+)" download="{name}"', text)
    path = folder / name
    path.write_bytes(base64.b64decode(address))
    return path


def article(text, name):
    return text.partition(f'<article id="{name}"')[2].partition("</article>")[0]


def test_the_ledger_is_the_page_s(text, tmp_path):
    read = ledger.read(saved(text, "ledger.jsonl", tmp_path))
    assert read == BOOK
    assert (read.written, read.versions) == (BOOK.written, BOOK.versions)


def test_a_failure_is_one_that_replay_reads(text, tmp_path):
    read = counterexample.read(saved(text, "e5.scratch.json", tmp_path))
    assert read.claim.id == "e5.scratch"
    assert read.regime.to_dict() == REGIME
    assert "transfer-claims replay e5.scratch.json" in article(text, "e5.scratch")
    assert "download=" not in article(text, "theorem-4.3.error-upper")


def test_no_failure_of_a_regime_that_is_none():
    assert failure_link(None) == ""
    odd = {"regime": {"u": "nonsense"}, "root": 3, "margin": -1.0}
    assert failure_link(verdict("e5.scratch", Status.FALSIFIED, counterexample=odd)) == ""


def test_a_regime_is_one_that_simulate_reads(text, tmp_path):
    written = re.findall(r'<code class="command">(\{.*?\})</code>', article(text, "e5.scratch"))
    assert len(written) == 2  # the counterexample, and the worst case
    path = tmp_path / "spec.json"
    path.write_text(written[0].replace("&#34;", '"'))
    read = read_spec(path)
    assert read.regime.to_dict() == REGIME
    assert (read.seeds.root, read.seeds.count) == (3, 64)


def test_a_seed_that_simulate_would_refuse():
    for root in (None, "7", -1, 2**64, 1.5):
        assert json.loads(spec({"regime": REGIME, "root": root}))["seed"] == 0
    assert json.loads(spec({"regime": REGIME, "root": 2**63}))["seed"] == 2**63


def test_mutants_that_were_not_run_say_what_runs_them(text, folder):
    command = "transfer-claims verify theorem-4.3.error-lower --mutants --entropy 1234"
    assert command in article(text, "theorem-4.3.error-lower")
    assert "--mutants" not in article(text, "theorem-4.3.error-upper")  # all were run
    assert "transfer-claims verify --mutants" in section(text, "trust")
    empty = document.render(ledger.Ledger({}), folder)
    assert "transfer-claims cifar report" in article(empty, "images.source-noise")
