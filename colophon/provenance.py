"""Who made what: hashes, signatures, language tags of translations, and the sentence a publisher prints."""

import json
import tomllib
from functools import cache
from hashlib import sha256
from importlib import metadata, resources

from colophon.errors import DataError
from colophon.records import Translator
from colophon.settings import Settings

# https://cv.iptc.org/newscodes/digitalsourcetype/
DIGITAL_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
COMPOSITE = DIGITAL_SOURCE + "compositeWithTrainedAlgorithmicMedia"
MACHINE_MADE = DIGITAL_SOURCE + "trainedAlgorithmicMedia"
# How every disclosure ends until a person has reviewed what it discloses.
NOT_REVIEWED = "not reviewed by a person"


@cache
def version() -> str:
    """Return Colophon's version; ``0+unknown`` in a clone that was never installed."""
    try:
        return metadata.version("colophon")
    except metadata.PackageNotFoundError:
        return "0+unknown"


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 form, in hexadecimal. Lone surrogates are kept."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def settings_digest(settings: Settings) -> str:
    """Return twelve hexadecimal digits that stand for all settings that shape a record."""
    # Paths differ between machines; what lies there is in the signature by its content.
    paths = {"glossary", "catalogue"}
    dumped = settings.model_dump(mode="json", exclude={"batch_documents": True, "translation": paths})
    return sha256(json.dumps(dumped, sort_keys=True).encode()).hexdigest()[:12]


def signature(detector: str, rules: str, engines: str, settings: Settings) -> str:
    """Return the one-line signature of everything that makes records: equal lines, equal bytes."""
    made_with = f"detector:{detector}|rules:{rules}|engines:{engines}|settings:{settings_digest(settings)}"
    return f"colophon:{version()}|{made_with}"


def record_id(location: str, input_id: str, bytes_sha256: str, made_by: str) -> str:
    """Return the deterministic id of a record: 32 hexadecimal digits under ``urn:colophon:``."""
    return "urn:colophon:" + text_sha256(f"{location}\n{input_id}\n{bytes_sha256}\n{made_by}")[:32]


def translated_tag(language: str, *, machine: bool) -> str:
    """Return the BCP 47-T tag of English made from ``language`` (RFC 6497; ``t0-und`` only for machines).

    >>> translated_tag("zh-Hans", machine=True), translated_tag("he", machine=False)
    ('en-t-zh-hans-t0-und', 'en-t-he')
    """
    return f"en-t-{language.lower()}" + ("-t0-und" if machine else "")


class LanguageNames:
    """English names of languages, from ``data/language_names.toml``."""

    def __init__(self) -> None:
        path = resources.files("colophon") / "data" / "language_names.toml"
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if "names" not in table:
            raise DataError(str(path), "has no [names] table; reinstall colophon")
        self._names: dict[str, str] = table["names"]

    def name(self, language: str) -> str:
        """Return the English name of an internal code, or the code itself when it has none."""
        return self._names.get(language) or self._names.get(language.split("-", 1)[0]) or language


def disclosure(language_name: str, translator: Translator) -> str:
    """Return the sentence that discloses a machine translation in print (EU AI Act, Art. 50(4))."""
    made = translator
    made_with = f"model {made.model}, revision {made.revision[:12]}" if made.model and made.revision else made.engine
    by = {"machine": "by machine", "memory": "from a glossary", "human": "by a person"}[translator.kind]
    return f"Translated from {language_name} into English {by} (Colophon {version()}, {made_with}); {NOT_REVIEWED}."


def reviewed_disclosure(sentence: str, review: str) -> str:
    """Return a disclosure that says ``review`` instead of that nobody reviewed.

    >>> reviewed_disclosure("Translated by machine; not reviewed by a person.", "reviewed by Dana Roth")
    'Translated by machine; reviewed by Dana Roth.'
    """
    return f"{sentence.removesuffix('.').removesuffix(NOT_REVIEWED).rstrip('; ')}; {review}."
