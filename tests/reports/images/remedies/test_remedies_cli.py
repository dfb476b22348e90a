"""`transfer-claims cifar remedies` as people use it."""

import json

from reports.images.remedies.listed import REMEDIES


def test_remedies_are_trained_and_compared(command, tiny_remedies):
    code, out, err = command("cifar", "remedies", "--workers", 1)
    assert code == 0, err
    assert "10 networks, on cpu; records: reports/out/cifar/remedies.jsonl" in err
    assert all(name in out for name in REMEDIES)
    assert "10 networks; records: reports/out/cifar/remedies.jsonl" in out
    assert command("cifar", "remedies", "--read")[:2] == (0, out)


def test_what_is_told_as_json(command, kept_remedies):
    code, out, err = command("cifar", "remedies", "--read", "--records", kept_remedies, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["networks"] == 60
    assert [one["remedy"] for one in found["remedies"]] == list(REMEDIES)
    for one in found["remedies"]:
        assert one["seeds"] == 6
        for against in one["against"]:
            assert against["difference"]["seeds"] == 6
            assert against["verdict"] in ("better", "worse", "undecided")


def test_seeds_go_on_where_others_ended(command, tiny_remedies, tmp_path):
    path = tmp_path / "r.jsonl"
    for first in (0, 1):
        code, out, err = command(
            *("cifar", "remedies", "--workers", 1, "--records", path, "--first-seed", first),
            "--json",
        )
        assert code == 0, err
        assert json.loads(out)["networks"] == 10
    code, out, _ = command("cifar", "remedies", "--read", "--records", path, "--json")
    assert json.loads(out)["networks"] == 20
