"""Names in bylines and credits: where one ends, several part, and what is no name at all.

Offsets are of the original text.
"""

import re
from dataclasses import dataclass

from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.scripts import (
    CASED_LETTER,
    EAST_ASIAN,
    FILED,
    FILED_NAME,
    HAN,
    HANGUL_LETTER,
    HEBREW_ARABIC,
    HIRAGANA_NAME,
    KANA_HAN,
)
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie
from colophon.records import Party
from colophon.spans import Span, trimmed

# What surrounds a name: marks, brackets, quotation marks, and signs that have no width.
_EDGES = (
    " \t\u00a0\u3000.,;:|·•-–—―=/／\"'“”„«»()（）[]【】<>《》「」*_、，。：＝|｜\u200b\u200e\u200f\u202a-\u202e\ufeff"
)
_MOST_NAMES = 6  # names of one label
_MOST_WORDS = 6  # words of one name, particles included
_MOST_AFTER = 4  # words after a name; with more it begins a sentence
_MOST_UNCASED = 4  # words of a name without capitals
_LONGEST_NAME = 60  # code points, as of all lengths here
_LONGEST_UNSPACED = 7  # a Chinese, Japanese or Korean name in one word
_LONGEST_FOREIGN = 20  # the same of a foreign name with dots or spaces, or of an organisation
_LONGEST_JAPANESE = 9  # a Japanese name with a space in it
_LONGEST_PLACE = 12  # a remark before unspaced names; a longer one begins a sentence
_MOST_UNSPACED_WORDS = 5  # words of a name, a title and an office
_LONGEST_PARTY = 80  # one party of a photo credit
_LONGEST_HANDLE, _LONGEST_UNSPACED_HANDLE = 40, 16
_MOST_CREDIT_WORDS, _MOST_UNCASED_CREDIT_WORDS = 7, 4

_LONGEST_INITIAL, _LONGEST_TITLE = 2, 6
_LAST_LETTERS = re.compile(r"\w+$")
_TOKEN = re.compile(r"[^\s,;،؛/|()（）\[\]【】<>，、；／｜·•:：]+(?:·[^\s,;/|()]+)*")
_HAN = re.compile(f"[{KANA_HAN}々]")
_PIECE = re.compile(r"[^,;，、；/／&|｜：:]+")
_KOREAN_PIECE = re.compile(r"[^,;，、；/／&|｜：:·ㆍ・]+")  # the middle dot parts Korean names
_UNSPACED_GAP = re.compile(rf"\s(?=[{EAST_ASIAN}])")
_HANDLE = re.compile(r"@[\w.-]+|[\w-]+(?:[._]\w{2,})+/?|\w*\d\w*|[^\W\d_a-z]\w+")  # an account, a site, one name
_ELIDED = re.compile(r"(?:[dl]|(?:d|n|s)?[aeu]ll)['’][A-ZÀ-Þ]")  # d'Arras, dell'Arno
_NEXT_LABEL = re.compile(r"\s*[:：｜]")
_PREFIXED_WORD = re.compile(rf"[{HEBREW_ARABIC}'\"]+")
_AND_PREFIXES = "וو"  # Hebrew and Arabic "and", written together with the word after it
# A name list parts at these; the words for "and" are added from the word lists.
_PARTS = r"\s*[,;،؛，、；/／&|｜]\s*|\s+[–—-]\s+"
_PARTIES = r"\s*[,;،؛，、；]\s*"
# What parts creator, outlet and agency of one party: "Clara Novak/Reuters", "Clara Novak via AP".
_PARTY_PARTS = re.compile(r"\s*[/／|｜©]\s*|\s+via\s+|\s+[–—-]\s+")
_QUOTED = re.compile('[«„“"「『][^«»„“”"「」『』]{2,40}[»”“"」』]')
# What closes the value of a label.
_HAN_SENTENCE = re.compile(rf"[{HAN}]{{8,}}")  # longer than a name with its office: a caption
_STOP = re.compile(
    r"[|｜】\]）)>》;；。•(（\[【<《]"  # brackets that close or open, bars, bullets
    rf"|(?<![{EAST_ASIAN}])[·‧]|[·‧](?![{EAST_ASIAN}])"  # a middle dot, but inside a foreign name
    r"|\s{2,}|\s[–—-]\s|\t|\.\s"  # a wide gap, a dash, a sentence's end
    r"|https?://|\s@|\S+@\S+"  # an address
    r"|\s(?:on|am|op|le|el|il|em|em|den|dne|w|dnia)\s(?=\d)"  # "… on 11 April"
    # The next label: after an unspaced name, …
    rf"|(?<=[{EAST_ASIAN}]{{2}})[\s／/、，](?=[{EAST_ASIAN}]{{1,6}}\s?[:：=＝])"
    rf"|(?<=[{KANA_HAN}]{{2}})\u3000"
    # … with a capital, …
    r"|\s(?=[^\W\d_a-z\u0590-\u0fff\u3040-\ud7ff]\w{1,13}\s?[:：](?!//))"
    # … and after a bar in Hebrew or Arabic.
    rf"|\s*[/|،]\s*(?=[{HEBREW_ARABIC}]{{2,10}}(?: [{HEBREW_ARABIC}]{{2,10}})?\s?:)"
)


