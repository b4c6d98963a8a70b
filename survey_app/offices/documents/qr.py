"""QR codes for print: upper-case payload, error level H, quiet zone of 4 modules.

Upper case keeps the whole address in the alphanumeric mode, so a short host with an eight-character code fits
version 3 (29 modules) even at level H, which survives damage to about 30 % of the symbol's area.
"""

from __future__ import annotations

from io import BytesIO
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

QUIET_ZONE = 4
ERROR_LEVEL = "H"


def payload(public_url: str, code: str) -> str:
    """Return what the QR code of `code` says, e.g. `HTTPS://DG.CAOBANG.GOV.VN/7K3F9M2X`.

    Scheme and host do not tell cases apart; a path in front of the code does, so it keeps its letters.
    """
    url = urlsplit(public_url)
    return f"{url.scheme.upper()}://{url.netloc.upper()}{url.path.rstrip('/')}/{code}"


def typed_address(public_url: str) -> str:
    """Return the address a person types into a browser, e.g. `dg.caobang.gov.vn`."""
    url = urlsplit(public_url)
    return f"{url.netloc.lower()}{url.path.rstrip('/')}"


def is_for_this_computer_only(public_url: str) -> bool:
    """Say whether nobody but this computer reaches `public_url`, so that printing it would be a waste of paper."""
    host = urlsplit(public_url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def modules_across(url: str) -> int:
    """Return the width of the symbol in modules, quiet zone on both sides included."""
    width: int = _symbol(url).symbol_size(border=QUIET_ZONE)[0]
    return width


def qr_svg(url: str, *, module_mm: float = 1.0) -> str:
    """Return a black-on-white SVG document whose modules are `module_mm` millimetres wide."""
    file = BytesIO()
    _symbol(url).save(
        file,
        kind="svg",
        border=QUIET_ZONE,
        scale=module_mm,
        unit="mm",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return file.getvalue().decode()


def qr_png(url: str, *, scale: int = 10) -> bytes:
    """Return a black-on-white PNG whose modules are `scale` pixels wide."""
    file = BytesIO()
    _symbol(url).save(file, kind="png", border=QUIET_ZONE, scale=scale)
    return file.getvalue()


def _symbol(url: str) -> Any:
    # Only printing needs segno; a web process that never prints need not load it.
    import segno  # noqa: PLC0415

    return segno.make(url, error=ERROR_LEVEL, micro=False, boost_error=False)
