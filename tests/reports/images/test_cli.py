"""`transfer-claims cifar` as people use it."""

import json
from dataclasses import replace

import pytest
import torch

from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.paper.real_images import LEVEL
from reports.commands.cifar import options
from reports.drawing import figures as drawing
from reports.images import decide, plan, plots, run, speed
from reports.images import records as image_records
from reports.images import section as shown
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.page import document as page
from reports.studies import verify


def test_run_then_report(command, cache, tiny, tmp_path):
    code, out, err = command("cifar", "run", "--workers", 1)
    assert code == 0, err
    assert "12 of 12 networks are trained" in out
    assert "next: transfer-claims cifar report" in out
    assert "12 networks: conv4 × 0.1; 1 seed; cpu; CIFAR-10 and cifar100-subset" in err
    code, out, err = command("cifar", "report")
    assert code == 0, err
    assert "images.source-samples" in out
    assert {file.name for file in (tmp_path / "reports/out/cifar").glob("*.svg")} == {
        "cpu-factors.svg",
        "cpu-curves.svg",
    }
    book = ledger.read(tmp_path / ledger.DEFAULT)
    assert list(book.verdicts) == [claim.id for claim in decide.image_claims()]
    every = [*book.verdicts.values(), *book.mutants.values()]
    assert {one.status for one in every} == {Status.INCONCLUSIVE}  # one seed decides nothing
    assert (book.trained_here, book.networks, book.false_alarm) == ([], 0, 0)


def test_a_run_resumes_and_goes_on_with_more_seeds(command, cache, tiny, monkeypatch):
    assert command("cifar", "run", "--workers", 1, "--json")[0] == 0
    trained = []
    monkeypatch.setattr(
        run,
        "train",
        lambda *args, kept=run.train, **more: trained.append(args) or kept(*args, **more),
    )
    code, out, _ = command("cifar", "run", "--workers", 1, "--json")
    assert (code, json.loads(out)["finished"]) == (0, 12)
    assert not trained  # nothing is trained twice
    code, out, _ = command("cifar", "run", "--workers", 1, "--seeds", 2, "--json")
    assert (code, json.loads(out)["of"]) == (0, 24)
    assert len(run.read(options.RECORDS / "cpu.jsonl").records) == 24
    assert len(trained) == 12 + 6  # downstream, and source networks


def test_minutes_end_a_run(command, cache, tiny):
    code, out, _ = command("cifar", "run", "--workers", 1, "--minutes", 0)
    assert code == 0
    assert "0 of 12 networks are trained" in out
    assert "run again to go on" in out


