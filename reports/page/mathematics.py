"""LaTeX as MathML, as browsers draw it."""

from __future__ import annotations

import re
from functools import cache

import latex2mathml.converter
from markupsafe import Markup, escape

#: Letters that MathML Core no longer styles by an attribute.
_STYLED = {
    ("double-struck", "P"): "ℙ",
    ("double-struck", "E"): "𝔼",
    ("double-struck", "R"): "ℝ",
    ("script", "N"): "𝒩",
    ("bold", "1"): "𝟏",
}

#: Signs that are taken for letters, or stretched on one side only, with the space around them.
_OPERATORS = {
    "mi>:": "0.278em",
    "mi>&#x027E8;": "0",
    "mi>&#x027E9;": "0",
    "mo>&#x02016;": "0",
    "mo>&#x02193;": "0",
    "mo>&#x02191;": "0",
}


@cache
def mathml(latex: str, *, block: bool = False) -> Markup:
    """LaTeX as MathML; as code where it does not convert."""
    try:
        text = converted(latex, block=block)
    except Exception:  # of many kinds; a formula that cannot be set is still readable
        return Markup('<code class="unset">{}</code>').format(latex)
    # The converter escapes what it is given.
    return Markup(text.replace("<math", f'<math alttext="{escape(latex)}"', 1))


def converted(latex: str, *, block: bool = False) -> str:
    """LaTeX as MathML. Raises what the converter raises."""
    text = str(
        latex2mathml.converter.convert(
            latex.replace(r"\not\to", r"\nrightarrow"), display="block" if block else "inline"
        )
    )
    text = text.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    text = re.sub(r'(?:<mi mathvariant="normal">\w</mi>){2,}', _one_word, text)
    text = re.sub(r'<(m[in]) mathvariant="([\w-]+)">(\w)</m[in]>', _styled, text)
    text = text.replace("&#x02015;", "&#x000AF;")  # a bar that stretches
    text = re.sub(
        r"(<mi>(?:log|ln)</mi>)(?=<m(?:i|n|sub|sup|subsup|frac|over)\b)",
        r'\1<mspace width="0.167em"/>',
        text,
    )
    for operator, space in _OPERATORS.items():
        element, sign = operator.split(">")
        text = text.replace(
            f"<{operator}</{element}>",
            f'<mo stretchy="false" lspace="{space}" rspace="{space}">{sign}</mo>',
        )
    return text


def _one_word(letters: re.Match[str]) -> str:
    return f"<mi>{re.sub('<[^>]+>', '', letters[0])}</mi>"


def _styled(match: re.Match[str]) -> str:
    letter = _STYLED.get((match[2], match[3]))
    return match[0] if letter is None else f"<{match[1]}>{letter}</{match[1]}>"


def symbol(constant: str) -> str:
    """LaTeX of a constant's name: C_3 of theorem-4.2.gamma.C_3-restricted, marked as such."""
    symbol, _, variant = constant.rsplit(".", 1)[-1].partition("-")
    return symbol + (rf"^{{\mathrm{{{variant}}}}}" if variant else "")
