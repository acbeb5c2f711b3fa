"""What markup and headers say, under the names that the reader gives it."""

import pytest

from colophon.attributing import Attribution, Attributor
from colophon.cli.inspecting import provenance_json
from colophon.documents import MetadataClaim, SourceDocument
from colophon.reading.making import read_bytes
from colophon.settings import ReadingSettings

BODY = (
    "<article><h1>A mill</h1><p>The water was let out in spring, and the mill stood in the sun again.</p>{}</article>"
)


@pytest.fixture(scope="module")
def attributor() -> Attributor:
    return Attributor()


def page(head: str, body: str = "", url: str | None = None) -> SourceDocument:
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{BODY.format(body)}</body></html>"
    read = read_bytes(html.encode(), "page.html", ReadingSettings(), media_type="text/html", url=url)
    assert isinstance(read, SourceDocument)
    return read


def outside(made: Attribution, kind: str) -> list[str]:
    return [s.value for s in made.statements if s.kind == kind and s.origin != "text"]


def jsonld(inside: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", {inside}}}</script>'


CC_BY_NC = "https://creativecommons.org/licenses/by-nc/4.0/"


@pytest.mark.parametrize(
    ("head", "body", "kind", "values"),
    [
        ("", '<p>By <a rel="author" href="/noor">Noor Castellan</a></p>', "byline", []),
        ('<meta name="author" content="Noor Castellan">', "", "byline", ["Noor Castellan"]),
        ('<meta name="twitter:creator" content="@noor">', "", "byline", []),
        ('<meta property="article:author" content="https://social.example/noor">', "", "byline", []),
        ('<meta property="og:site_name" content="The Review">', "", "publisher", ["The Review"]),
        (
            '<meta property="article:published_time" content="2026-03-11T07:40Z">',
            "",
            "published",
            ["2026-03-11T07:40Z"],
        ),
        ('<meta name="DC.creator" content="Noor Castellan">', "", "byline", ["Noor Castellan"]),
        (f'<link rel="license" href="{CC_BY_NC}">', "", "licence", ["CC-BY-NC-4.0"]),
        (jsonld('"author": {"@type": "Person", "name": "Noor"}'), "", "byline", ["Noor"]),
        (jsonld('"translator": {"name": "Ilan Verdi"}'), "", "translator", ["Ilan Verdi"]),
        (jsonld('"comment": [{"author": {"name": "A reader"}}]'), "", "byline", []),
        (jsonld(f'"image": {{"author": {{"name": "Mara"}}, "license": "{CC_BY_NC}"}}'), "", "licence", []),
        (jsonld('"image": {"creditText": "Mara/AP"}'), "", "photo_credit", ["Mara/AP"]),
        (jsonld('"translationOfWork": {"url": "https://a.example.jp/a"}'), "", "source", ["https://a.example.jp/a"]),
        (jsonld('"translationOfWork": {"author": {"name": "Some One"}}'), "", "byline", []),
        (
            "",
            '<p itemscope itemtype="https://schema.org/Article"><b itemprop="author">Noor</b></p>',
            "byline",
            ["Noor"],
        ),
    ],
)
def test_claim(head: str, body: str, kind: str, values: list[str], attributor: Attributor) -> None:
    assert outside(attributor.attribute(page(head, body)), kind) == values


def test_the_canonical_address_is_the_pages_own(attributor: Attributor) -> None:
    made = attributor.attribute(page('<link rel="canonical" href="https://review.example.fr/mill">'))
    [source] = [s for s in made.statements if s.kind == "source"]
    assert (source.value, source.basis, source.about_article) == ("https://review.example.fr/mill", "inferred", False)
    assert not made.translation_claim.evident


def test_a_canonical_address_elsewhere_is_the_original(attributor: Attributor) -> None:
    read = page('<link rel="canonical" href="https://press.example.org/mill">', url="https://copies.example.net/7")
    [source] = [s for s in attributor.attribute(read).statements if s.kind == "source"]
    assert (source.basis, source.about_article) == ("stated", True)


@pytest.mark.parametrize(
    ("address", "words", "conflict"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "Text: CC BY 4.0", False),
        ("http://creativecommons.org/licenses/by/4.0/deed.fr", "Licensed under CC-BY 4.0.", False),
        ("https://creativecommons.org/licenses/by/4.0/", "Licensed under CC BY.", False),
        ("https://creativecommons.org/licenses/by/4.0/", "Licensed under CC BY-ND 4.0.", True),
        ("https://creativecommons.org/licenses/by/3.0/", "Licensed under CC BY 4.0.", True),
    ],
)
def test_equal_licences_do_not_conflict(address: str, words: str, conflict: bool, attributor: Attributor) -> None:
    made = attributor.attribute(page(f'<link rel="license" href="{address}">', f"<p>{words}</p>"))
    assert ("conflicting-licence" in [issue.code for issue in made.issues]) == conflict


