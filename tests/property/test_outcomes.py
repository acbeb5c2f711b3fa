"""Laws of translate_fragments, over any text, with the echo engine."""

from hypothesis import given
from hypothesis import strategies as st

from colophon.engines.echo import EchoEngine
from colophon.settings import TranslationSettings
from colophon.translating import FragmentText, Router, translate_fragments

SETTINGS = TranslationSettings(engine="echo")
ROUTER = Router({"he": lambda: EchoEngine(None, SETTINGS), "ru": lambda: EchoEngine(None, SETTINGS)})
TEXTS = st.text(st.sampled_from("אבגדהו .,!|·\n12aB\"'")) | st.text()
FRAGMENTS = st.lists(
    st.builds(
        FragmentText,
        TEXTS,
        st.sampled_from(["he", "ru", "und", "xx"]),
        st.sampled_from(["body", "caption", "keywords"]),
    ),
    max_size=5,
)


@given(FRAGMENTS)
def test_each_fragment_has_english_or_a_reason_and_english_is_never_the_source(fragments: list[FragmentText]) -> None:
    found = translate_fragments(fragments, ROUTER, SETTINGS)
    assert len(found) == len(fragments)
    for fragment, outcome in zip(fragments, found, strict=True):
        assert (outcome.text is None) == (outcome.reason is not None)
        assert outcome.text is None or outcome.text != fragment.text


@given(FRAGMENTS)
def test_neighbours_and_order_do_not_matter(fragments: list[FragmentText]) -> None:
    together = translate_fragments(fragments, ROUTER, SETTINGS)
    backwards = translate_fragments(fragments[::-1], ROUTER, SETTINGS)[::-1]
    alone = [translate_fragments([fragment], ROUTER, SETTINGS)[0] for fragment in fragments]
    assert together == backwards == alone
