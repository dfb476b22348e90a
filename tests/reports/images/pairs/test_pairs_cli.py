"""`transfer-claims cifar pairs` as people use it."""

import json

import pytest

from reports.commands.cifar import options
from reports.images import records as image_records


def test_pairs_are_trained_and_compared(command, tiny_pairs, tmp_path):
    code, out, err = command("cifar", "pairs", "--workers", 1)
    assert code == 0, err
    assert "16 networks, on cpu; records: reports/out/cifar/pairs.jsonl" in err
    for words in ("correlation of ranks", "far superclasses", "pixels", "undecided", "advised"):
        assert words in out
    assert (tmp_path / "reports/out/cifar/pairs.svg").read_text().startswith("<?xml")
    again = command("cifar", "pairs", "--read")
    assert again[:2] == (0, out)


def test_what_is_told_as_json(command, kept_pairs, tmp_path):
    code, out, err = command("cifar", "pairs", "--read", "--records", kept_pairs, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["networks"] == 6 * 16
    assert len(found["pairs"]) == 13
    assert {one["gain"]["seeds"] for one in found["pairs"]} == {6}
    assert {one["space"] for one in found["agreements"]} == {"pixels", "random", "source"}
    for one in found["agreements"]:
        assert -1 <= one["correlation"]["value"] <= 1
        assert one["signs"]["right"] <= one["signs"]["pairs"]
    assert [one["factor"] for one in found["mismatches"]] == ["text", "text", "far superclasses"]
    assert found["picture"] == str(tmp_path / "pairs.svg")


def test_nothing_trained_nothing_compared(command, tiny_pairs):
    code, out, _ = command("cifar", "pairs", "--workers", 1, "--minutes", 0)
    assert code == 0
    assert "no pair is trained yet" in out
    code, out, _ = command("cifar", "pairs", "--workers", 1, "--minutes", 0, "--json")
    assert (code, json.loads(out)["pairs"]) == (0, [])


def test_without_cifar_100_its_pairs_are_left_out(
    command, cache, tiny_pairs, monkeypatch, tmp_path
):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/cifar10.arrays").symlink_to(cache / "cifar10.arrays")
    code, _, err = command(
        "cifar", "pairs", "--workers", 1, "--minutes", 0, "--cache", tmp_path / "other"
    )
    assert code == 0
    assert "12 networks" in err
    assert "CIFAR-10 alone (for pairs with CIFAR-100: transfer-claims cifar fetch cifar100)" in err


def test_the_projects_own_are_read_where_there_are_no_others(
    command, kept_pairs, tmp_path, monkeypatch
):
    """And no picture is drawn beside them."""
    own = tmp_path / "project"
    own.mkdir()
    file = kept_pairs.rename(own / "pairs.jsonl")
    monkeypatch.setattr(image_records, "KEPT", own)
    code, out, err = command("cifar", "pairs", "--read")
    assert code == 0, err
    assert f"records: {file}" in out
    assert [*own.iterdir()] == [file]
    assert (tmp_path / "reports/out/cifar/pairs.svg").is_file()


@pytest.mark.parametrize("name", ["pairs", "remedies"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--device", "cuda"), "--device = cuda: torch sees no GPU"),
        (("--seeds", "0"), "seeds"),
        (("--minutes", "nan"), "--minutes"),
        (("--read", "--records", "nowhere.jsonl"), "--records = nowhere.jsonl: is not there"),
        (("--cache", "nowhere"), "transfer-claims cifar fetch cifar10"),
    ],
)
def test_what_cannot_be_had_is_one_line_and_exit_2(command, monkeypatch, name, arguments, said):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    code, out, err = command("cifar", name, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("name", ["pairs", "remedies"])
def test_a_run_on_anothers_file_stops_at_once_and_leaves_it(command, tiny_pairs, tmp_path, name):
    path = tmp_path / f"{name}.jsonl"
    path.write_text('{"format": "something else"}\n')
    code, _, err = command("cifar", name, "--workers", 1, "--records", path)
    assert code == 2
    assert f"{name}.jsonl" in err
    assert path.read_text() == '{"format": "something else"}\n'


def test_a_folder_of_records_keeps_tiers_apart_from_the_rest(tmp_path):
    """No statement is decided on these, and the page asks nothing of them."""
    for name in ("cpu", "pairs", "remedies", "gpu"):
        (tmp_path / f"{name}.jsonl").touch()
    found = image_records.files(tmp_path)
    assert [file.stem for file in found] == ["gpu", "cpu"]
    assert options.RECORDS.name == "cifar"