@pytest.mark.parametrize(
    ("claims", "tdm", "training"),
    [
        ([], "unset", False),
        ([("meta", "tdm-reservation", "1")], "reserved", False),
        ([("http", "tdm-reservation", "1"), ("meta", "tdm-reservation", "0")], "allowed", False),
        ([("meta", "tdm-reservation", "0"), ("http", "tdm-reservation", "1")], "allowed", False),
        ([("http", "tdm-reservation", "1"), ("meta", "tdm-reservation", "yes")], "reserved", False),
        ([("meta", "robots", "noai, noimageai")], "unset", True),
        ([("http", "x-robots-tag", "noai")], "unset", True),
        ([("http", "content-usage", "train-ai=n, search=y")], "unset", True),
        ([("meta", "robots", "noindex, max-snippet:80")], "unset", False),
    ],
)
def test_mining_signals(claims: list[tuple[str, str, str]], tdm: str, training: bool, attributor: Attributor) -> None:
    made = [MetadataClaim(origin, name, value) for origin, name, value in claims]  # type: ignore[arg-type]
    read = SourceDocument.of_text("A mill.")
    document = SourceDocument(
        id="a", location="a", text=read.text, bytes_sha256=read.bytes_sha256, byte_length=7, claims=tuple(made)
    )
    decision = attributor.attribute(document).reproduction
    assert decision.tdm == tdm
    assert ("ai_train" in decision.reserved_actions) == training
    assert decision.status == "unknown"


def test_signals_are_read_from_a_page(attributor: Attributor) -> None:
    made = attributor.attribute(page('<meta name="tdm-reservation" content="1"><meta name="robots" content="noai">'))
    assert made.reproduction.tdm == "reserved"
    assert made.reproduction.reserved_actions == ("tdm", "ai_train")


def test_a_link_header_is_read(attributor: Attributor) -> None:
    read = SourceDocument.of_text("A mill.")
    header = MetadataClaim("http", "link", '<https://creativecommons.org/licenses/by/4.0/>; rel="license"')
    document = SourceDocument(
        id="a", location="a", text=read.text, bytes_sha256=read.bytes_sha256, byte_length=7, claims=(header,)
    )
    assert outside(attributor.attribute(document), "licence") == ["CC-BY-4.0"]


def test_photographs_alone_are_excluded_from_a_licence(attributor: Attributor) -> None:
    made = attributor.attribute(
        page("", "<p>© 2026 Salt Road Press. Reuse is permitted under CC BY-NC 4.0; photographs are excluded and may "
                 "not be reproduced without permission.</p>")
    )  # fmt: skip
    assert made.reproduction.status == "permitted-with-conditions"
    assert made.reproduction.conditions == ("attribution", "non-commercial")
    assert [clue.kind for clue in made.reproduction.clues] == ["reproduction_prohibited"]


@pytest.mark.parametrize(
    ("claimed", "line", "ranked"),
    [
        # Markup states the outlet; the copyright line names its owner.
        ("Delta Watch", "© 2026 Delta Holdings", ["Delta Watch", "Delta Holdings"]),
        # What the text bears out ranks first, with its span; its markup twin follows.
        ("Delta Watch", "© 2026 Delta Watch", ["Delta Watch", "Delta Watch"]),
        ("Delta Watch", "Published by: Delta Press", ["Delta Press", "Delta Watch"]),
    ],
)
def test_publishers_are_ranked(claimed: str, line: str, ranked: list[str], attributor: Attributor) -> None:
    read = page(jsonld(f'"publisher": {{"name": "{claimed}"}}'), f"</article><footer><p>{line}</p></footer><article>")
    found = [s for s in attributor.attribute(read).statements if s.kind == "publisher"]
    assert [s.value for s in sorted(found, key=lambda s: s.rank)] == ranked


def test_the_command_tells_a_name_once(attributor: Attributor) -> None:
    read = page(
        '<meta name="author" content="Noor Castellan"><meta name="DC.creator" content="Imke Vos">',
        "<p>By Noor Castellan</p>",
    )
    told = provenance_json(read, attributor.attribute(read))["bylines"]
    assert [(name["value"], name["start"] is None) for name in told] == [("Noor Castellan", False), ("Imke Vos", True)]
