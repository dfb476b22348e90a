"""What a reader makes of one file: an answer, or one line that can be shown."""

import warnings

from model.printing import steers

_OWN = ("claims.", "model.", "reports.", "strategies.")
#: Characters of a line that is shown.
_LONGEST = 20_000


def outcome(read, path):
    """What it says; nothing if the file can be used. Raises what no reader may let out."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            said = read(path)
    except OSError as error:
        return str(error)
    except ValueError as error:
        kind = type(error)
        if kind is not ValueError and not kind.__module__.startswith(_OWN):
            raise
        return str(error)
    return said if isinstance(said, str) else ""


def judged(read, path):
    """The same, and that it can be shown."""
    said = outcome(read, path)
    assert not steers(said), said
    assert len(said) < _LONGEST
    return said
