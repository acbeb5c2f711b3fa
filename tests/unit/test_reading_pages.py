"""Pages become the text a reader sees, with exact hints, and claims."""

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from colophon.documents import SourceDocument
from colophon.reading import Rejection, read_bytes
from colophon.reading.parsing import parse
from colophon.settings import ReadingSettings

SETTINGS = ReadingSettings()
CASES = tomllib.loads((Path(__file__).parents[1] / "cases/reading/pages.toml").read_text("utf-8"))["case"]
EXAMPLES = Path(__file__).parents[2] / "examples"


def page(html: str | bytes, settings: ReadingSettings = SETTINGS) -> SourceDocument | Rejection:
    data = html if isinstance(html, bytes) else html.encode()
    return read_bytes(data, "page.html", settings, media_type="text/html")


def document(html: str) -> SourceDocument:
    read = page(html)
    assert isinstance(read, SourceDocument), read
    return read


def quoted(read: SourceDocument) -> list[str]:
    return [f"{hint.kind} {hint.value}: {read.text[hint.start : hint.end]}" for hint in read.hints]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_page_reads_as_its_reader_sees_it(case: dict[str, Any]) -> None:
    read = document(case["html"])
    if "text" in case:
        assert read.text == case["text"]
    for part in case.get("contains", []):
        assert part in read.text
    for part in case.get("excludes", []):
        assert part not in read.text
    assert [hint for hint in case.get("hints", []) if hint not in quoted(read)] == []
    assert [hint for hint in case.get("absent", []) if hint in quoted(read)] == []


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<!doctype html><title>t</title><article><p>One</p></article>", ["One"]),
        ("<title>t</title><main><p>One</p></main><p>Two</p>", ["One", "Two"]),
        ("<meta charset=utf-8><section><p>One</p></section> two<p>Three</p>", ["One", "two", "Three"]),
        ("<head><title>t</title></head><body><article><p>One</p></article></body>", ["One"]),
        ("<title>t</title><style>p {}</style><script>1</script><p>One</p>", ["One"]),
    ],
)
def test_a_head_ends_where_the_text_begins(markup: str, lines: list[str]) -> None:
    root = parse(markup, "page.html", ReadingSettings())
    body = root.find("body")
    assert body is not None
    assert [words for t in body.itertext() if (words := t.strip())] == lines


def test_languages_do_not_overlap() -> None:
    read = read_bytes((EXAMPLES / "museum.html").read_bytes(), "m", SETTINGS, media_type="text/html")
    assert isinstance(read, SourceDocument)
    spans = sorted((hint.start, hint.end) for hint in read.hints if hint.kind == "lang")
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_a_page_without_an_article_element_is_voted_on() -> None:
    body = "".join(
        f"<p>Sentence number {n} of a long enough article, with a comma, and with some words.</p>" for n in range(8)
    )
    read = document(
        "<html><body><div><a href='/a'>Front page</a> <a href='/b'>Sport</a></div>"
        f"<div id='x'><h1>Title of it</h1>{body}<figure><figcaption>כיתוב</figcaption></figure>"
        "<p>The last sentence of the article, which is long enough to count, too.</p></div>"
        "<div><p><a href='/z'>Read more about other things here</a></p></div><p>© 2026 Press.</p></body></html>"
    )
    assert read.text.startswith("Title of it\n\nSentence number 0")
    assert "כיתוב" in read.text
    assert "Front page" not in read.text
    assert "other things" not in read.text
    assert read.text.endswith("© 2026 Press.")


@pytest.mark.parametrize(
    ("markup", "origin", "name", "value"),
    [
        ("<html lang=he>", "meta", "lang", "he"),
        ("<title>A page</title>", "meta", "title", "A page"),
        ("<meta name=author content='A. B.'>", "meta", "author", "A. B."),
        ("<meta name=tdm-reservation content=1>", "meta", "tdm-reservation", "1"),
        ("<meta name=robots content=noai>", "meta", "robots", "noai"),
        ("<meta property=og:url content=https://e.example.org/>", "opengraph", "og:url", "https://e.example.org/"),
        ("<meta name=DC.rights content=Reserved>", "dublincore", "DC.rights", "Reserved"),
        ("<link rel=canonical href=/c>", "link", "canonical", "/c"),
        ("<link rel=alternate hreflang=he href=/he>", "link", "alternate:he", "/he"),
        ("<a rel='license noopener' href=/l>x</a>", "link", "license", "/l"),
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"A"},{"name":"B"}]}</script>',
            "jsonld",
            "NewsArticle.author.name",
            "B",
        ),
        (
            '<script type="application/ld+json">{"@graph":[{"@type":["Article"],"license":"L"}]}</script>',
            "jsonld",
            "Article.license",
            "L",
        ),
        (
            '<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":true}</script>',
            "jsonld",
            "Article.isAccessibleForFree",
            "true",
        ),
        (
            "<div itemscope itemtype=/Article><i itemprop=author itemscope><b itemprop=name> A\n B</b></i></div>",
            "microdata",
            "Article.author.name",
            "A B",
        ),
        (
            "<div itemscope itemtype=//schema.org/Article><time itemprop=datePublished datetime=2026-01-02>x</time>",
            "microdata",
            "Article.datePublished",
            "2026-01-02",
        ),
    ],
)
def test_claims(markup: str, origin: str, name: str, value: str) -> None:
    found = [(claim.origin, claim.name, claim.value) for claim in document(f"{markup}<p>Words.</p>").claims]
    assert (origin, name, value) in found


