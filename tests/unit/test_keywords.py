"""What is a keyword caption, and what only has commas."""

import pytest

from colophon.records import Role
from colophon.translating.keywords import item_list

LISTS: list[tuple[str, str, Role, list[str] | None]] = [
    ("three items", "גשר, נחל ,ראש העיר", "caption", ["גשר", "נחל", "ראש העיר"]),
    ("two items in a caption", "הגשר החדש, רמת הנגב", "caption", None),
    ("two keywords", "הגשר החדש, רמת הנגב", "keywords", ["הגשר החדש", "רמת הנגב"]),
    ("one keyword", "הגשר", "keywords", None),
    ("middle dots", "גשר · נחל · טחנה", "caption", ["גשר", "נחל", "טחנה"]),
    ("bars", "גשר | נחל | טחנה", "caption", ["גשר", "נחל", "טחנה"]),
    ("arabic commas", "جسر، نهر، طاحونة", "caption", ["جسر", "نهر", "طاحونة"]),
    ("thousands mark is no separator", "1,700 איש, גשר, נחל", "caption", ["1,700 איש", "גשר", "נחל"]),
    ("number beside a separator", "2025,גשר,נחל", "caption", ["2025", "גשר", "נחל"]),
    ("empty items are no items", "גשר,, נחל, טחנה,", "caption", ["גשר", "נחל", "טחנה"]),
    ("a sentence", "ראש העיר, שחזר מחופשה ארוכה עם משפחתו, ביקר אתמול בגשר החדש, אמר", "caption", None),
    ("a full stop", "גשר, נחל, טחנה.", "caption", None),
    ("a quotation with a colon", "ראש העיר: גשר, נחל, טחנה", "caption", None),
    ("and at the end", "ראש העיר, סגנו, ודוברת העירייה", "caption", None),
    ("body text is never a list", "גשר, נחל, טחנה", "body", None),
    ("only separators", ",,,", "keywords", None),
]


@pytest.mark.parametrize(("text", "role", "expected"), [c[1:] for c in LISTS], ids=[c[0] for c in LISTS])
def test_item_list(text: str, role: Role, expected: list[str] | None) -> None:
    found = item_list(text, role)
    assert (None if found is None else [span.of(text) for span in found.items]) == expected
