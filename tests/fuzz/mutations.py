"""Damaged and hostile versions of a good file, drawn from a generator."""

import re

TOKENS = [
    *(
        b"null",
        b"true",
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"-1",
        b"-0.0",
        b"0.5",
        b"1e-320",
        b"1e308",
    ),
    *(
        b'""',
        b'"\\u001b[2J"',
        b'"\\ud800"',
        b'"\\u202e"',
        b'"[bold]x[/nope]"',
        b"\x1b[31m",
        b"\xff",
    ),
    *(b"[]", b"{}", b"[[]]", b"[" * 2000, b'{"a":' * 2000, b"(" * 300, b"-" * 2000, b"\0", b"\n"),
    *(b"7" * 5000, b"0x" + b"F" * 5000, b"18446744073709551617", b"1" + b"0" * 400),
    *(
        b"\xef\xbb\xbf",
        b"<!ENTITY a 'b'>",
        b"<g>" * 2000,
        b"a." * 2000 + b"a=1",
        b"|",
        b"`",
        b"=",
        b",",
    ),
]
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_VALUE = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|null|true|false|\[\]|\{\}')


def _place(rng, raw):
    return int(rng.integers(0, len(raw) + 1))


def _token(rng):
    return TOKENS[int(rng.integers(len(TOKENS)))]


def flip(rng, raw):
    if not raw:
        return raw
    where = int(rng.integers(len(raw)))
    return raw[:where] + bytes([int(rng.integers(256))]) + raw[where + 1 :]


def cut(rng, raw):
    return raw[: _place(rng, raw)]


def drop(rng, raw):
    where = _place(rng, raw)
    return raw[:where] + raw[where + int(rng.integers(1, 40)) :]


def double(rng, raw):
    one, other = sorted((_place(rng, raw), _place(rng, raw)))
    return raw[:other] + raw[one:other] + raw[other:]


def insert(rng, raw):
    where = _place(rng, raw)
    return raw[:where] + _token(rng) + raw[where:]


def _replace(rng, raw, pattern):
    found = list(pattern.finditer(raw))
    if not found:
        return insert(rng, raw)
    chosen = found[int(rng.integers(len(found)))]
    return raw[: chosen.start()] + _token(rng) + raw[chosen.end() :]


def number(rng, raw):
    """A number becomes something else; the rest stays well formed."""
    return _replace(rng, raw, _NUMBER)


def value(rng, raw):
    return _replace(rng, raw, _VALUE)


KINDS = (flip, cut, drop, double, insert, number, value, value)


def mutated(rng, raw):
    """One to four changes."""
    for _ in range(int(rng.integers(1, 5))):
        raw = KINDS[int(rng.integers(len(KINDS)))](rng, raw)
    return raw
