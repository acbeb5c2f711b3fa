"""A page to one text: our own walk finds everything, then what is article is kept.

Extractors drop captions, so they only vote: trafilatura is asked where a page marks no article itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from colophon.documents import MarkupHint, MetadataClaim
from colophon.reading.blocks import Block, joined
from colophon.reading.claims import claims_of
from colophon.reading.markup import markup_rules, walk
from colophon.reading.parsing import parse
from colophon.reading.rejections import RefusedError

if TYPE_CHECKING:
    from lxml.etree import _Element

    from colophon.settings import ReadingSettings

# The article holds most of the text of all articles of a page, else the page is a list of teasers.
_DOMINANT = 0.6
_MOST_CONTAINERS = 200
# Beyond this many elements trafilatura takes seconds.
_MOST_FOR_VOTE = 5_000
_BLANKS = re.compile(r"\s+")
# Signs of a notice in a block after the article that no class marks.
_NOTICE_SIGN = re.compile(r"©|\(c\) ?[12]\d{3}|copyright", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page with hints into it, and what it says of itself elsewhere."""

    text: str
    hints: tuple[MarkupHint, ...]
    claims: tuple[MetadataClaim, ...]
    repairs: tuple[str, ...]


def read_page(source: str, location: str, settings: ReadingSettings) -> Page:
    """Return the article of an HTML page.

    Raises:
        RefusedError: beyond a limit, or without text.
    """
    root = parse(source, location, settings)
    claims, repairs = claims_of(root, settings)
    container = _container(root)
    blocks = walk(root, container)
    kept = _article(blocks, source, root, container)
    if not kept:
        raise RefusedError(location, "no-text", "markup without words that a reader would see")
    text, hints = joined(kept)
    return Page(text, hints, claims, repairs + _left_out(blocks, kept))


def _left_out(blocks: list[Block], kept: list[Block]) -> tuple[str, ...]:
    """Remark on a page most of whose text was taken for furniture: perhaps it was not."""
    letters = sum(len(block.text) for block in kept)
    left = sum(len(block.text) for block in blocks) - letters
    return (f"mostly-left-out: {left} of {left + letters} code points",) if left > letters else ()


def _container(root: _Element) -> _Element | None:
    """Return the element that the page itself marks as its article, if one dominates."""
    articles = [e for e in root.iter("article") if next(e.iterancestors("article"), None) is None]
    for elements in (articles, list(root.iter("main")), _marked(root)):
        if not elements or len(elements) > _MOST_CONTAINERS:
            continue
        sizes = [(_prose(element), -order) for order, element in enumerate(elements)]
        largest = max(sizes)
        if largest[0] and largest[0] >= _DOMINANT * sum(size for size, _ in sizes):
            return elements[-largest[1]]
    return None


def _marked(root: _Element) -> list[_Element]:
    marked = root.iterfind(".//*[@itemprop='articleBody']"), root.iterfind(".//*[@role='main']")
    return [element for found in marked for element in found]


def _prose(element: _Element) -> int:
    return sum(len(str(piece)) for p in element.iter("p") for piece in p.itertext("*"))


def _article(blocks: list[Block], source: str, root: _Element, container: _Element | None) -> list[Block]:
    """Return the blocks to keep: the article, and what belongs to it before and after."""
    usable = [block for block in blocks if not block.furniture]
    core = [n for n, block in enumerate(usable) if block.inside and not _linked(block)]
    if container is None or not core:
        core = _voted(usable, source, root)
    if not core:
        return usable or blocks
    first, last = core[0], core[-1]
    return [b for n, b in enumerate(usable) if _kept(b, n < first, n > last, container is not None)]


def _kept(block: Block, before: bool, after: bool, marked: bool) -> bool:
    if before:
        return block.has("heading", "byline", "time", "caption", "credit") and not _linked(block)
    if after:
        notice = block.has("footer") or bool(_NOTICE_SIGN.search(block.text))
        return (notice or block.has("byline", "caption", "credit")) and not _linked(block)
    if block.aside or (marked and not block.inside):
        return not _linked(block)
    return marked or block.has("heading", "byline", "caption", "credit") or block.linked < len(block.text)


def _linked(block: Block) -> bool:
    return block.linked > markup_rules().most_linked * len(block.text)


def _voted(blocks: list[Block], source: str, root: _Element) -> list[int]:
    """Return which blocks trafilatura takes for article."""
    if sum(1 for _ in root.iter()) > _MOST_FOR_VOTE:
        return []
    from trafilatura import extract

    found = extract(source, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False) or ""
    words = _BLANKS.sub("", found)
    if not words:
        return []
    candidates = ((n, b) for n, b in enumerate(blocks) if not (b.has("footer") or _linked(b)))
    return [n for n, block in candidates if _BLANKS.sub("", block.text) in words]
