"""Edits in, edits out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.rewriting import Edit, apply_edits, undone


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    """Return a text and edits that fit it."""
    text = draw(st.text(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return text, [Edit(a, b, text[a:b], draw(st.text(max_size=6))) for a, b in pairs]


@given(edited())
def test_undoing_gives_the_text_back(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    changed = apply_edits(text, edits)
    assert apply_edits(changed, undone(edits)) == text
    assert undone(undone(edits)) == edits


WRONG = {
    "overlap": [Edit(0, 3, "abc", "x"), Edit(2, 4, "cd", "y")],
    "out of order": [Edit(3, 4, "d", "x"), Edit(0, 1, "a", "y")],
    "other words": [Edit(0, 1, "z", "x")],
    "beyond the end": [Edit(4, 9, "e", "x")],
    "backwards": [Edit(3, 1, "", "x")],
}


@pytest.mark.parametrize("name", WRONG)
def test_an_edit_that_does_not_fit_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="edit at"):
        apply_edits("abcde", WRONG[name])