def test_without_cifar_100_its_pairs_are_left_out(command, cache, tiny, monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFER_CLAIMS_DATA", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other/cifar10.arrays").symlink_to(cache / "cifar10.arrays")
    code, _, err = command("cifar", "run", "--workers", 1, "--minutes", 0)
    assert code == 0
    assert "7 networks" in err
    assert "CIFAR-10 alone (for pairs with CIFAR-100: transfer-claims cifar fetch cifar100)" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("run", "--network", "lenet"),
            "--network = 'lenet': must be one of conv4, resnet18, vgg11, vgg16, vit",
        ),
        (
            ("run", "--network", "vgg11:0"),
            "--network = 'vgg11:0': the width must be a positive number",
        ),
        (("run", "--network", "vgg11:1e300"), "up to 16"),
        (("run", "--minutes", "nan"), "--minutes"),
        (("run", "--network", "vgg11:wide"), "--network = 'vgg11:wide'"),
        (("run", "--device", "cuda"), "--device = cuda: torch sees no GPU"),
        (("run", "--seeds", "0"), "seeds"),
        (("fetch", "mnist"), "mnist"),
        (("fetch", "cifar100", "--from", "nowhere.tar.gz"), "nowhere.tar.gz"),
        (("report", "--records", "nowhere.jsonl"), "nowhere.jsonl"),
        (("paint",), "paint"),
    ],
)
def test_what_cannot_be_had_is_one_line_and_exit_2(command, cache, monkeypatch, arguments, said):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    code, out, err = command("cifar", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_without_images_a_run_says_what_to_do(command, monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFER_CLAIMS_DATA", str(tmp_path / "empty"))
    code, out, err = command("cifar", "run")
    assert (code, out) == (2, "")
    assert "transfer-claims cifar fetch cifar10" in err
    assert err.count("\n") == 1


def test_a_run_on_a_damaged_file_stops_at_once_and_leaves_it(command, cache, tiny, tmp_path):
    path = tmp_path / "reports/out/cifar/cpu.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text('{"format": "something else"}\n')
    code, _, err = command("cifar", "run", "--workers", 1)
    assert code == 2
    assert "cpu.jsonl" in err
    assert path.read_text() == '{"format": "something else"}\n'


def test_report_as_json(command, kept, tmp_path):
    code, out, _ = command("cifar", "report", "--records", kept, "--json")
    found = json.loads(out)
    assert code in (0, 1)
    assert found["networks"] == 35
    assert {gain["seeds"] for gain in found["gains"]} == {5}
    assert {one["claim"] for one in found["verdicts"]} >= {
        claim.id for claim in decide.image_claims() if claim.id != "images.mismatch"
    }
    assert (tmp_path / "cpu-factors.svg").read_text().startswith("<?xml")


def test_nothing_is_written_beside_the_records_of_the_project(command, kept, tmp_path, monkeypatch):
    """Pictures of them go where the ledger is."""
    own = tmp_path / "project"
    own.mkdir()
    file = kept.rename(own / kept.name)
    monkeypatch.setattr(image_records, "KEPT", own)
    code, _, err = command("cifar", "report", "--ledger", tmp_path / "run/ledger.jsonl")
    assert code in (0, 1), err
    assert [*own.iterdir()] == [file]
    assert {one.name for one in (tmp_path / "run/cifar").iterdir()} == {
        "cpu-factors.svg",
        "cpu-curves.svg",
    }


def test_a_falsified_statement_is_exit_1_and_replaces_no_other_verdict(
    command, kept, tmp_path, monkeypatch
):
    lines = kept.read_text().splitlines()
    records = [json.loads(line) for line in lines[1:]]
    for record in records:  # transfer is made to hurt the more the larger the source
        source = record["setting"]["upstream"]
        value = (
            0.7
            + 0.001 * record["setting"]["seed"]
            - (
                0.1 * (1 + 0.01 * record["setting"]["seed"]) * (source["n1"] > 20)
                + 0.02
                + 0.0003 * record["setting"]["seed"] ** 2
                if source
                else 0.0
            )
        )
        record["accuracy"] = [value] * len(record["steps"])
    kept.write_text("\n".join([lines[0], *map(json.dumps, records)]) + "\n")
    code, out, _ = command("cifar", "report", "--records", kept, "--json")
    verdicts = {one["claim"]: one["status"] for one in json.loads(out)["verdicts"]}
    assert code == 1
    assert verdicts["images.source-samples"] == verdicts["images.positive-transfer"] == "falsified"
    assert (
        verdicts["images.source-samples!reversed"]
        == verdicts["images.negative-transfer"]
        == "verified"
    )


def test_pictures_are_the_same_again(kept, tmp_path):
    records = run.read(kept).records
    for draw in (plots.factors, plots.curves):
        for name in ("one", "two"):
            drawing.write_svg(draw(records), tmp_path / f"{name}.svg", "title")
        assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_every_cell_is_drawn_where_it_was_measured(kept):
    """What is on the picture is what the table tells."""
    records = run.read(kept).records
    figure = plots.factors(records)
    drawn = {
        (round(x, 6), round(y, 6))
        for axes in figure.axes
        for line in axes.get_lines()
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    for cell, one in decide.gains(records):
        place = cell.share if cell.share < 1 else cell.sigma or cell.n1
        assert (round(place, 6), round(one.mean, 6)) in drawn


def test_the_page_shows_verdicts_and_pictures(kept, tmp_path):
    verdicts = decide.decide(run.read(kept), "cpu")
    book, folder = Ledger({}).updated(verdicts), tmp_path / "out"
    (folder / "cifar").mkdir(parents=True)
    kept.rename(folder / "cifar/cpu.jsonl")
    text = page.render(book, folder)
    assert 'id="images.source-samples"' in text
    assert "35 downstream networks (conv4 × 0.1), 5 seeds, on cpu" in text
    assert "Each factor of transfer, as predicted and as measured" in text
    assert text == page.render(book, folder)


def test_the_page_survives_hostile_records(kept, tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "KEPT", tmp_path / "none")
    verdicts = decide.decide(run.read(kept), "cpu")
    (tmp_path / "cifar").mkdir()
    (tmp_path / "cifar/cpu.jsonl").write_text("<script>alert(1)</script>\n")
    text = page.render(Ledger({}).updated(verdicts), tmp_path)
    assert "Some records are not shown" in text
    assert "<script>alert" not in text


def test_a_page_without_records(tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "KEPT", tmp_path / "none")
    text = page.render(Ledger({}), tmp_path)
    assert text.count("no verdict") >= len(decide.image_claims())
    assert "transfer-claims cifar run" in text


@pytest.fixture
def one_thread():
    """More would wait for each other on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def clock(one_thread, monkeypatch):
    """A clock that training moves, and nothing else: so many seconds once, and a step, of the tier
    and of the plain loop.
    """
    costs, now, train = {"once": 7.0, False: 0.5, True: 1.5}, [0.0], speed.train

    def trained(network, data, test, recipe, random, device):
        now[0] += costs["once"] + costs[device.plain] * recipe.steps
        return train(network, data, test, recipe, random, device)

    monkeypatch.setattr(speed, "train", trained)
    monkeypatch.setattr(speed, "_clock", lambda: now[0])
    return costs


SPEED = ("cifar", "speed", "--device", "cpu", "--network", "conv4:0.1", "--batch", 4)


def test_speed_is_told_beside_the_plain_loop(command, clock):
    """Images a second: 4 a step, without what a training costs once."""
    code, out, err = command(*SPEED, "--steps", 2, "--repeats", 1, "--json")
    assert code == 0, err
    (found,) = json.loads(out)
    assert found["network"] == "conv4 × 0.1"
    assert found["fast"] == pytest.approx(8.0)
    assert found["plain"] == pytest.approx(4 / 1.5)
    assert found["ratio"] == pytest.approx(3.0)


def test_steps_too_few_to_be_timed(command, clock):
    """A longer training that takes no longer."""
    clock[False] = 0.0
    code, out, err = command(*SPEED, "--steps", 2, "--repeats", 1, "--json")
    assert (code, out) == (2, "")
    assert "--steps = 2: too few to be timed with conv4 × 0.1; try 20" in err


def test_ledgers_with_images_are_read_and_written(kept, tmp_path):
    verdicts = decide.decide(run.read(kept), "cpu")
    book = ledger.update(tmp_path / "ledger.jsonl", verdicts)
    read = {**book.verdicts, **book.mutants}
    assert {name: one.to_dict() for name, one in read.items()} == {  # without bound is none there
        one.claim: one.to_dict() for one in verdicts
    }
    assert (book.trained_here, book.networks, book.false_alarm) == ([], 0, 0)
    assert {one.networks for one in book.verdicts.values()} == {35}


def test_list_and_show_tell_of_images_too(command, kept):
    command("cifar", "report", "--records", kept)
    found = {one["id"]: one for one in json.loads(command("list", "--json")[1])}
    assert {claim.id for claim in decide.image_claims()} <= set(found)
    assert found["images.source-samples"]["status"] in {status.value for status in Status}
    assert "images.source-noise" in command("list")[1]
    code, out, _ = command("show", "images.negative-transfer")
    assert code == 0
    assert "ruinous: the noisiest source costs twenty points" in out
    assert "noisiest source" in out
    assert json.loads(command("show", "images.mismatch", "--json")[1])["verdict"] is None
    assert "no verdict yet" in command("show", "images.mismatch")[1]


def test_verify_decides_them_on_the_records_of_the_project(command):
    code, out, err = command("verify", "images.source-samples", "--mutants", "--json")
    statuses = {one["claim"]: one["status"] for one in json.loads(out)}
    assert (code, err) == (0, "")
    assert statuses == {
        "images.source-samples": "verified",
        "images.source-samples!reversed": "falsified",
        "images.source-samples!steep": "falsified",
    }
    book = ledger.read(ledger.DEFAULT)
    (own,) = book.verdicts.values()
    by_report = decide.decide(run.read(image_records.KEPT / f"{own.profile}.jsonl"), own.profile)
    assert replace(own, seconds=0.0) in [replace(one, seconds=0.0) for one in by_report]


def test_without_records_nothing_is_decided(monkeypatch):
    monkeypatch.setattr(image_records, "kept", lambda: None)
    for claim in decide.image_claims():
        verdict = verify.decide(claim, PROFILES["quick"])
        assert (verdict.status, verdict.networks) == (Status.VACUOUS, 0)
        assert "transfer-claims cifar run" in str(verdict.evidence)


def test_only_what_is_no_conjecture_and_planted_errors_set_the_exit_code(kept):
    verdicts = {
        verdict.claim: replace(
            verdict, status=Status.FALSIFIED if "!" in verdict.claim else Status.VERIFIED
        )
        for verdict in decide.decide(run.read(kept), "cpu")
    }
    assert not decide.missed(list(verdicts.values()))
    assert not decide.falsified(list(verdicts.values()))
    one = verdicts["images.source-samples!steep"]
    assert decide.missed([*verdicts.values(), replace(one, status=Status.INCONCLUSIVE)]) == [
        one.claim
    ]
    own = verdicts["images.source-noise"]
    assert decide.falsified([replace(own, status=Status.FALSIFIED)]) == [own.claim]
    assert not decide.falsified([replace(own, claim="images.mismatch", status=Status.FALSIFIED)])


def test_each_verdict_spends_its_own_share(kept):
    """So that any of them may be decided again, alone."""
    verdicts = [one for one in decide.decide(run.read(kept), "cpu") if "!" not in one.claim]
    assert len(verdicts) == len(decide.image_claims()) - 1  # there are no images of CIFAR-100
    assert {one.level for one in verdicts} == {LEVEL / len(decide.image_claims())}
    assert decide.level() == pytest.approx(LEVEL)


def test_the_ledger_tells_the_device(kept):
    for verdict in decide.decide(run.read(kept), "cpu"):
        assert (
            "35 downstream networks (conv4 × 0.1), 5 seeds, on cpu, with torch 2"
            in verdict.evidence["trained"]
        )


def test_the_page_draws_no_other_runs_records(kept, tmp_path):
    verdicts = decide.decide(run.read(kept), "cpu")
    (tmp_path / "out/cifar").mkdir(parents=True)
    lines = kept.read_text().splitlines()
    (tmp_path / "out/cifar/cpu.jsonl").write_text("\n".join(lines[:-3]) + "\n")
    text = page.render(Ledger({}).updated(verdicts), tmp_path / "out")
    assert "is not what these verdicts were decided on" in text
    assert str(tmp_path) not in text  # a page is passed on: it names no folder of a machine
    assert "as predicted and as measured" not in text


def test_what_diverged_decides_nothing(kept):
    """A network at chance is no evidence of negative transfer."""
    found = run.read(kept)
    lost = replace(
        found,
        records=[
            replace(record, loss=None if record.setting.upstream else record.loss)
            for record in found.records
        ],
    )
    assert {verdict.status for verdict in decide.decide(lost, "cpu")} == {Status.INCONCLUSIVE}
    assert "diverged, and nothing is decided by them" in image_records.trained_on(lost)


def test_the_subset_and_all_of_cifar_100_are_kept_apart(kept):
    """One file may hold both."""
    records = run.read(kept).records
    one = next(record for record in records if record.setting.upstream is None)
    both = []
    for hundred in ("cifar100", "cifar100-subset"):
        setting = replace(one.setting, tasks=plan.Tasks("cifar100", 0, hundred))
        both.append(replace(one, setting=setting, key=setting.key))
    assert len(run.accuracies([*records, *both])) == len(run.accuracies(records)) + 2
