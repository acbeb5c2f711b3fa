"""schema.org: every property is documented for its type and has a value of an expected one; nothing ends a script."""

import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colophon.exporting import json_line, schemaorg
from colophon.records import DocumentRecord
from tests.conftest import ROOT
from tests.exporting.records import CLOSED, examples, full, made, poisoned

TYPES: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "tests/cases/exporting/schemaorg.toml").read_text(encoding="utf-8")
)
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?")
ENUMERATION = re.compile(r"https://schema\.org/\w+DigitalSource")


def documented(kind: str) -> dict[str, list[str]]:
    own = TYPES[kind]
    inherited = documented(own["of"]) if "of" in own else {}
    return {**inherited, **{name: values for name, values in own.items() if name != "of"}}


def ancestors(kind: str) -> set[str]:
    return {kind, *(ancestors(TYPES[kind]["of"]) if "of" in TYPES[kind] else ())}


def fits(value: Any, expected: list[str]) -> bool:
    if isinstance(value, dict):
        return bool(ancestors(value["@type"]) & set(expected))
    assert isinstance(value, str)
    forms = {
        "Text": True,
        "URL": re.match(r"[a-z]+:[^\s]+$", value) is not None,
        "Date": DATE.fullmatch(value) is not None,
        "DateTime": DATE.fullmatch(value) is not None,
        "IPTCDigitalSourceEnumeration": ENUMERATION.fullmatch(value) is not None,
    }
    return any(forms.get(kind, False) for kind in expected)


def problems(node: dict[str, Any]) -> Iterator[str]:
    properties = documented(node["@type"])
    for name, value in node.items():
        if name.startswith("@"):
            continue
        if name not in properties:
            yield f"{node['@type']} has no property {name}"
            continue
        for item in value if isinstance(value, list) else [value]:
            if not fits(item, properties[name]):
                yield f"{node['@type']}.{name} is {item!r}, not {properties[name]}"
            elif isinstance(item, dict):
                yield from problems(item)


@pytest.mark.parametrize("record", examples(), ids=lambda r: r.input_id)
def test_every_property_is_documented_for_its_type(record: DocumentRecord) -> None:
    node = schemaorg(record)
    assert node["@context"] == "https://schema.org"
    assert list(problems(node)) == []


@given(made())
def test_so_it_is_for_any_record(record: DocumentRecord) -> None:
    assert list(problems(schemaorg(record))) == []


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "NewsArticle", "translatedBy": "x"},
        {"@type": "NewsArticle", "editor": {"@type": "Organization", "name": "x"}},
        {"@type": "Person", "headline": "x"},
        {"@type": "NewsArticle", "datePublished": "in May"},
        {"@type": "NewsArticle", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalArt"},
        {"@type": "NewsArticle", "hasPart": {"@type": "CreativeWork", "articleBody": "x"}},
    ],
)
def test_the_check_itself_finds_what_is_wrong(node: dict[str, Any]) -> None:
    assert list(problems(node))


class TestWhatIsSaid:
    def test_people_have_their_parts_and_a_machine_is_no_translator(self) -> None:
        node = schemaorg(full())
        assert [a["name"] for a in node["author"]] == ["Miriam Halpern", "Markup Author"]
        assert node["editor"] == {"@type": "Person", "name": "Adam Roy"}
        assert node["translator"] == {"@type": "Person", "name": "Dana Roth"}
        assert "Translated by machine: Lingua Bot" in node["backstory"]
        assert node["publisher"] == {"@type": "Organization", "name": "Harbour Post"}

    def test_the_machine_translation_is_disclosed(self) -> None:
        node = schemaorg(full())
        assert node["backstory"][0].endswith("not reviewed by a person.")
        assert node["digitalSourceType"] == "https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource"
        part, again, german = node["hasPart"]
        assert part["digitalSourceType"] == "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
        assert part["creativeWorkStatus"] == "unreviewed"
        assert (part["inLanguage"], part["translationOfWork"]["inLanguage"]) == ("en-t-he-t0-und", "he")
        assert "translationOfWork" not in again
        assert "digitalSourceType" not in german
        assert german["creativeWorkStatus"] == "reviewed by Gil Tam at 2026-11-01T08:00:00Z"

    def test_the_original_is_what_the_article_says_it_translates(self) -> None:
        node = schemaorg(full())
        assert node["translationOfWork"] == {
            "@type": "CreativeWork",
            "url": "https://example.org/he",
            "inLanguage": "he",
        }
        assert "isBasedOn" not in node

    def test_a_source_that_is_no_original_is_what_it_is_based_on(self) -> None:
        record = full()
        claim = record.translation_claim.model_copy(update={"evident": False})
        node = schemaorg(record.model_copy(update={"translation_claim": claim}))
        assert node["isBasedOn"] == "https://example.org/he"
        assert "translationOfWork" not in node

    def test_pictures_have_their_credit_and_caption(self) -> None:
        image = schemaorg(full())["image"]
        assert image["creator"] == {"@type": "Person", "name": "Noa Lavi"}
        assert [o["name"] for o in image["sourceOrganization"]] == ["Harbour Post", "Coast Agency"]
        assert image["caption"] == "המעבורת בנמל הישן"

    def test_a_licence_is_linked_while_it_is_in_force(self) -> None:
        record = full()
        assert schemaorg(record)["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"
        stricter = record.reproduction.overrides[0].model_copy(update={"status": "prohibited"})
        decision = record.reproduction.model_copy(update={"overrides": (stricter,)})
        node = schemaorg(record.model_copy(update={"reproduction": decision}))
        assert "license" not in node
        assert node["usageInfo"][0]["text"].startswith("Reproduction: prohibited")

    def test_nothing_of_the_press_is_a_plain_article(self) -> None:
        english = next(r for r in examples() if r.input_id == "-#3")
        node = schemaorg(english)
        assert node["@type"] == "Article"
        assert not {"author", "publisher", "license", "backstory", "url", "headline"} & set(node)

    def test_no_path_of_this_machine_goes_into_a_page(self) -> None:
        assert "articles/ferry.html" not in json_line(schemaorg(full()))


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "&lt;/script&gt;",
    "a\u2028b\u2029c",
    "\ud800",
    "\x00\x1b[2J",
)


class Scripts(HTMLParser):
    """Collects the content of scripts, and every other thing a page would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.outside: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside.append(f"<{tag} {attrs}>") if self._inside else None
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data
        else:
            self.outside.append(data)


@given(st.sampled_from(HOSTILE) | st.text(st.sampled_from("</script>!-&\u2028\u2029 \ud800"), max_size=30))
def test_a_page_may_hold_it_in_a_script(words: str) -> None:
    line = json_line(schemaorg(poisoned(full(), words, CLOSED)))
    assert not set("<>&\u2028\u2029") & set(line)
    page = Scripts()
    page.feed(f'<script type="application/ld+json">{line}</script>')
    page.close()
    assert (page.scripts, page.outside) == ([line], [])
    line.encode("utf-8")
