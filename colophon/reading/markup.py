"""The walk over a page: which elements are text, where blocks begin, and what they say of their text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from colophon.reading.blocks import Block, BlockBuilder, OpenRole

if TYPE_CHECKING:
    from lxml.etree import _Element

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_HIDING_STYLE = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MarkupRules:
    """``data/reading/markup.toml`` as objects."""

    dropped: frozenset[str]
    gaps: dict[str, str]
    containers: tuple[str, ...]
    role_of_tag: dict[str, str]
    role_of_property: dict[str, str]
    role_of_class_word: dict[str, str]
    role_of_class: dict[str, str]
    furniture: frozenset[str]
    furniture_names: frozenset[str]
    most_linked: float


@cache
def markup_rules() -> MarkupRules:
    """Return the data file, read once."""
    table = tomllib.loads(files("colophon").joinpath("data/reading/markup.toml").read_text("utf-8"))
    gaps = {tag: gap for kind, gap in (("paragraphs", "\n\n"), ("lines", "\n"), ("cells", "\t")) for tag in table[kind]}
    return MarkupRules(
        dropped=frozenset(table["dropped"]),
        gaps=gaps,
        containers=tuple(table["containers"]),
        role_of_tag=table["role_of_tag"],
        role_of_property=table["role_of_property"],
        role_of_class_word=table["role_of_class_word"],
        role_of_class=table["role_of_class"],
        furniture=frozenset(table["furniture"]["words"]),
        furniture_names=frozenset(table["furniture"]["names"]),
        most_linked=float(table["furniture"]["most_linked"]),
    )


def walk(root: _Element, container: _Element | None) -> list[Block]:
    """Return the blocks of a page in order; those inside ``container`` are marked."""
    walker = _Walker(container)
    walker.run(root)
    return walker.builder.blocks


@dataclass(slots=True)
class _Frame:
    """What one element changed, to be undone at its end."""

    role: OpenRole | None
    stacks: tuple[list[str], ...]
    counters: tuple[str, ...]
    gap: str


class _Walker:
    def __init__(self, container: _Element | None) -> None:
        self.rules = markup_rules()
        self.builder = BlockBuilder()
        self.container = container
        self.guarded = _ancestors(container)
        self.figures = 0

    def run(self, root: _Element) -> None:
        from lxml import etree

        frames: list[_Frame | None] = []
        steps = etree.iterwalk(root, events=("start", "end"))
        for event, element in steps:
            if event == "start":
                frame = self._enter(element)
                frames.append(frame)
                if frame is None:
                    steps.skip_subtree()
                else:
                    self.builder.add(element.text)
                continue
            self._leave(frames.pop())
            if element is not root:
                self.builder.add(element.tail)
        self.builder.cut("")

    def _enter(self, element: _Element) -> _Frame | None:
        """Return what the element changes, or None when it is no text."""
        tag = str(element.tag)
        if tag in self.rules.dropped or _hidden(element):
            return None
        if tag == "br":
            self.builder.break_line()
        words = _class_words(element)
        role = self._role(element, tag, words)
        gap = self._gap(tag, role)
        if gap:
            self.builder.cut(gap)
        counters = self._counters(element, tag, words)
        for name in counters:
            self._count(name, 1)
        stacks = []
        for stack, value in (
            (self.builder.languages, _language(element)),
            (self.builder.directions, _direction(element)),
        ):
            if value:
                stack.append(value)
                stacks.append(stack)
        return _Frame(self.builder.open_role(role) if role else None, tuple(stacks), counters, gap)

    def _leave(self, frame: _Frame | None) -> None:
        if frame is None:
            return
        if frame.gap:
            self.builder.cut(frame.gap)
        if frame.role is not None:
            self.builder.close_role(frame.role)
        for stack in frame.stacks:
            stack.pop()
        for name in frame.counters:
            self._count(name, -1)

    def _role(self, element: _Element, tag: str, words: list[str]) -> str | None:
        rules = self.rules
        if element in self.guarded or tag in ("html", "body"):
            return None
        if tag in rules.role_of_tag:
            return rules.role_of_tag[tag]
        for name in f"{element.get('itemprop', '')} {element.get('rel', '')}".split():
            if name in rules.role_of_property:
                return rules.role_of_property[name]
        for name in (element.get("class") or "").lower().split():
            if name in rules.role_of_class:
                return rules.role_of_class[name]
        found = {rules.role_of_class_word[word] for word in words if word in rules.role_of_class_word}
        if "footer" in found and self.figures:
            return "credit"  # a copyright line under a picture is the picture's
        return next((role for role in ("credit", "caption", "byline", "time", "footer") if role in found), None)

    def _gap(self, tag: str, role: str | None) -> str:
        gap = self.rules.gaps.get(tag, "")
        if self.figures and gap == "\n\n" and tag != "figure":
            return "\n"
        # A credit stands on a line of its own, also where the page sets it inside the caption.
        return "\n" if role == "credit" and not gap else gap

    def _counters(self, element: _Element, tag: str, words: list[str]) -> tuple[str, ...]:
        counters = []
        if element is self.container:
            counters.append("inside")
        if tag == "a":
            counters.append("links")
        if tag == "pre":
            counters.append("preformatted")
        if tag == "figure":
            counters.append("figures")
        if tag == "aside":
            counters.append("aside")
        if self._is_furniture(element, words):
            counters.append("furniture")
        return tuple(counters)

    def _is_furniture(self, element: _Element, words: list[str]) -> bool:
        if element in self.guarded:
            return False
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
        named = not self.rules.furniture.isdisjoint(words) or not self.rules.furniture_names.isdisjoint(names)
        return named and not _holds_title(element)

    def _count(self, name: str, by: int) -> None:
        if name == "figures":
            self.figures += by
        else:
            setattr(self.builder, name, getattr(self.builder, name) + by)


def _ancestors(container: _Element | None) -> frozenset[_Element]:
    """Return the container and all that holds it: never furniture, never a role."""
    return frozenset() if container is None else frozenset((container, *container.iterancestors()))


def _hidden(element: _Element) -> bool:
    return element.get("hidden") is not None or bool(_HIDING_STYLE.search(element.get("style") or ""))


def _holds_title(element: _Element) -> bool:
    return element.tag in ("html", "body") or next(element.iter("h1"), None) is not None


def _class_words(element: _Element) -> list[str]:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return [word.lower() for word in _WORD.findall(names[:500])]


def _language(element: _Element) -> str | None:
    lang = element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or element.get("xml:lang")
    return lang.strip() if lang and _LANGUAGE.fullmatch(lang.strip()) else None


def _direction(element: _Element) -> str | None:
    value = (element.get("dir") or "").strip().lower()
    return value if value in ("ltr", "rtl", "auto") else None