@pytest.mark.parametrize(
    "markup",
    [
        "<meta name=author content=''>",
        "<link rel=stylesheet href=/s>",
        "<link rel=alternate type=application/rss+xml href=/feed>",
        '<script type="text/javascript">{"@type":"Article","author":"A"}</script>',
        '<script type="application/ld+json">{"@type":"Article","articleBody":"all of it"}</script>',
    ],
)
def test_what_is_no_claim(markup: str) -> None:
    claims = document(f"{markup}<p>Words.</p>").claims
    assert [claim for claim in claims if claim.name != "Article.@type"] == []


def test_broken_jsonld_is_remarked_and_its_neighbour_read() -> None:
    read = document(
        '<script type="application/ld+json">{"@type":</script><script type="application/ld+json">'
        + "[" * 100_000
        + '</script><script type="application/ld+json">{"@type":"Article","name":"N"}</script><p>Words.</p>'
    )
    assert ("jsonld", "Article.name", "N") in [(c.origin, c.name, c.value) for c in read.claims]
    assert "jsonld-unreadable" in read.repairs


def test_claims_are_cut_and_say_so() -> None:
    many = "".join(f"<meta name=k{n} content=v>" for n in range(500)) + "<p>Words.</p>"
    read = document(many)
    assert len(read.claims) == SETTINGS.most_claims
    assert any(repair.startswith("claims-cut") for repair in read.repairs)
    long = document(f"<meta name=k content='{'v' * 5000}'><p>Words.</p>")
    assert len(long.claims[0].value) == SETTINGS.longest_claim
    assert "claim-shortened: k" in long.repairs


BOMBS = {
    "deep": ("<div>" * 100_000 + "x", "too-deep"),
    "just too deep": ("<div>" * 252 + "x", "too-deep"),
    "many tags": ("<p>x</p>" * 100_000, "too-many-elements"),
    "many formatting tags": ("<b>" * 100_000 + "x", "too-deep"),
    "many attributes": ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x", "too-many-attributes"),
    "attributes hidden by quotes": (
        "<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">x",
        "too-many-attributes",
    ),
    "attributes without spaces": ("<p " + "/".join(f"a{n}" for n in range(100_000)) + ">x", "too-many-attributes"),
    "attributes after a quote in a script": (
        "<script>'<a \"'</script><p " + " ".join(f"a{n}" for n in range(50_000)) + ">x",
        "too-many-attributes",
    ),
    "huge text node": ("<p>" + "x" * 11_000_000, "broken-markup"),
    "no element": ("<!-- -->", "no-text"),
    "no words": ("<html><body><img src=a.jpg><script>x</script></body></html>", "no-text"),
    "huge": ("<p>x</p>" + " " * 17 * 1024 * 1024, "too-large"),
}


@pytest.mark.parametrize("label", BOMBS)
def test_bombs_are_refused_quickly(label: str) -> None:
    import time

    html, reason = BOMBS[label]
    started = time.process_time()
    read = page(html)
    assert isinstance(read, Rejection)
    assert read.reason == reason
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("label", "html"),
    [
        ("240 deep", "<div>" * 240 + "x" + "</div>" * 240),
        ("10,000 paragraphs", "<p>x</p>" * 10_000),
        ("200 attributes", "<p " + " ".join(f"a{n}=1" for n in range(200)) + ">x"),
        ("long attribute", f"<p title='{'word ' * 10_000}'>x"),
    ],
)
def test_large_honest_pages_are_read(label: str, html: str) -> None:
    assert document(html).text.startswith("x"), label


def test_the_museum_page_keeps_its_captions_and_notice() -> None:
    read = read_bytes((EXAMPLES / "museum.html").read_bytes(), "m", SETTINGS, media_type="text/html")
    assert isinstance(read, SourceDocument)
    found = quoted(read)
    assert "role caption: פנקס החשבונות של הטוחן נשמר כמעט בשלמותו" in found
    assert "role credit: (Photos: REUTERS/Lior Shaked, Maya Benveniste)" in found
    assert "lang he: סגרנו" in found
    assert "Ten quiet museums" not in read.text
    assert ("jsonld", "NewsArticle.translator.name", "Ilan Verdi") in [(c.origin, c.name, c.value) for c in read.claims]


MARKDOWN = """---
title: "A well"
author: B. C.
tags: [a, b]
nested:
  author: no
---

# The well #

> שורה אחת

Words with ![שער העיר](gate.jpg) in them.

```
# no heading
```
"""


def test_markdown_stays_as_it_is_and_its_marks_are_hints() -> None:
    read = read_bytes(MARKDOWN.encode(), "a.md", SETTINGS, media_type="text/markdown")
    assert isinstance(read, SourceDocument)
    assert read.text == MARKDOWN
    assert quoted(read) == ["role heading: The well", "role quote: שורה אחת", "role caption: שער העיר"]
    claims = [(claim.name, claim.value) for claim in read.claims]
    assert claims == [("title", "A well"), ("author", "B. C."), ("tags", "[a, b]")]


@pytest.mark.parametrize("text", ["--- \n", "---\na: b", "----\na: b\n---\n", "\n---\na: b\n---\n", "a: b\n---\n"])
def test_what_is_no_front_matter(text: str) -> None:
    read = read_bytes(text.encode(), "a.md", SETTINGS, media_type="text/markdown")
    assert isinstance(read, SourceDocument)
    assert read.claims == ()


def test_a_page_that_is_mostly_left_out_is_remarked() -> None:
    page_of = "<article><p>Body.</p></article><div class=newsletter><p>{}</p></div>"
    assert document(page_of.format("Sign up")).repairs == ("mostly-left-out: 7 of 12 code points",)
    assert document(page_of.format("Go")).repairs == ()
