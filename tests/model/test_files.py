"""Files written whole or not at all, wherever a path leads; and read no further than they should
be long.
"""

import os
import stat
import threading
from pathlib import Path

import pytest

from model.files import read_limited, write_atomically

posix = pytest.mark.skipif(os.name != "posix", reason="links, pipes and rights as POSIX has them")


def write(path, text=b"new"):
    write_atomically(path, lambda file: file.write(text))


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


@posix
def test_the_umask_is_honoured(umask, tmp_path):
    write(tmp_path / "folder" / "file")
    assert mode(tmp_path / "folder" / "file") == 0o600


@posix
def test_an_old_file_keeps_its_rights(umask, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write(path)
    assert (path.read_bytes(), mode(path)) == (b"new", 0o640)


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_one(tmp_path, there):
    """And what it leads to is replaced, in its own folder; made, if it is not there yet."""
    target, link = tmp_path / "shared" / "file", tmp_path / "link"
    target.parent.mkdir()
    if there:
        target.write_bytes(b"old")
    (tmp_path / "middle").symlink_to(target)
    link.symlink_to("middle")
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert [file.name for file in target.parent.iterdir()] == ["file"]


@posix
def test_links_in_a_circle(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError):  # noqa: PT011  # whichever the system raises
        write(tmp_path / "a")


@posix
def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    while not read:
        try:
            write(pipe)
            break
        except OSError:  # until somebody reads
            continue
    reader.join(10)
    assert read == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@posix
def test_a_pipe_that_nobody_reads(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="pipe"):
        write(tmp_path / "pipe")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix
def test_a_device_stays_one():
    write(Path(os.devnull))
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, fail)
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"old")]


def test_as_long_as_it_may_be(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    assert read_limited(tmp_path / "file", 5) == b"12345"
    with pytest.raises(OSError, match="must be at most 4 bytes"):
        read_limited(tmp_path / "file", 4)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no /dev/zero")
def test_what_has_no_end():
    with pytest.raises(OSError, match="must be at most 1,000 bytes"):
        read_limited(Path("/dev/zero"), 1000)


@posix
def test_a_pipe_that_nobody_writes_to(tmp_path):
    """Is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="nobody writes to it"):
        read_limited(tmp_path / "pipe", 5)


@posix
def test_a_pipe_that_somebody_writes_to():
    """As `<(command)` in a shell, however late it says something."""
    reader, writer = os.pipe()
    threading.Timer(0.2, lambda: (os.write(writer, b"late"), os.close(writer))).start()
    assert read_limited(Path(f"/dev/fd/{reader}"), 5) == b"late"
    os.close(reader)


def test_a_folder(tmp_path):
    with pytest.raises(IsADirectoryError, match=tmp_path.name):
        read_limited(tmp_path, 5)
