"""Numbers as people write them."""

from __future__ import annotations

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def power_of_ten(exponent: int) -> str:
    """10⁻³, in plain characters, which any font sets."""
    return "10" + str(exponent).translate(_RAISED)


def short(count: int) -> str:
    """A count whose digits nobody reads, by its leading one: 3·10⁸; one of five digits or fewer as
    it is.
    """
    if count < 10**5:
        return str(count)
    digit, exponent = f"{count:.0e}".split("e")
    return ("" if digit == "1" else f"{digit}·") + power_of_ten(int(exponent))