def words_of_all(ruleset: Ruleset, name: str) -> list[str]:
    """Return the list ``name`` of every language, as written, language by language."""
    return [word for lexicon in ruleset.lexicons.values() for word in lexicon.words(name)]


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
        self._titles = every("short_titles")
        self._pictures = every("picture_labels")
        self._relatives = every("relatives")
        self._posts = every("posts")
        self._stop = every("not_names")
        self._inside = tuple(word for word in self._stop if _HAN.search(word))
        self._bodies = every("credit_bodies")
        self._agencies = {shadow_of(a): a for a in ruleset.lexicons["und"].words("agencies")}
        self._generic = every("generic_credits")
        self._organisation = items_pattern(words_of_all(ruleset, "organisations"))
        joiners = sorted(every("and"), key=len, reverse=True)
        # In small letters, or all in capitals: "Dan" and "Con" are names, though "and" in Indonesian and Spanish or so.
        spaced = "|".join(re.escape(j) for j in dict.fromkeys([*joiners, *(j.upper() for j in joiners)]))
        self._parts = re.compile(rf"{_PARTS}|\s+(?:{spaced})\s+")
        self._agency = re.compile(rf"(?<!\w)(?:{trie(self._agencies)})(?!\w)")
        credited = ruleset.lexicons["und"].words("and_in_credits")
        self._between_parties = re.compile(rf"{_PARTIES}|\s+(?:{trie(credited)})\s+")
        self._taken_by = ruleset.lexicons["und"].words("taken_by")
        self._taken = re.compile(f"[ /／]?(?:{trie(self._taken_by)})")
        unspaced = [role for role in self._roles if _HAN.search(role) or HANGUL_LETTER.search(role)]
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
        while stop is not None and stop[0].startswith(".") and self._initial(text, stop.start()):
            stop = _STOP.search(text, stop.end(), span.end)
        if stop is not None and stop.start() > span.start + 1:
            span = Span(span.start, stop.start())
        inside = span.of(text)
        if not CASED_LETTER.search(inside) and (_HAN.search(inside) or HANGUL_LETTER.search(inside)):
            return self._unspaced(text, span, lang)
        made: list[Named] = []
        at = span.start
        pieces: list[Span] = []
        for part in self._parts.finditer(text, span.start, span.end):
            pieces += _joined_by_prefix(text, Span(at, part.start()))
            at = part.end()
        pieces += _joined_by_prefix(text, Span(at, span.end))
        for number, piece in enumerate(pieces):
            if made and shadow_of(piece.of(text).strip().partition(" ")[0]) in self._relatives:
                break  # "Clara Novak, who covers the harbour"
            name, rest = self._first_name(text, piece)
            if rest > _MOST_AFTER or (name is None and number == 0):
                return [] if rest > _MOST_AFTER else self._lower_lead(text, pieces[1:], lone)
            if name is None or len(made) >= _MOST_NAMES or (number and self._is_post(piece.of(text).strip())):
                continue
            words = name.text.split()
            if (len(words) > 1 or (lone and number == 0) or name.organisation) and not self._is_role(name.text):
                made.append(name)
        return made

    def _initial(self, text: str, at: int) -> bool:
        """Say whether the full stop at ``at`` follows an initial or a short title ("the Rev."), not a sentence."""
        before = _LAST_LETTERS.search(text, max(0, at - _LONGEST_TITLE), at)
        if before is None or not before[0][0].isupper():
            return False
        return len(before[0]) <= _LONGEST_INITIAL or shadow_of(before[0]) in self._titles

    def _lower_lead(self, text: str, pieces: list[Span], lone: bool) -> list[Named]:
        """Return the names after a lower-case first part ("our editors, Clara Novak and Jan Blau")."""
        found = [self._first_name(text, piece) for piece in pieces]
        if any(rest > _MOST_AFTER for _, rest in found):
            return []
        whole = [name for name, rest in found if name and rest == 0]
        return [name for name in whole if lone or len(name.text.split()) > 1][:_MOST_NAMES]

    def _is_role(self, text: str) -> bool:
        """Say whether words name an office or a day and no one ("Staff Writer", "Monday 12")."""
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
            if kept == _MOST_WORDS:
                break
        while kept and shadow_of(tokens[kept - 1][0]).strip(".") in self._particles:
            kept -= 1
        rest = len(tokens) - kept
        cased = bool(tokens) and CASED_LETTER.search(tokens[0][0]) is not None
        if not kept or (not cased and (kept > _MOST_UNCASED or rest)):
            return None, rest if cased else len(tokens) + rest
        while kept > 2 and shadow_of(tokens[kept - 1][0]).strip(".") in self._roles:
            kept -= 1
        span = trimmed(text, Span(tokens[0].start(), tokens[kept - 1].end()), _EDGES)
        if span.end <= span.start or not any(c.isalpha() for c in span.of(text)) or len(span) > _LONGEST_NAME:
            return None, rest
        return Named(span, span.of(text), self.is_organisation(span.of(text))), rest

    def _can_be_name(self, token: str, first: bool) -> bool:
        """Say whether a word may belong to a name: it has a capital or no case, or is a particle after the first."""
        bare = token.strip(_EDGES)
        shadow = shadow_of(bare)
        if not bare or any(c.isdigit() for c in bare):
            return False
        if shadow in self._stop and (first or shadow not in self._particles):
            return False
        if not first and shadow in self._pictures:
            return False  # the next label: "Text Clara Novak Fotos Jan Blau"
        if not CASED_LETTER.search(bare):
            return True
        return (
            bare[0].isupper()
            or (shadow in self._particles and not first)
            or (bare[:2] in ("d'", "d’", "l'", "l’", "al", "el") and len(bare) > 3 and any(c.isupper() for c in bare))
        )

    def _unspaced(self, text: str, span: Span, lang: str) -> list[Named]:
        """Return Chinese, Japanese or Korean names: short runs between marks, without title words."""
        made: list[Named] = []
        pattern = _KOREAN_PIECE if lang == "ko" else _PIECE
        for found in pattern.finditer(text, span.start, span.end):
            # "翻译：林晓，校对：王宁": what a colon follows is the next label.
            if made and _NEXT_LABEL.match(text, found.end()):
                return made
            piece = trimmed(text, Span(*found.span()), _EDGES)
            # More words than a name, a title and an office have: a sentence.
            if sum(1 for word in piece.of(text).split() if len(word) > 1) > _MOST_UNSPACED_WORDS:
                return made
            for word in self._unspaced_words(text, piece, lang):
                named = self._unspaced_name(text, word)
                if named is not None:
                    made.append(named)
                elif made:  # a place or another remark after the name
                    break
                elif len(word) > _LONGEST_PLACE:  # before any name it means: no name here
                    return []
        return made[:_MOST_NAMES]

    def _unspaced_words(self, text: str, piece: Span, lang: str) -> list[Span]:
        """Return the words of a piece, or the whole where its spaces are inside one name ("林 さくら", "박 서 연")."""
        inside = piece.of(text)
        # "Translated by 小泉 航": a label of neither Chinese nor Korean is in a Japanese page.
        japanese = lang[:2] not in ("zh", "ko", "un") and len(inside) <= _LONGEST_JAPANESE
        if not _UNSPACED_GAP.search(inside) or (japanese and not self.is_organisation(inside.split()[0])):
            return [piece]
        words = [Span(piece.start + w.start(), piece.start + w.end()) for w in re.finditer(r"\S+", inside)]
        one = all(len(w) == 1 for w in words) or self._foreign_in_hangul(inside)
        return [piece] if one else words

    def _foreign_in_hangul(self, inside: str) -> bool:
        """Say whether two or three Korean words are one foreign name: a Korean name in one word has two or three syllables."""
        words = inside.split()
        titled = any(w in self._roles or self._unspaced_roles.search(w) for w in words)
        if not 2 <= len(words) <= 3 or titled or self.is_organisation(words[0]):
            return False
        short = len(words[0]) == 1 if len(words) == 2 else min(map(len, words)) == 1
        return all(HANGUL_LETTER.match(w) for w in words) and (short or max(map(len, words)) > 3)

    def _unspaced_name(self, text: str, word: Span) -> Named | None:
        """Return the name in one word, without the office written together with it ("박서연기자")."""
        word = trimmed(text, word, _EDGES)
        inside = word.of(text)
        if FILED.fullmatch(inside) is not None:
            word = Span(word.start, word.start + FILED_NAME)
            inside = word.of(text)
        cut = self._unspaced_roles.search(inside)
        if cut and cut.start() > 0:
            word = Span(word.start, word.start + cut.start())
            inside = word.of(text)
        if len(inside) < 2 or inside in self._roles or inside in self._stop or any(c.isdigit() for c in inside):
            return None
        # "记者 赵刚/摄", "記者陳語柔攝": who took the picture; the text is another's.
        if inside.endswith(self._taken_by) or self._taken.match(text, word.end):
            return None
        organisation = self.is_organisation(inside)
        foreign = CASED_LETTER.search(inside) is not None or any(mark in inside for mark in " ·・ー")
        limit = _LONGEST_FOREIGN if organisation or foreign else _LONGEST_UNSPACED
        sentence = any(s in inside for s in self._inside) and not HIRAGANA_NAME.fullmatch(inside)
        return None if len(inside) > limit or sentence else Named(word, inside, organisation)

    def parties(self, text: str, span: Span) -> tuple[Party, ...]:
        """Return the parties of a photo credit; none when the words are a caption instead."""
        span = trimmed(text, span)
        found: list[Party] = []
        cuts = list(self._between_parties.finditer(text, span.start, span.end))
        begins = [span.start, *(cut.end() for cut in cuts)]
        ends = [*(cut.start() for cut in cuts), span.end]
        for begin, end in zip(begins, ends, strict=True):
            piece = trimmed(text, Span(begin, end), " \t.:：=＝")
            if len(piece) == 0:
                continue
            party = self._party(text, piece)
            if party is None:
                return ()
            found.append(party)
        return tuple(found)

    def _party(self, text: str, piece: Span) -> Party | None:
        """Return who is credited by one part of a credit: a creator, an outlet, an agency ("Clara Novak/Reuters")."""
        inside = piece.of(text)
        if len(inside) > _LONGEST_PARTY:
            return None
        creator, outlet, agency = None, None, None
        for part in _PARTY_PARTS.split(inside):
            bare = part.strip(_EDGES)
            if not bare:
                continue
            # What is quoted is a title, whatever its case: «Озёрный край».
            if not _QUOTED.fullmatch(part.strip()) and not self._credit_words(bare):
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
        """Say whether words can be credited: a name, an agency, an account, a body; no sentence."""
        shadow = shadow_of(part)
        unspaced = _HAN.search(part) is not None or HANGUL_LETTER.search(part) is not None
        if _HAN_SENTENCE.fullmatch(part) and not self.is_organisation(part):
            return False
        if self._agency.fullmatch(shadow) or shadow in self._generic or _HANDLE.fullmatch(part):
            return len(part) <= _LONGEST_UNSPACED_HANDLE if unspaced else len(shadow) <= _LONGEST_HANDLE
        # "Clara Novak for «Лівий край»": what is quoted is a title, whatever its case.
        tokens = _QUOTED.sub("", part).split()
        if not tokens or len(tokens) > _MOST_CREDIT_WORDS:
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
            if CASED_LETTER.search(bare) and not (bare[0].isupper() or self._agencies.get(low) or _ELIDED.match(bare)):
                return False
        cased = CASED_LETTER.search(part) is not None
        return cased or len(tokens) <= _MOST_UNCASED_CREDIT_WORDS


def _joined_by_prefix(text: str, piece: Span) -> list[Span]:
    """Return the two names that Hebrew or Arabic joins by a letter before the second ("סמי חדד ורות כהן")."""
    words = list(_PREFIXED_WORD.finditer(text[piece.start : piece.end]))
    for number, word in enumerate(words[2:-1], 2):
        if word[0][0] in _AND_PREFIXES and len(word[0]) > 2 and len(words) == number + 2:
            return [
                Span(piece.start, piece.start + words[number - 1].end()),
                Span(piece.start + word.start() + 1, piece.end),
            ]
    return [piece]
