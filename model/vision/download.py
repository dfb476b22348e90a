"""Bringing an archive over the network: gone on with where it broke off, and verified."""

from __future__ import annotations

import codecs
import hashlib
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from model.vision.data import DataError
from model.vision.sources import FetchError, Source

#: Told how many bytes came, and of how many if that is known.
Progress = Callable[[int, int | None], None]
#: Bytes of an archive, at most; the three have 139, 169 and 170 million.
LARGEST = 200_000_000

_SILENCE = 10.0  # seconds to wait for a connection, and for each next byte
_CHUNK = 1 << 18
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to https, and from http also to http, which is only a registry's of one's own; never
    to another scheme.
    """

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _scheme(newurl) != "https" and (_scheme(newurl), _scheme(req.full_url)) != (
            "http",
            "http",
        ):
            raise FetchError(f"{req.full_url} leads to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def download(source: Source, part: Path, progress: Progress) -> None:
    """Complete `part`, and verify it; goes on as long as each try brings something.

    Raises:
        FetchError: it could not be completed; what came stays.
        DataError: it is complete and its checksum fails; it is deleted.
    """
    if (
        part.exists() and digest(part, source.algorithm) == source.digest
    ):  # complete, but for some reason not decoded
        return
    while broken := _try(source.address, part, before := size(part), progress):
        if size(part) <= before:
            raise FetchError(
                f"{source.address}: {broken} after {size(part)} bytes, which are kept: the same"
                " again goes on from there"
            )
    computed = digest(part, source.algorithm)
    if computed != source.digest:
        part.unlink()
        raise DataError(
            source.address,
            f"{source.algorithm} {computed}",
            f"must be {source.digest}; what came is deleted, so that the same again begins anew",
        )


def _try(address: str, part: Path, begun: int, progress: Progress) -> str:
    """Append what one connection brings; why it broke off, or nothing."""
    response, begun = _opened(address, part, begun)
    with response, part.open("ab" if begun else "wb") as file:
        length = response.headers.get("Content-Length", "")
        total = begun + int(length) if length.isdecimal() else None
        came = begun
        progress(came, total)
        while total is None or came < total:
            try:
                chunk = response.read1(_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                return f"broke off ({reason(error)})"
            if not chunk:
                return "broke off" if total is not None else ""
            came += len(chunk)
            if came > LARGEST:
                raise FetchError(f"{address} sends more than {LARGEST} bytes")
            file.write(chunk)
            progress(came, total)
    return ""


def _opened(address: str, part: Path, begun: int) -> tuple[http.client.HTTPResponse, int]:
    """The answer, and the byte that it begins at: `begun`, or 0 where the server knows no ranges or
    `part` is not a beginning of what it has.
    """
    if _scheme(address) not in ("https", "http"):
        raise FetchError(f"{address} is no address of the web")
    headers = {"User-Agent": "transfer-claims"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        response = urllib.request.build_opener(_Redirects).open(
            urllib.request.Request(address, headers=headers), timeout=_SILENCE
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and begun:
            part.unlink()
            return _opened(address, part, 0)
        raise FetchError(f"{address} answers {error.code} ({error.reason})") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FetchError(f"{address} cannot be reached ({reason(error)})") from None
    if response.status != http.client.PARTIAL_CONTENT:
        if _is_page(response):
            response.close()
            raise FetchError(
                f"{address} answers with a web page instead of the archive (of a login, a proxy or"
                " a mirror that moved: open it in a browser)"
            )
        return response, 0
    answered = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not answered or int(answered[1]) != begun:
        response.close()
        raise FetchError(f"{address} answers another range than it was asked for")
    return response, begun


def _is_page(response: http.client.HTTPResponse) -> bool:
    """Whether an answer begins as HTML or XML do, and no archive does; nothing of it is consumed,
    and the file that it would replace stays.
    """
    try:
        return response.peek(_CHUNK).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")
    except (OSError, http.client.HTTPException):  # which reading it tells
        return False


def reason(error: Exception) -> str:
    """What an error says, in one line."""
    said = " ".join(str(getattr(error, "reason", error)).split())
    return said or type(error).__name__


def size(path: Path) -> int:
    """Bytes of a file; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def digest(path: Path, algorithm: str) -> str:
    """Checksum of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()
