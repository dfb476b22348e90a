"""Experiments from a folder: shown as they were left; damaged or hostile, told in a line and not
shown.
"""

import json
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from urllib.parse import unquote

import pytest

from claims.core import constants as constant_table
from claims.core.evidence import Retried
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.drawing.experiments.saving import Origin
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.studies.experiments.catalogue import EXPERIMENTS
from reports.studies.experiments.differences import differences
from reports.studies.experiments.files import stored_experiments

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, leave):
    folder = tmp_path_factory.mktemp("kept")
    leave(folder, "plane")
    return folder


@pytest.fixture
def copy(tmp_path, folder):
    """A folder to damage."""
    for kind in ("svg", "json"):
        (tmp_path / f"plane-quick.{kind}").write_bytes(
            (folder / f"plane-quick.{kind}").read_bytes()
        )
    return tmp_path


def drawn(one):
    """The picture that goes into a page."""
    head, _, body = one.picture.source.partition(",")
    assert head == "data:image/svg+xml"
    return ET.fromstring(unquote(body))


# As it was left -----------------------------------------------------------------------------------


def test_nothing_was_run(tmp_path):
    assert stored_experiments(tmp_path) == stored_experiments(tmp_path / "absent") == ()


def test_as_it_was_left(folder):
    (one,) = stored_experiments(folder)
    assert (one.name, one.title, one.quick, one.troubles) == (
        "plane",
        EXPERIMENTS["plane"].title,
        True,
        (),
    )
    assert one.caption == f"{EXPERIMENTS['plane'].shows} n = 9 points."
    assert one.command == "transfer-claims experiments plane --quick"
    assert [
        (count.claim, count.inside, count.stands, count.falls, count.undecided)
        for count in one.decided
    ] == [
        ("theorem-4.3.error-upper", 7, 4, 2, 1),
        ("theorem-4.3.error-lower", 0, 0, 0, 0),
        ("no.longer", 9, 9, 0, 0),
    ]
    assert [check.holds for check in one.checks] == [True, False, None]
    assert math.isnan(one.checks[2].value)
    assert one.picture.origin == Origin.here()


def test_the_coarse_run_only_where_there_is_no_other(copy, leave):
    leave(copy, "plane", quick=False)
    leave(copy, "head-start", quick=False)
    assert [(one.name, one.quick, one.command) for one in stored_experiments(copy)] == [
        ("head-start", False, "transfer-claims experiments head-start"),
        ("plane", False, "transfer-claims experiments plane"),
    ]


# Pictures -----------------------------------------------------------------------------------------


def test_small_and_whole(folder):
    """Less than half the file, and everything that is referred to is there."""
    (one,) = stored_experiments(folder)
    assert len(one.picture.source) < 0.5 * (folder / "plane-quick.svg").stat().st_size
    root = drawn(one)
    ids = {element.get("id") for element in root.iter()} - {None}
    used = {
        name
        for element in root.iter()
        for value in element.attrib.values()
        for name in re.findall(r"(?:^|url\()#(i\d+)", value)
    }
    assert ids == used
    assert {element.tag.removeprefix(SVG) for element in root.iter()} >= {
        "path",
        "use",
        "clipPath",
        "pattern",
        "image",
    }


def test_title_and_caption_are_left_to_the_page(folder):
    """With the room they took, and without the letters that they alone use; what is drawn has its
    letters still.
    """
    (one,) = stored_experiments(folder)
    whole = ET.parse(folder / "plane-quick.svg").getroot()
    assert {"title", "caption"} <= {group.get("id") for group in whole.iter(f"{SVG}g")}
    left, top, width, height = map(float, drawn(one).get("viewBox").split())
    assert (left, width) == (0, 576)
    assert 12 < top < 25
    assert 288 - 60 < top + height < 288 - 20
    assert (one.picture.width, one.picture.height) == pytest.approx((width, height), rel=1e-4)
    lines = [group for group in whole.iter(f"{SVG}g") if group.get("id") in ("title", "caption")]
    dropped = sum(len(list(group.iter(f"{SVG}use"))) for group in lines)
    assert dropped > 100
    assert len(list(drawn(one).iter(f"{SVG}use"))) == len(list(whole.iter(f"{SVG}use"))) - dropped


def test_a_picture_without_such_words_is_shown_whole(copy):
    file = copy / "plane-quick.svg"
    file.write_text(
        file.read_text()
        .replace('id="title"', 'id="text_98"')
        .replace('id="caption"', 'id="text_99"')
    )
    assert drawn(stored_experiments(copy)[0]).get("viewBox") == "0 0 576 288"


@pytest.mark.parametrize("place", ["-4", "99999", "1e3", ""])
def test_words_out_of_place_do_not_cut_the_picture(copy, place):
    file = copy / "plane-quick.svg"
    file.write_text(
        re.sub(
            r'(<g id="title">.*?translate\([\d.]+ )[\d.]+',
            rf"\g<1>{place}",
            file.read_text(),
            count=1,
            flags=re.DOTALL,
        )
    )
    (one,) = stored_experiments(copy)
    assert one.picture is None or 200 < one.picture.height <= 288


