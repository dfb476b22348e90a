"""Prose with its indices and powers set as such."""

from __future__ import annotations

import re

from markupsafe import Markup, escape


def prose(text: str) -> Markup:
    """Prose with indices and powers that it writes as x_t, ρ_{r,i} or R^d set as such."""
    # Escaped first; what is added are tags of this function.
    return Markup(_indices(str(escape(text))))


def marked(text: str) -> Markup:
    """Prose, with what it writes in ticks set as code and what stands between stars as stressed."""
    set_ = re.sub(r"`([^`]*)`", r"<code>\1</code>", str(prose(text)))
    return Markup(re.sub(r"\*(\w[^*]*)\*", r"<em>\1</em>", set_))


def formula(text: str) -> Markup:
    """A formula in plain characters, whose indices are one letter each: σ₀σ_k²d."""
    return Markup(re.sub(r"_(\w)", r"<sub>\1</sub>", str(escape(text))))


def _indices(text: str) -> str:
    text = re.sub(
        r"(?<![\w.])(\w[\u0300-\u036f]?)_(?:\{([^{}]*)\}|([^\W⁰¹²³⁴-⁹]+))",
        lambda match: f"{match[1]}<sub>{_indices(match[2] or match[3])}</sub>",
        text,
    )
    return re.sub(
        r"\^(?:\{([^{}]*)\}|(−?\w+))", lambda match: f"<sup>{match[1] or match[2]}</sup>", text
    )
