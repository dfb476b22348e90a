"""Experiments as the page shows them."""

import re
from itertools import pairwise

from pages import (
    BOOK,
    Parsed,
    dangling,
    headings,
    loaded,
    section,
    words,
)

from reports.page import document


def test_no_experiments(text, parsed):
    shown = words(re.sub("<.*?>", " ", section(text)))
    assert "No experiment has been run." in shown
    assert shown.endswith("transfer-claims experiments")
    assert "#experiments" in parsed.values("href")
    assert "img" not in [tag for tag, _ in parsed.tags]


def test_experiments_stand_beside_the_page(folder, experiments, drawn, tmp_path):
    (tmp_path / "experiments").symlink_to(experiments, target_is_directory=True)
    built = document.build(BOOK, tmp_path).read_text(encoding="utf-8")
    assert section(built, "experiment-plane") == section(drawn, "experiment-plane")


def test_page_with_experiments_is_whole(drawn, folder, experiments):
    parsed = Parsed(drawn)
    assert not parsed.misplaced
    assert not parsed.unclosed
    assert dangling(parsed) == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {"experiments", "experiment-plane", "experiment-share", "experiment-source"} <= set(
        parsed.ids
    )
    assert loaded(drawn, parsed) == []
    assert all(b - a <= 1 for a, b in pairwise(headings(parsed)))
    assert document.render(BOOK, folder, experiments) == drawn


def test_what_an_experiment_tells(drawn):
    shown = words(re.sub("<.*?>", " ", section(drawn, "experiment-plane").partition(">")[2]))
    for expected in (
        "Accuracy after transfer over ‖u‖ and d",
        "n = 9 points.",
        "A coarse run",
        "transfer-claims experiments plane --quick",
        "theorem-4.3.error-upper (verified) 7 of 9 4 2 1 −0.25",
        "theorem-4.3.error-lower (vacuous) 0 of 9 0 0 0 –",
        "no.longer 9 of 9 9 0 0 1.5",
        "the error of x t falls (exact sign test at level 0.01) 9 1; p = 0.002 shown",
        "errors rise (t intervals at joint level 0.01) 3 −0.2 (−0.3 to −0.1) opposite shown",
        "nothing was counted (exact binomial interval at level 0.01) 0 none undecided",
    ):
        assert expected in shown, expected


def test_outcomes_have_a_shape_each(drawn):
    """Beside their words and colours."""
    found = re.findall(
        r'<span class="badge ([\w-]+)"><svg[^>]*><use'
        r' href="#shape-(\w+)"/></svg>([^<]+)</span></td>',
        section(drawn, "experiment-plane"),
    )
    assert found[-3:] == [
        ("verified", "circle", "shown"),
        ("falsified", "diamond", "opposite shown"),
        ("undecided", "triangle", "undecided"),
    ]
    assert found[:3] == [
        ("verified", "circle", "4"),
        ("falsified", "diamond", "2"),
        ("undecided", "triangle", "1"),
    ]


def test_pictures_are_images_of_their_own(drawn):
    images = [attributes for tag, attributes in Parsed(drawn).tags if tag == "img"]
    assert len(images) == 2  # the hostile one is not shown
    assert all(image["alt"] and image["src"].startswith("data:image/svg+xml,") for image in images)


def test_articles_link_to_experiments(drawn):
    def article(name):
        return drawn.partition(f'<article id="{name}"')[2].partition("</article>")[0]

    assert all(
        f'href="#experiment-{name}"' in article("theorem-4.3.error-upper")
        for name in ("plane", "share")
    )
    assert "stands at 4, falls at 2 of 7 points" in article("theorem-4.3.error-upper")
    assert "no point inside its hypotheses" in article("theorem-4.3.error-lower")
    assert "#experiment-" not in article("e1.step")


def test_trouble_is_told_in_a_line(drawn):
    def told(name):
        return re.findall(
            r'<p class="standing">.*?</svg>(.*?)</p>', section(drawn, f"experiment-{name}")
        )

    assert told("share")[0].startswith("share-quick.svg holds &lt;script&gt;")
    assert "theorem-4.3.error-upper" in section(drawn, "experiment-share")
    assert (
        told("source")[0]
        == "source-quick.json is damaged, or another version&#39;s: what it decides is not shown."
    )
    assert "<img" in section(drawn, "experiment-source")
    assert [line.split(":")[0] for line in told("plane")] == [
        "Computed otherwise than the ledger&#39;s verdicts"
    ]  # BOOK's constants are its own


def test_experiments_that_were_not_run(drawn, folder, tmp_path, leave):
    assert (
        '<code class="command">transfer-claims experiments head-start negative-transfer</code>'
        in drawn
    )
    for name in ("head-start", "negative-transfer", "plane", "share", "source"):
        leave(tmp_path, name, quick=False)
    every = document.render(BOOK, folder, tmp_path)
    assert "Not run yet" not in every
    assert "A coarse run" not in every