# Damage and malice --------------------------------------------------------------------------------


def inside(markup):
    """Put into the picture."""
    return lambda text: text.replace('<g id="figure_1">', f'<g id="figure_1">{markup}', 1)


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
PICTURES = {
    "cut off": (lambda text: text[: len(text) // 2], "is not a whole SVG file"),
    "empty": (lambda text: "", "is not a whole SVG file"),
    "HTML": (lambda text: "<!doctype html><p>x", "is not a whole SVG file"),
    "another root": (lambda text: "<x/>", "holds <x>"),
    "entities": (lambda text: text.replace("<svg", f"{BOMB}<svg", 1), "declares entities"),
    "nested": (inside("<g>" * 20000 + "</g>" * 20000), "is nested too deep"),
    "large": (inside(" " * 2_000_000), "bytes, too many"),
    "no size": (lambda text: re.sub('viewBox="[^"]*"', "", text), "has no size"),
    "script": (inside("<script>alert(1)</script>"), "holds <script>"),
    "script of another kind": (
        inside('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'),
        "holds <{http",
    ),
    "handler": (inside('<path d="M0 0" onload="alert(1)"/>'), "holds onload="),
    "handler at the root": (
        lambda text: text.replace("<svg ", '<svg onload="alert(1)" ', 1),
        "holds onload=",
    ),
    "HTML within": (
        inside(
            '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml"'
            ' src="https://example.org"/></foreignObject>'
        ),
        "holds <foreignObject>",
    ),
    "animation": (inside('<set attributeName="href" to="javascript:alert(1)"/>'), "holds <set>"),
    "link": (inside('<a xlink:href="javascript:alert(1)"><path d="M0 0"/></a>'), "holds <a>"),
    "image from elsewhere": (inside('<image xlink:href="https://example.org/x.png"/>'), "href="),
    "image that is a picture": (
        inside('<image xlink:href="data:image/svg+xml;base64,AAAA"/>'),
        "href=",
    ),
    "use from elsewhere": (inside('<use xlink:href="x.svg#a"/>'), "href="),
    "plain address": (inside('<use href="#a"/>'), "holds href="),
    "style from elsewhere": (
        inside('<path d="M0 0" style="fill: url(https://example.org/x)"/>'),
        "holds style=",
    ),
    "clip from elsewhere": (
        inside('<path d="M0 0" clip-path="url(x.svg#a)"/>'),
        "holds clip-path=",
    ),
    "rules": (inside("<style>@import url(https://example.org/x.css);</style>"), "holds <style>"),
    "words": (inside("</g>bare<g>"), "holds bare words"),
    "quote": (inside("<g id='a\"b'/>"), "holds id="),
    "svg within": (inside('<svg viewBox="0 0 9 9"/>'), "holds <svg>"),
}
OUTCOMES = {
    "cut off": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "list": lambda text: "[]",
    "nested": lambda text: "[" * 100_000,
    "another": lambda text: text.replace('"experiment": "plane"', '"experiment": "share"'),
    "no checks": lambda text: text.replace('"checks"', '"cheques"'),
    "checks of another form": lambda text: text.replace('"holds": true', '"holds": "yes"'),
    "check without value": lambda text: text.replace('"value"', '"worth"'),
    "too many stand": lambda text: text.replace('"stands": 4', '"stands": 400'),
    "negative": (
        lambda text: text.replace('"stands": 4', '"stands": -4').replace(
            '"inside": 7', '"inside": -1'
        )
    ),
    "more inside than points": lambda text: text.replace('"points": 9', '"points": 3'),
    "words for a count": lambda text: text.replace('"falls": 2', '"falls": "2"'),
    "yes for a count": lambda text: text.replace('"undecided": 1', '"undecided": true'),
    "half a letter": lambda text: text.replace('"unit": "nats"', '"unit": "\\ud800"'),
    "large": lambda text: text + " " * 200_000,
}


@pytest.mark.parametrize(("damage", "why"), PICTURES.values(), ids=PICTURES)
def test_picture_that_is_not_shown(copy, folder, damage, why):
    """The rest is; the reason takes one line."""
    file = copy / "plane-quick.svg"
    before = file.read_text(encoding="utf-8")
    assert damage(before) != before
    file.write_text(damage(before), encoding="utf-8")
    (one,) = stored_experiments(copy)
    assert one.picture is None
    (trouble,) = one.troubles
    assert trouble.startswith("plane-quick.svg ")
    assert why in trouble
    assert trouble.endswith(": the picture is not shown.")
    assert "\n" not in trouble
    assert len(trouble) < 160
    assert (one.decided, one.caption) == (
        stored_experiments(folder)[0].decided,
        stored_experiments(folder)[0].caption,
    )


@pytest.mark.parametrize("damage", OUTCOMES.values(), ids=OUTCOMES)
def test_outcome_that_is_not_shown(copy, folder, damage):
    file = copy / "plane-quick.json"
    before = file.read_text(encoding="utf-8")
    assert damage(before) != before
    file.write_text(damage(before), encoding="utf-8")
    (one,) = stored_experiments(copy)
    assert (one.decided, one.checks, one.caption) == ((), (), EXPERIMENTS["plane"].shows)
    (trouble,) = one.troubles
    assert trouble.startswith("plane-quick.json ")
    assert trouble.endswith(": what it decides is not shown.")
    assert one.picture == stored_experiments(folder)[0].picture


@pytest.mark.parametrize("kind", ["svg", "json"])
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda file: None, "is missing"),
        (lambda file: file.write_bytes(b"\xff\xfe<svg/>"), "is not text in UTF-8"),
        (lambda file: file.mkdir(), "is not a file"),
        (lambda file: file.symlink_to("/dev/zero"), "is not a file"),
        (lambda file: file.symlink_to(file), "cannot be read"),
    ],
    ids=["missing", "not text", "folder", "device", "link to itself"],
)
def test_file_that_cannot_be_read(copy, kind, spoil, why):
    file = copy / f"plane-quick.{kind}"
    file.unlink()
    spoil(file)
    (one,) = stored_experiments(copy)
    (trouble,) = one.troubles
    assert f"plane-quick.{kind} {why}" in trouble
    assert (one.picture is None) == (kind == "svg")
    assert (not one.decided) == (kind == "json")


