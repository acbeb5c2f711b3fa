"""Count words in the translated interface texts of large free programs, for languages without a frequency list.

Sources, Debian 12 packages unpacked side by side into one folder (``apt-get download NAME; dpkg -x FILE FOLDER``):

- ``firefox-esr-l10n-LANGUAGE`` (MPL-2.0): ``.ftl`` and ``.properties`` texts inside the language pack;
- ``libreoffice-l10n-LANGUAGE`` (MPL-2.0): compiled message catalogues;
- ``mediawiki`` (GPL-2.0-or-later): one JSON file of messages a language and part.

Only counts of single words are kept, so no text of these programs reaches the data.
"""

import gettext
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from colophon.detecting.shadow import shadow_of

# As the detector's words: letters, the marks of Indic and other scripts, inner apostrophes and hyphens.
_LETTERS = r"[^\W\d_]+(?:[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff]+[^\W\d_]*)*"
WORD = re.compile(rf"{_LETTERS}(?:['’ʼ‌-]{_LETTERS})*")
_MARKUP = re.compile(r"\{\{|\}\}|\[\[[^\]|]*\||\]\]|<[^>]*>|\{[^{}]*\}|&\w+;|%\S+|\$\w+|\\\w|https?://\S+|~\w+|_")
# Our code -> names of the language in Firefox, LibreOffice and MediaWiki, where they differ or exist.
NAMES: dict[str, tuple[str, str, str]] = {
    "af": ("af", "af", "af"), "sq": ("sq", "", "sq"), "eu": ("eu", "eu", "eu"), "et": ("et", "et", "et"),
    "ga": ("ga-ie", "ga", "ga"), "gl": ("gl", "gl", "gl"), "cy": ("cy", "cy", "cy"), "mt": ("", "", "mt"),
    "so": ("", "", "so"), "sw": ("", "", "sw"), "xh": ("xh", "xh", "xh"), "zu": ("", "zu", "zu"),
    "yo": ("", "", "yo"), "ha": ("", "", "ha"), "ig": ("", "", "ig"), "rw": ("", "rw", "rw"),
    "lb": ("", "", "lb"), "fo": ("", "", "fo"), "mg": ("", "", "mg"), "ht": ("", "", "ht"),
    "ku": ("", "kmr", "ku-latn"), "uz": ("uz", "uz", "uz"), "az": ("az", "", "az"), "br": ("br", "", "br"),
    "eo": ("eo", "", "eo"), "st": ("", "st", "st"), "tn": ("", "tn", "tn"), "ts": ("", "ts", "ts"),
    "tk": ("", "", "tk"), "sn": ("", "", "sn"), "be": ("be", "be", "be-tarask"), "kk": ("kk", "kk", "kk-cyrl"),
    "mn": ("", "mn", "mn"), "tg": ("tg", "tg", "tg-cyrl"), "tt": ("", "", "tt-cyrl"), "ky": ("", "", "ky"),
    "sr": ("sr", "sr", "sr-ec"), "ps": ("", "", "ps"), "ckb": ("", "", "ckb"), "ug": ("", "ug", "ug-arab"),
    "sd": ("", "", "sd"), "mr": ("mr", "mr", "mr"), "ne": ("ne-np", "ne", "ne"), "yi": ("", "", "yi"),
    "am": ("", "am", "am"),
}  # fmt: skip


def interface_words(folder: Path, code: str) -> Counter[str]:
    """Return how often each word (in lower case) occurs in the interface texts of a language."""
    firefox, office, wiki = NAMES[code]
    counts: Counter[str] = Counter()
    for text in (*_firefox(folder, firefox), *_office(folder, office), *_wiki(folder, wiki)):
        counts.update(WORD.findall(shadow_of(_MARKUP.sub(" ", text)).text.lower()))
    return counts


def _firefox(folder: Path, name: str) -> Iterator[str]:
    for pack in sorted(folder.glob(f"firefox-esr-l10n-{name}/**/*.xpi")) if name else ():
        with zipfile.ZipFile(pack) as archive:
            for member in archive.namelist():
                if member.endswith((".ftl", ".properties")):
                    yield from _values(archive.read(member).decode("utf-8"))


def _values(text: str) -> Iterator[str]:
    """Yield the right-hand sides and continued lines of one message file."""
    for line in text.splitlines():
        if not line.strip() or line.lstrip()[:1] in "#[*}":
            continue
        key, equals, value = line.partition("=")
        yield value if equals and " " not in key.strip() else line


def _office(folder: Path, name: str) -> Iterator[str]:
    for path in sorted(folder.glob(f"libreoffice-l10n-{name}/**/LC_MESSAGES/*.mo")) if name else ():
        with path.open("rb") as file:
            # The public reader returns one message at a time; all of them are wanted here.
            catalog: dict[object, str] = vars(gettext.GNUTranslations(file))["_catalog"]
        for key, text in catalog.items():
            english = str(key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2].rpartition("|")[2]
            if english and text != english:
                yield text.replace("~", "").replace("_", "")


def _wiki(folder: Path, name: str) -> Iterator[str]:
    for path in sorted(folder.glob(f"mediawiki/**/i18n/**/{name}.json")) if name else ():
        english = json.loads(path.with_name("en.json").read_text("utf-8"))
        for key, text in json.loads(path.read_text("utf-8")).items():
            if key != "@metadata" and text != english.get(key):
                yield text
