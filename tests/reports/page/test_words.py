"""Symbols and words: one source for the page and for the README beside the claims."""

from pathlib import Path

from pages import section

from claims.core.words import GLOSSARY, SYMBOLS, glossary_markdown, symbols_markdown
from reports.page.prose import formula, marked

README = Path(__file__).parents[3] / "claims" / "README.md"


def test_readme_has_both_tables():
    text = README.read_text(encoding="utf-8")
    assert f"\n\n{symbols_markdown()}\n\n" in text
    assert f"\n\n{glossary_markdown()}\n\n" in text


def test_the_page_has_both_tables(text):
    told = section(text, "words")
    for one in SYMBOLS:
        row = (formula(one.symbol), formula(one.formula), marked(one.meaning))
        assert all(str(cell) in told for cell in row), one.symbol
    for word in GLOSSARY:
        assert f">{word.word}<" in told
        assert str(marked(word.meaning)) in told


def test_each_is_explained_once():
    for names in ([one.symbol for one in SYMBOLS], [one.word for one in GLOSSARY]):
        assert len(set(names)) == len(names)
    assert all(one.formula or one.meaning for one in SYMBOLS)
