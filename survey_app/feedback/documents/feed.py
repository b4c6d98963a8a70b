"""Published answers as RSS 2.0 (rssboard.org/rss-specification): valid XML, one stable guid for each case."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from xml.etree import ElementTree

from survey_app.feedback.rules.publication import PublishedLine

_ATOM = "http://www.w3.org/2005/Atom"
ElementTree.register_namespace("atom", _ATOM)


def feed(
    *, site: str, own_address: str, title: str, summary: str, items: Iterable[tuple[PublishedLine, str]]
) -> bytes:
    """Return the feed of `items`, each with its category, the latest first.

    `site` is the public address without a slash behind; `own_address` is that of the feed itself.
    """
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _texts(channel, title=title, link=f"{site}/feedback/answered", description=summary, language="vi")
    link = {"href": own_address, "rel": "self", "type": "application/rss+xml"}
    ElementTree.SubElement(channel, f"{{{_ATOM}}}link", link)
    for line, category in items:
        _item(ElementTree.SubElement(channel, "item"), line, category, site)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _item(item: ElementTree.Element, line: PublishedLine, category: str, site: str) -> None:
    _texts(
        item,
        title=line.title,
        link=f"{site}/feedback/answered/{line.code}",
        description=line.question,
        category=category,
        pubDate=format_datetime(line.published_at),
    )
    # Not the address: it would change with the installation's own, and every reader would see all items as new.
    ElementTree.SubElement(item, "guid", isPermaLink="false").text = f"phan-anh:{line.code}"


def _texts(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = text