def test_folder_that_is_a_file(copy):
    assert stored_experiments(copy / "plane-quick.json") == ()


def test_the_command_is_not_taken_from_a_file(copy):
    file = copy / "plane-quick.json"
    file.write_text(
        file.read_text().replace("transfer-claims experiments plane --quick", "rm -rf /")
    )
    assert stored_experiments(copy)[0].command == "transfer-claims experiments plane --quick"
    assert "rm" not in stored_experiments(copy)[0].caption.split()


# Versions and constants ---------------------------------------------------------------------------


def book(versions=None, **constants):
    values = {
        "family": "x",
        "regimes": 3,
        "drawn": 3,
        "seeds": 72,
        "networks": 144,
        "worst_margin": 0.25,
        "least_margin": 0.25,
        "failures": 2,
        "tried": 96,
        "retried": Retried(3, 400, 0.02),
        "share_bound": 0.1,
        "points": [],
        "worst_case": None,
        "counterexample": None,
        "method": "tested on regimes",
        "evidence": {},
        "unit": "nats",
        "delta": 0.05,
        "level": 1e-8,
        "detectable": 0.45,
        "profile": "ci",
        "entropy": 1234,
        "seconds": 1.5,
    }
    decided = Verdict(
        claim="theorem-4.3.error-upper", status=Status.VERIFIED, constants=constants, **values
    )
    return replace(
        Ledger({}).updated([decided]), versions=ledger.versions() if versions is None else versions
    )


def test_same_versions_and_constants(folder):
    (one,) = stored_experiments(folder)
    names = ("theorem-4.3.C_1", "theorem-4.3.C_2")
    assert differences(one, book(**constant_table.select(names))) is None
    assert differences(one, book({})) is None  # a ledger that was never written


def test_other_constants(folder):
    (one,) = stored_experiments(folder)
    found = differences(one, book(**{"theorem-4.3.C_1": 1.25, "no.longer": 2.0}))
    here = constant_table.load()["theorem-4.3.C_1"]
    assert (
        found
        == f"Computed otherwise than the ledger's verdicts: theorem-4.3.C_1 = {here:g}, not 1.25;"
        " no.longer = absent, not 2."
    )


def test_other_versions(folder):
    (one,) = stored_experiments(folder)
    versions = ledger.versions()
    assert f"torch {versions['torch']}, not 0.1" in differences(
        one, book(versions | {"torch": "0.1", "hypothesis": "0.1"})
    )
    assert "and 2 more" in differences(one, book(dict.fromkeys(versions, "0")))


@pytest.mark.parametrize(
    "words", ["{", json.dumps({"versions": {"torch": 2}, "constants": {}}), "[" * 10_000, ""]
)
def test_picture_that_does_not_say(copy, words):
    file = copy / "plane-quick.svg"
    file.write_text(
        re.sub(
            "<dc:source>.*</dc:source>",
            f"<dc:source>{words}</dc:source>",
            file.read_text(encoding="utf-8"),
        ),
        encoding="utf-8",
    )
    (one,) = stored_experiments(copy)
    assert one.picture.origin is None
    assert (
        differences(one, book())
        == "Its picture does not say with which versions and constants it was computed."
    )
