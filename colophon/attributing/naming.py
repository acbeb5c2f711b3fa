"""Names in bylines and credits: where one ends, several part, and what is no name at all.

Offsets are of the original text.
"""

import re
from dataclasses import dataclass

from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.records import Party
from colophon.spans import Span, trimmed

_EDGES = (
    " \t\u00a0\u3000.,;:|·•-–—―=/／\"'“”„«»()（）[]【】<>《》「」*_、，。：＝|｜\u200b\u200e\u200f\u202a-\u202e\ufeff"
)
_CASED = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f\u1e00-\u1eff]")
_TOKEN = re.compile(r"[^\s,;،؛/|()（）\[\]【】<>，、；／｜·•:：]+(?:·[^\s,;/|()]+)*")
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff々]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_TAKEN = re.compile(r"[ /／]?(?:摄|攝|撮影|촬영)")
# "記者陳語柔宜蘭12日電": a name of three letters, a place, perhaps the day, the word for a dispatch.
_FILED = re.compile(
    r"[\u3400-\u9fff]{3}[\u3400-\u9fff]{2,3}(?:\d{1,2}日)?(?:專?電|专?电|綜合?報導|综合?报道|報導|报道)"
)
_PIECE = re.compile(r"[^,;，、；/／&|｜：:]+")
_KOREAN_PIECE = re.compile(r"[^,;，、；/／&|｜：:·ㆍ・]+")  # the middle dot parts Korean names
# A family name and a given name in hiragana: what would be particles elsewhere is a name there.
_HIRAGANA_NAME = re.compile(r"[\u3400-\u9fff]{1,3}[ \u3000]?[\u3041-\u3096]{2,4}")
_HANDLE = re.compile(r"@[\w.-]+|[\w-]+(?:[._]\w{2,})+/?|\w*\d\w*|[^\W\d_a-z]\w+")  # an account, a site, one name
_NEXT_LABEL = re.compile(r"\s*[:：｜]")
# What follows the name of a photographer, whose label may be a reporter's ("記者陳語柔攝").
_TAKEN_BY = ("摄", "攝", "撮影", "촬영")
# A name list parts at these; the words for "and" are added from the word lists.
_PARTS = r"\s*[,;،؛，、；/／&|｜]\s*|\s+[–—-]\s+"
# What closes the value of a label: brackets that close or open, bars, bullets, wide gaps, the next label.
_STOP = re.compile(
    r"[|｜】\]）)>》;；。•(（\[【<《]|(?<![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])[·‧]|[·‧](?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])|\s{2,}|\s[–—-]\s|\t|\.\s|https?://|\s@|\S+@\S+"
    r"|(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2})[\s／/、，](?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{1,6}\s?[:：=＝])|(?<=[\u3040-\u30ff\u3400-\u9fff]{2})\u3000"
    r"|\s(?=[^\W\d_a-z\u0590-\u0fff\u3040-\ud7ff]\w{1,13}\s?[:：](?!//))"
    r"|\s*[/|،]\s*(?=[\u0590-\u06ff]{2,10}(?: [\u0590-\u06ff]{2,10})?\s?:)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name with its span, and whether it is an organisation's."""

    span: Span
    text: str
    organisation: bool


class NameReader:
    """Reads names after labels, with the word lists of all languages."""

    def __init__(self, ruleset: Ruleset) -> None:
        every = ruleset.all_words
        self._particles = every("particles")
        self._roles = every("roles")
        self._posts = every("posts")
        self._stop = every("not_names")
        self._inside = tuple(word for word in self._stop if _HAN.search(word))
        self._bodies = every("credit_bodies")
        self._agencies = {shadow_of(a): a for a in ruleset.lexicons["und"].words("agencies")}
        self._generic = every("generic_credits")
        organisations = [w for lexicon in ruleset.lexicons.values() for w in lexicon.words("organisations")]
        self._organisation = items_pattern(organisations)
        joiners = sorted(every("and"), key=len, reverse=True)
        spaced = "|".join(re.escape(j) for j in joiners)
        self._parts = re.compile(rf"{_PARTS}|\s+(?:{spaced})\s+", re.IGNORECASE)
        self._agency = re.compile(rf"(?<!\w)(?:{trie(self._agencies)})(?!\w)")
        unspaced = [role for role in self._roles if _HAN.search(role) or _HANGUL.search(role)]
        self._unspaced_roles = re.compile(f"(?:{trie(unspaced)})$")

    def is_organisation(self, text: str) -> bool:
        """Say whether the words look like an outlet's or agency's name."""
        shadow = shadow_of(text)
        return self._agency.fullmatch(shadow) is not None or self._organisation.search(shadow) is not None

    def agency(self, text: str) -> str | None:
        """Return the agency named in ``text``, as written there."""
        found = self._agency.search(shadow_of(text))
        return text[found.start() : found.end()] if found and len(shadow_of(text)) == len(text) else None

    def names(self, text: str, span: Span, *, lone: bool, lang: str) -> list[Named]:
        """Return the names that fill ``span`` of ``text``; none when it reads like a sentence.

        ``lone`` allows a name of one word (after a colon, not after a bare preposition).
        """
        stop = _STOP.search(text, span.start, span.end)
        while stop is not None and stop[0].startswith(".") and _initial(text, stop.start()):
            stop = _STOP.search(text, stop.end(), span.end)
        if stop is not None and stop.start() > span.start + 1:
            span = Span(span.start, stop.start())
        inside = span.of(text)
        if not _CASED.search(inside) and (_HAN.search(inside) or _HANGUL.search(inside)):
            return self._unspaced(text, span, lang)
        made: list[Named] = []
        at = span.start
        pieces: list[Span] = []
        for part in self._parts.finditer(text, span.start, span.end):
            pieces += _joined_by_prefix(text, Span(at, part.start()))
            at = part.end()
        pieces += _joined_by_prefix(text, Span(at, span.end))
        for number, piece in enumerate(pieces):
            name, rest = self._first_name(text, piece)
            if rest > 4 or (name is None and number == 0):
                return [] if rest > 4 else self._lower_lead(text, pieces[1:], lone)
            if name is None or len(made) >= 6 or (number and self._is_post(name.text)):
                continue
            words = name.text.split()
            if (len(words) > 1 or (lone and number == 0) or name.organisation) and not self._is_role(name.text):
                made.append(name)
        return made

    def _lower_lead(self, text: str, pieces: list[Span], lone: bool) -> list[Named]:
        found = [self._first_name(text, piece) for piece in pieces]
        return (
            [name for name, rest in found if name and rest == 0 and (lone or len(name.text.split()) > 1)][:6]
            if all(rest <= 4 for _, rest in found)
            else []
        )

    def _is_role(self, text: str) -> bool:
        words = [w.strip(".'") for w in shadow_of(text).split()]
        return all(w in self._roles or w in self._stop or w.isdigit() for w in words) or shadow_of(text) in self._roles

    def _is_post(self, text: str) -> bool:
        """Say whether the words end with a post ("Public Affairs Specialist"), as they do after a name."""
        return shadow_of(text.rsplit(maxsplit=1)[-1]) in self._posts

    def _first_name(self, text: str, piece: Span) -> tuple[Named | None, int]:
        """Return the name that ``piece`` begins with, and how many other words follow it."""
        tokens = list(_TOKEN.finditer(text, piece.start, piece.end))
        while tokens and shadow_of(tokens[0][0]).strip(".:") in self._roles and len(tokens) > 1:
            tokens = tokens[1:]
        kept = 0
        for token in tokens:
            if not self._can_be_name(token[0], kept == 0):
                break
            kept += 1
            if kept == 6:
                break
        while kept and shadow_of(tokens[kept - 1][0]).strip(".") in self._particles:
            kept -= 1
        rest = len(tokens) - kept
        cased = bool(tokens) and _CASED.search(tokens[0][0]) is not None
        if not kept or (not cased and (kept > 4 or rest)):
            return None, rest if cased else len(tokens) + rest
        while kept > 2 and shadow_of(tokens[kept - 1][0]).strip(".") in self._roles:
            kept -= 1
        span = trimmed(text, Span(tokens[0].start(), tokens[kept - 1].end()), _EDGES)
        if span.end <= span.start or not any(c.isalpha() for c in span.of(text)) or len(span) > 60:
            return None, rest
        return Named(span, span.of(text), self.is_organisation(span.of(text))), rest

    def _can_be_name(self, token: str, first: bool) -> bool:
        bare = token.strip(_EDGES)
        shadow = shadow_of(bare)
        if not bare or any(c.isdigit() for c in bare):
            return False
        if shadow in self._stop and (first or shadow not in self._particles):
            return False
        if not _CASED.search(bare):
            return True
        return (
            bare[0].isupper()
            or (shadow in self._particles and not first)
            or (bare[:2] in ("d'", "d’", "l'", "l’", "al", "el") and len(bare) > 3 and any(c.isupper() for c in bare))
        )

    def _unspaced(self, text: str, span: Span, lang: str) -> list[Named]:
        """Return Chinese, Japanese or Korean names: short runs between marks, without title words."""
        made: list[Named] = []
        pieces = [
            Span(m.start(), m.end())
            for m in (_KOREAN_PIECE if lang == "ko" else _PIECE).finditer(text, span.start, span.end)
        ]
        for piece in pieces:
            # "翻译：林晓，校对：王宁": what a colon follows is the next label.
            if made and _NEXT_LABEL.match(text, piece.end):
                return made
            piece = trimmed(text, piece, _EDGES)
            inside = piece.of(text)
            # More words than a name, a title and an office have: a sentence.
            if sum(1 for word in inside.split() if len(word) > 1) > 5:
                return made
            joined = re.search(r"\s(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])", inside)
            if joined and not (lang == "ja" and len(inside) <= 9 and not self.is_organisation(inside.split()[0])):
                words = [Span(piece.start + w.start(), piece.start + w.end()) for w in re.finditer(r"\S+", inside)]
                if all(len(w) == 1 for w in words) or self._foreign_in_hangul(inside):
                    words = [piece]
            else:
                words = [piece]
            for word in words:
                named = self._unspaced_name(text, word)
                if named is None:
                    # A place or another remark after the name; before any name it means: no name here.
                    if made:
                        break
                    if len(word) > 12:
                        return []
                    continue
                made.append(named)
        return made[:6]

    def _foreign_in_hangul(self, inside: str) -> bool:
        """Say whether two Korean words are one foreign name: a Korean name in one word has two or three syllables."""
        words = inside.split()
        titled = any(w in self._roles or self._unspaced_roles.search(w) for w in words)
        if len(words) != 2 or titled or self.is_organisation(words[0]):
            return False
        return all(_HANGUL.match(w) for w in words) and (len(words[0]) == 1 or max(map(len, words)) > 3)

    def _unspaced_name(self, text: str, word: Span) -> Named | None:
        word = trimmed(text, word, _EDGES)
        inside = word.of(text)
        filed = _FILED.fullmatch(inside)
        if filed is not None:
            word = Span(word.start, word.start + 3)
            inside = word.of(text)
        cut = self._unspaced_roles.search(inside)
        if cut and cut.start() > 0:
            word = Span(word.start, word.start + cut.start())
            inside = word.of(text)
        if not inside or inside in self._roles or inside in self._stop or any(c.isdigit() for c in inside):
            return None
        # "记者 赵刚/摄", "記者陳語柔攝": who took the picture; the text is another's.
        if inside.endswith(_TAKEN_BY) or _TAKEN.match(text, word.end):
            return None
        organisation = self.is_organisation(inside)
        latin = _CASED.search(inside) is not None
        limit = 20 if organisation or latin or " " in inside or "·" in inside or "・" in inside or "ー" in inside else 7
        sentence = any(s in inside for s in self._inside) and not _HIRAGANA_NAME.fullmatch(inside)
        if len(inside) > limit or sentence:
            return None
        if len(inside) < 2:
            return None
        return Named(word, inside, organisation)

    def parties(self, text: str, span: Span) -> tuple[Party, ...]:
        """Return the parties of a photo credit; none when the words are a caption instead."""
        span = trimmed(text, span)
        found: list[Party] = []
        at = span.start
        cuts = list(
            re.compile(r"\s*[,;،؛，、；]\s*|\s+(?:and|und|et|y|e|en|och|og|и|та|i|و|&)\s+").finditer(
                text, span.start, span.end
            )
        )
        for begin, end in zip([at, *(c.end() for c in cuts)], [*(c.start() for c in cuts), span.end], strict=True):
            piece = trimmed(text, Span(begin, end), " \t.:：=＝")
            if len(piece) == 0:
                continue
            party = self._party(text, piece)
            if party is None:
                return ()
            found.append(party)
        return tuple(found)

    def _party(self, text: str, piece: Span) -> Party | None:
        inside = piece.of(text)
        if len(inside) > 80:
            return None
        creator, outlet, agency = None, None, None
        for part in re.split(r"\s*[/／|｜©]\s*|\s+via\s+|\s+[–—-]\s+", inside):
            bare = part.strip(_EDGES)
            if not bare:
                continue
            if not self._credit_words(bare):
                return None
            shadow = shadow_of(bare)
            named = self._agency.match(shadow)
            follow = shadow[named.end() :].strip() if named else ""
            if named and (not follow or follow in self._generic or follow in self._roles):
                agency = agency or bare[: named.end()]
            elif creator is None and not self.is_organisation(bare):
                creator = bare
            else:
                outlet = outlet or bare
        if creator is None and outlet is None and agency is None:
            return None
        return Party(start=piece.start, end=piece.end, text=inside, creator=creator, outlet=outlet, agency=agency)

    def _credit_words(self, part: str) -> bool:
        shadow = shadow_of(part)
        if self._agency.fullmatch(shadow) or shadow in self._generic or _HANDLE.fullmatch(part):
            return len(shadow) <= 40 if not (_HAN.search(part) or _HANGUL.search(part)) else len(part) <= 16
        tokens = part.split()
        if len(tokens) > 7:
            return False
        if shadow_of(tokens[0]).strip(".:") in self._bodies:
            return True  # a press office or an archive, with its body in whatever case
        for token in tokens:
            bare = token.strip(_EDGES)
            low = shadow_of(bare)
            if not bare or low in self._generic or low in self._particles or low in self._roles:
                continue
            if low in self._stop or (_HAN.search(bare) and any(s in bare for s in self._inside)):
                return False
            if _CASED.search(bare) and not (bare[0].isupper() or self._agencies.get(low)):
                return False
        cased = _CASED.search(part) is not None
        return len(tokens) <= (7 if cased else 4)


def _joined_by_prefix(text: str, piece: Span) -> list[Span]:
    """Return the two names that Hebrew or Arabic joins by a letter before the second ("סמי חדד ורות כהן")."""
    words = list(re.finditer(r"[\u0590-\u06ff'\"]+", text[piece.start : piece.end]))
    for number, word in enumerate(words[2:-1], 2):
        if word[0][0] in "וو" and len(word[0]) > 2 and len(words) == number + 2:
            return [
                Span(piece.start, piece.start + words[number - 1].end()),
                Span(piece.start + word.start() + 1, piece.end),
            ]
    return [piece]


def _initial(text: str, at: int) -> bool:
    """Say whether the full stop at ``at`` follows an initial or a short title, not a sentence."""
    before = re.search(r"[\w]*$", text[max(0, at - 6) : at])
    return before is not None and 0 < len(before[0]) <= 2 and before[0][:1].isupper()
