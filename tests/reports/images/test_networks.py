"""Each network on its own: in `cifar report`, and on the page."""

import json
import re
from dataclasses import asdict, replace

import pytest

from claims.core.status import Status
from claims.deciding.paired_seeds import interval
from claims.observing.accuracies import gain
from reports.images import decide, run
from reports.images import records as image_records
from reports.images import section as shown
from reports.images.plan import TrainedNetwork
from reports.ledger.ledger import Ledger
from reports.page import document as page

GOOD, BAD = "conv4 × 0.1", "conv4 × 0.2"


def _accuracy(setting, sign):
    """Transfer helps, or hurts, by ten points; a little differently with each seed."""
    moved = 0.0 if setting.upstream is None else sign * (0.1 + 0.001 * setting.seed)
    return 0.5 + 0.002 * setting.seed + moved


def _run(record, network, sign):
    upstream = record.setting.upstream
    setting = replace(
        record.setting,
        network=network,
        upstream=None if upstream is None else replace(upstream, network=network),
    )
    accuracy = (_accuracy(setting, sign),) * len(record.steps)
    return replace(record, key=setting.key, setting=setting, accuracy=accuracy)


@pytest.fixture
def two(kept):
    """Records of two networks: transfer helps the first, and hurts the second."""
    head = kept.read_text().splitlines()[0]
    records = run.read(kept).records
    every = [
        _run(record, TrainedNetwork("conv4", width), sign)
        for width, sign in ((0.1, 1), (0.2, -1))
        for record in records
    ]
    path = kept.with_name("cpu-architectures.jsonl")
    path.write_text("\n".join([head, *(json.dumps(asdict(one)) for one in every)]) + "\n")
    return path


def test_a_statement_may_hold_in_one_network_and_fall_in_another(two):
    found = {(one.claim.id, one.network): one for one in decide.by_network(run.read(two))}
    statuses = {name: one.status for name, one in found.items()}
    assert statuses["images.positive-transfer", GOOD] is Status.VERIFIED
    assert statuses["images.positive-transfer", BAD] is Status.FALSIFIED
    assert statuses["images.negative-transfer", GOOD] is Status.FALSIFIED
    assert statuses["images.negative-transfer", BAD] is Status.VERIFIED
    whole = {one.claim: one.status for one in decide.decide(run.read(two), "cpu")}
    assert whole["images.positive-transfer"] is Status.FALSIFIED


def test_an_interval_has_the_level_of_the_statement_over_all_networks(two):
    """1% a statement, two networks, one contrast."""
    runs = run.read(two)
    (one,) = (
        one
        for one in decide.by_network(runs)
        if (one.claim.id, one.network) == ("images.positive-transfer", GOOD)
    )
    measured = run.accuracies(runs.records)
    (cell,) = (
        cell
        for cell in measured
        if (cell.network, cell.pair, cell.form) == (GOOD, "cifar10", "filters")
        and (cell.n1, cell.sigma, cell.share) == (max(c.n1 for c in measured), 0.0, 1.0)
    )
    assert one.best == interval(gain(measured, cell), 0.05 / 5 / 2)


def test_the_report_tells_of_each(command, two):
    code, out, _ = command("cifar", "report", "--records", two)
    assert code == 1
    table = out.partition("in each network")[2]
    assert re.search(rf"images.positive-transfer +{GOOD} +5 +\+10.20 .* verified", table)
    assert re.search(rf"images.positive-transfer +{BAD} +5 +-10.20 .* falsified", table)
    found = json.loads(command("cifar", "report", "--records", two, "--json")[1])
    (fallen,) = (
        one
        for one in found["networks_alone"]
        if (one["claim"], one["network"]) == ("images.positive-transfer", BAD)
    )
    assert fallen["status"] == "falsified"
    assert fallen["contrasts"]["largest source"]["mean"]["value"] == pytest.approx(-10.2)


def test_one_network_has_no_table_of_its_own(command, kept):
    assert "in each network" not in command("cifar", "report", "--records", kept)[1]


def test_the_page_shows_the_networks_that_do_not_decide(two, kept, tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "KEPT", tmp_path / "none")
    folder = tmp_path / "out"
    (folder / "cifar").mkdir(parents=True)
    verdicts = decide.decide(run.read(kept), "cpu")
    for file in (two, kept):
        file.rename(folder / "cifar" / file.name)
    text = page.render(Ledger({}).updated(verdicts), folder)
    told = text[text.index('id="images"') :]
    rows = [
        re.sub(r"<.*?>", " ", row)
        for row in re.findall("<tr>.*?</tr>", told)
        if "Positive transfer occurs" in row
    ]
    assert [(GOOD in row, "verified" in row, "falsified" in row) for row in rows] == [
        (True, True, False),
        (False, False, True),
    ]
    assert f"{GOOD}, {BAD}</h3>" in told


def test_damage_to_their_records_hides_nothing_else(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "KEPT", tmp_path / "none")
    (tmp_path / "cifar").mkdir()
    verdicts = decide.decide(run.read(kept), "cpu")
    kept.rename(tmp_path / "cifar/cpu.jsonl")
    (tmp_path / "cifar/cpu-architectures.jsonl").write_text("<script>alert(1)</script>\n")
    text = page.render(Ledger({}).updated(verdicts), tmp_path)
    assert "Some records are not shown: cifar/cpu-architectures.jsonl" in text
    assert "Each factor of transfer, as predicted and as measured" in text
    assert "<script>alert" not in text


def test_the_small_network_decides_what_the_narrow_ones_do_not(tmp_path):
    names = ["cpu-architectures.jsonl", "cpu.jsonl", "another.jsonl"]
    for name in names:
        (tmp_path / name).touch()
    assert image_records.files(tmp_path)[0].name == "cpu.jsonl"
    (tmp_path / "gpu.jsonl").touch()
    assert image_records.files(tmp_path)[0].name == "gpu.jsonl"
