"""A coarse name for a browser, such as `Chrome · Android`: enough to recognise one's own, no fingerprint."""

from __future__ import annotations

# In this order: a browser also writes the names of those it descends from.
_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_label(description: str) -> str:
    """Return browser and system named in what a browser says of itself; an empty text if it names neither."""
    found = [
        next((label for mark, label in kind if mark in description), "") for kind in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(label for label in found if label)
