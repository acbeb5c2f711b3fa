"""Anchors: the quick search finds what comparing every anchor at every place finds. Shadows: one is its own shadow."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from colophon.attributing.anchors import AnchorFinder
from colophon.attributing.rules import load
from colophon.attributing.shadow import Shadow, shadow_of

# Few letters, so that anchors begin alike, overlap and stand within words.
LETTERS = st.sampled_from("abé שק轉載©(/ -")
ANCHORS = st.text(LETTERS, min_size=1, max_size=8).map(str.strip).filter(lambda a: a.strip("*"))
TEXTS = st.text(st.one_of(LETTERS, st.sampled_from("\n._1")), max_size=40)
PACKAGED = [anchor for rule in load().rules for anchor in rule.anchors]


def compared(anchors: list[str], text: str) -> list[tuple[int, str]]:
    """Return the longest anchor at each place, of those that begin words and those that may stand anywhere."""
    opened = {anchor[1:] for anchor in anchors if anchor.startswith("*")}
    named = {anchor.lstrip("*") for anchor in anchors}
    worded = {a for a in named if a[0].isalnum() and not re.match("[\u3400-\u9fff]", a)} - opened
    found = []
    for at in range(len(text)):
        begins = not re.match(r"\w", text[at - 1 : at])
        here = [a for a in named if text.startswith(a, at) and (begins or a not in worded)]
        found += [(at, max(here, key=len))] if here else []
    return found


@given(st.lists(st.one_of(ANCHORS, ANCHORS.map(lambda a: "*" + a)), max_size=12), TEXTS)
def test_anchors_found_are_those_that_stand_there(anchors: list[str], text: str) -> None:
    assert AnchorFinder(anchors).find(text) == compared(anchors, text)


FINDER = AnchorFinder(PACKAGED)


@given(st.lists(st.one_of(st.sampled_from(PACKAGED), st.sampled_from([" ", ". ", "\n", "(", "x", "載"])), max_size=12))
def test_the_packaged_anchors_are_all_found(pieces: list[str]) -> None:
    text = "".join(piece.lstrip("*") for piece in pieces)
    found = FINDER.find(text)
    assert all(text.startswith(anchor, at) for at, anchor in found)
    at = 0
    for piece in pieces:
        if piece in PACKAGED and (at == 0 or text[at - 1] in " \n("):
            assert any(place == at and anchor.startswith(piece.lstrip("*")) for place, anchor in found)
        at += len(piece.lstrip("*"))


@given(st.text())
def test_a_shadow_is_its_own_shadow_and_maps_back(text: str) -> None:
    shadow = Shadow(text)
    assert shadow.text == shadow_of(text)
    assert shadow_of(shadow.text) == shadow.text
    for at, character in enumerate(shadow.text):
        assert character in shadow_of(text[shadow.original(at)])


def test_a_text_of_many_scripts_maps_back_as_a_short_one_does() -> None:
    every = "".join(c for c in map(chr, range(0x20, 0x3000)) if unicodedata.category(c) not in ("Cn", "Cs"))
    whole, begun = Shadow(every), 0
    for at, character in enumerate(every):
        alone = Shadow(character)
        assert whole.text[begun : begun + len(alone.text)] == alone.text
        assert all(whole.original(begun + step) == at for step in range(len(alone.text)))
        begun += len(alone.text)
    assert begun == len(whole.text)


def test_points_of_ready_made_letters_are_no_part_of_words() -> None:
    assert shadow_of("\ufb2aלום") == shadow_of("ש\u05c1לום") == shadow_of("שלום")
