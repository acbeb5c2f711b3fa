"""Whose a text is: the holder after a copyright sign, the outlet that a notice names.

Offsets are of the original text, but where a docstring says shadow.
"""

import re

from colophon.attributing.context import Reading
from colophon.attributing.matching import Hit
from colophon.attributing.naming import words_of_all
from colophon.attributing.rules import Ruleset, items_pattern
from colophon.attributing.scripts import (
    ARABIC,
    CASED_LETTER,
    EAST_ASIAN,
    EAST_ASIAN_LETTER,
    HAN,
    KANA_HAN,
    SENTENCE_ENDS,
    UNCAPPED_LETTER,
)
from colophon.attributing.shadow import Shadow, shadow_of
from colophon.attributing.tries import trie
from colophon.spans import Span, trimmed

# Lengths are in code points.
_SHORTEST_HOLDER, _LONGEST_HOLDER = 2, 60
_LONGEST_UNCASED = 12  # a holder's name in a script without capitals, where no word marks an outlet
_MOST_WORDS = 7  # words of a name
_MOST_QUOTED_WORDS = 5  # words of a name in quotation marks, or of one before the copyright sign
_MOST_UNCAPPED_WORDS = 3  # words after "newspaper" in scripts without capitals
_FAR = 24  # lower-case words before a holder's name ("is the property of")
_LICENCE_NAME = re.compile(r"(?<![a-z])cc[ -]?(?:by|0)(?![a-z])|(?<![a-z])(?:international|unported)$")
_TITLE_BEFORE = 24  # before a quoted title, in which a word for it is looked for
_AT_ONCE = 5  # between "first published by" and the outlet
_CLOSE = 80  # between the words of a notice and the outlet that it names
_SHORTEST_BEFORE_SIGN = 2  # of a holder that stands before the copyright sign

_HOLDER_EDGES = " \t\u00a0\u3000.,:;|\"“”„«»'‘’「」『』()（）<>＜＞《》[]【】-–—&©"
# "© 2019–2026 by": the sign again, years, "by", a dash.
_YEARS = re.compile(
    r"\s*(?:\(c\)|©|\d{4}(?:\s*[-–—/]\s*\d{2,4})?)\s*[,.]?\s*"
    r"|\s*(?:by|-|–|:|\|)\s+",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"©|\(c\)|(?<!\w)copyright(?!\w)|(?<!\w)copr\."
    r"|저작권자|版权所有|版權所有|著作権(?=[\s:：©]|$)"
)
# Where a holder's name ends.
_HOLDER_STOP = re.compile(
    rf"(?<=[{KANA_HAN}])\s(?=[{KANA_HAN}])"  # a space between words of a script that has none inside names
    r"|\.(?=\s|$)"  # a sentence's end, but after an abbreviation
    r"|,(?!\s(?:Inc|Ltd|LLC|GmbH|Co)\b)"  # a comma, but before a company's form
    r"|[|;،؛』」》，。、।;·•<>\[\]【】()（）：；！？]"
    rf"|(?<=[{HAN}])(?=\d)|\s\d{{4}}"  # a year
    r"|\s[-–—]\s"
    r"|\s(?:or|and)\s(?:its|their|the)\s"  # "The Ledger or its licensors"
)
_QUOTED = re.compile(r"[«„“\"「『《‹<＜〈]([^«»„“”\"「」『』《》‹›<>＜＞〈〉\n]{2,40})[»”“\"」』》›>＞〉]")
_DATED = re.compile(r"\d{4}年|\d{0,4} ?년 ?\d|\d{2,4}[-/.年]\d|\d{1,2}:\d{2}|\d{1,2} \d{2}:\d{2}")
_LONG_QUOTED = re.compile(r"[«„“\"][^«»„“”\"\n]{41,200}[»”“\"]")  # too long for an outlet's name: a title
_SITE = re.compile(r"[\w-]+\.[a-z]{2,4}")  # "KapuasPos.com"
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z'’&.-]+(?: [A-Za-z'’&.-]+){0,5}(?<=[a-zA-Z])")
_ELIDED = re.compile(r"[dl]['’][A-ZÀ-Þ]")  # "Le Courrier d'Armor"
_LABEL = re.compile(r"[:：]\s*")
_WORD = re.compile(r"[^\s,;:()\[\]«»„“”\"]+")
# A last word in small letters, with what closes its sentence.
_LAST_WORD = re.compile(r"( [^\W\d_]{4,})\s*[.»”\"]?\s*$")
_CLITIC = re.compile(r"(?<=\w\w\w)['’][^\W\d_A-Z]{1,5}$")  # Postası'nda, Post's
# Languages with the verb at the end, or written without capitals: the name stands before the notice's words.
_VERB_LAST = re.compile(f"[{EAST_ASIAN}{ARABIC}]")


def _wildcard(character: str) -> str:
    """Return the pattern of one code point of a listed word; ``*`` stands for more letters."""
    return r"\w*" if character == "*" else re.escape(character)


class HolderReader:
    """Reads holders and outlets with the word lists of all languages."""

    def __init__(self, ruleset: Ruleset) -> None:
        # Words that an uncased holder's name never has: "the author", "this site", "prior".
        self._generic_inside = tuple(w for w in words_of_all(ruleset, "generic_holders") if EAST_ASIAN_LETTER.match(w))
        self._generic = ruleset.all_words("generic_holders")
        self._rights = items_pattern(words_of_all(ruleset, "rights_reserved"))
        elements = (words_of_all(ruleset, name) for name in ("cc_named", "cc_nc", "cc_nd", "cc_sa"))
        self._licence = items_pattern([word for words in elements for word in words])
        self._outlet = items_pattern(words_of_all(ruleset, "outlets"))
        self._inside = ruleset.all_words("particles") | ruleset.all_words("inside_outlets")
        und = ruleset.lexicons["und"]
        engines = frozenset(shadow_of(engine.strip("*")) for engine in und.words("engines"))
        months = (words.split("|") for words in words_of_all(ruleset, "months"))
        self._months = frozenset(shadow_of(month.strip().strip(".")) for some in months for month in some)
        self._kinds = ruleset.all_words("outlet_kinds")
        self._verbs = frozenset(und.words("holder_verbs"))
        spoken = (entry.partition(":")[2].split("|") for entry in words_of_all(ruleset, "languages"))
        languages = frozenset(shadow_of(word.strip("*")) for words in spoken for word in words)
        # "at 22:47 IST", "on February 2", "in Spanish": capitals that are no outlet's.
        self._no_outlets = engines | self._months | ruleset.all_words("date_filler") | languages
        self._before_titles = tuple(map(shadow_of, und.words("before_titles")))
        self._kept = tuple(map(shadow_of, und.words("outlet_words_kept")))
        self._article = re.compile(rf"(?:{trie(und.words('articles'))})\s+")
        goes_on = trie(map(shadow_of, und.words("after_outlets")), _wildcard)
        self._after_name = re.compile(rf"\s*[©\d)]|\s(?:{goes_on})(?=\s|$|\.)")
        # Abbreviations and initials whose full stop ends no name.
        self._abbreviated = re.compile(rf"(?<!\w)(?:{trie(und.words('abbreviated'))}|[A-Z])$")
        self._noun_capitals = re.compile(rf"\b(?:{trie(words_of_all(ruleset, 'shows_capital_nouns'))})\b")

    def holder(self, reading: Reading, value: Span) -> Span | None:
        """Return the holder's name that ``value`` begins with, without years and without what follows."""
        text = reading.text
        at = value.start
        while (years := _YEARS.match(text, at, value.end)) and years.end() > at:
            at = years.end()
        end = self._holder_end(text, at, value.end)
        span = trimmed(text, Span(at, max(at, end)), _HOLDER_EDGES)
        titled = _QUOTED.search(text, span.start, min(span.end + 1, len(text)))
        if titled is not None:
            # "the journal «Pole»", «Редакция газеты "Поле"»: the name is what is quoted, innermost.
            inner = _QUOTED.search(text, titled.end(1), min(value.end, titled.end() + _LONGEST_HOLDER))
            opened = inner is not None and text[titled.end(1)] == text[inner.start()]
            return Span(*inner.span(1)) if inner is not None and opened else Span(*titled.span(1))
        inside = span.of(text)
        words = inside.split(maxsplit=1)
        generic = UNCAPPED_LETTER.match(inside) and self._outlet.fullmatch(shadow_of(words[0]))
        if generic and len(words) > 1 and not generic[0].startswith(self._kept):
            # "The newspaper X", in scripts without capitals: only X is the name.
            span = Span(span.end - len(words[1]), span.end)
            inside = words[1]
        short = _SHORTEST_HOLDER <= len(inside) <= _LONGEST_HOLDER and len(inside.split()) <= _MOST_WORDS
        # "出版: 2024-06-03 07:00 更新": a label of dates has no holder.
        lettered = (inside[:1].isalpha() or inside[-1:].isalpha()) and not _DATED.match(inside.lstrip("、，"))
        return self._named(text, span) if short and lettered and "://" not in inside else None

    def _holder_end(self, text: str, start: int, end: int) -> int:
        """Return where a holder's name ends that begins at ``start``: at a mark, or before "all rights reserved"."""
        stop = _HOLDER_STOP.search(text, start + 1, end)
        while stop and stop[0] == "." and stop.end() < end and self._abbreviated.search(text[start : stop.start()]):
            stop = _HOLDER_STOP.search(text, stop.end(), end)
        end = stop.start() if stop else end
        rights = self._rights.search(Shadow(text[start:end]).text)
        return start + rights.start() if rights else end

    def _named(self, text: str, span: Span) -> Span | None:
        """Return ``span`` from its first capital to the verb after the name ("is held by The Ledger and may not …")."""
        words = list(_WORD.finditer(text, span.start, span.end))
        if not words or not CASED_LETTER.match(words[0][0]):
            return span
        capital = next((w for w in words if w[0][0].isupper() and w.start() - span.start <= _FAR), None)
        if capital is None:
            # "lemonde.fr" and "dpa-infocom" are names, "the journal" is none.
            return span if len(words) == 1 and set(words[0][0]) & set(".-") else None
        verb = next((w for w in words if w.start() > capital.start() and w[0] in self._verbs), None)
        begin = span.start if words[0] is capital else capital.start()
        return trimmed(text, Span(begin, verb.start()), " ,") if verb else Span(begin, span.end)

    def copyright_holder(self, reading: Reading, start: int, end: int) -> Span | None:
        """Return the holder that a copyright line (shadow offsets) names after, or before, its sign."""
        sign = None
        for sign in _SIGN.finditer(reading.shadow.text, start, end):
            follow = reading.shadow.text[sign.end() : end]
            if not _SIGN.match(follow.lstrip()):
                break
        if sign is None:
            return None
        after = self.holder(reading, reading.span(sign.end(), end)) if sign.end() < end else None
        # "© Crown copyright", "版权所有 本站" name nobody.
        if after is not None and not any(word in after.of(reading.text) for word in self._generic_inside):
            return None if shadow_of(after.of(reading.text)) in self._generic else after
        first = _SIGN.search(reading.shadow.text, start, end)
        if first is not None and first.start() - start > _SHORTEST_BEFORE_SIGN:
            return self._before_sign(reading, reading.span(start, first.start()))
        return None

    def _before_sign(self, reading: Reading, before: Span) -> Span | None:
        """Return the holder that stands before the sign: a name in quotation marks, or a few words ("The Ledger ©")."""
        before = trimmed(reading.text, before)
        quoted = _QUOTED.search(reading.text, before.start, before.end + 1)
        if quoted is not None:
            return Span(*quoted.span(1))
        words = before.of(reading.text)
        named = len(words.split()) <= _MOST_QUOTED_WORDS and not self._rights.search(Shadow(words).text)
        return before if named and not words[0].isdigit() else None

    def outlet(self, reading: Reading, hit: Hit, start: int, end: int) -> Span | None:
        """Return the outlet that a notice (shadow offsets) names in quotation marks or as its last words."""
        text = reading.shadow.text
        told = [found.end() for need in hit.rule.needs if (found := need.search(text, start, end))]
        if not told:
            return None
        after = reading.shadow.original(min(told))
        sentence = reading.span(start, end)
        # Where the verb comes last, the name stands before it.
        anywhere = hit.rule.kind == "syndication" or _VERB_LAST.search(sentence.of(reading.text)) is not None
        first = sentence.start if anywhere else after
        for quoted in _QUOTED.finditer(reading.text, first, sentence.end):
            # What is quoted may be a label with the outlet as its value: 凡注明“来源：江州日报”的作品.
            label = _LABEL.search(quoted[1])
            name = Span(quoted.start(1) + (label.end() if label else 0), quoted.end(1))
            words = shadow_of(name.of(reading.text))
            before = shadow_of(reading.text[max(sentence.start, quoted.start() - _TITLE_BEFORE) : quoted.start()])
            if before.rstrip(" :,").endswith(self._before_titles):
                continue  # "with the title “…”": the article's, not the outlet's
            licence = self._licence.search(shadow_of(quoted[1])) is not None
            if len(words.split()) <= _MOST_QUOTED_WORDS and words not in self._generic and not licence:
                return trimmed(reading.text, name)
        if UNCAPPED_LETTER.search(sentence.of(reading.text)):
            return self._after_outlet_word(reading, start if anywhere else min(told), end) or self._in_latin(
                reading, sentence
            )
        return self._capitalised(reading, hit, sentence, [reading.shadow.original(place) for place in told])

    def _in_latin(self, reading: Reading, sentence: Span) -> Span | None:
        """Return the name in Latin letters that a sentence of a script without capitals holds ("ב-The Lanark Review")."""
        for found in _LATIN_NAME.finditer(reading.text, sentence.start, sentence.end):
            name = Span(*found.span())
            if self._may_be_outlet(reading.text, name, reading):
                return name
        return None

    def _after_outlet_word(self, reading: Reading, start: int, end: int) -> Span | None:
        """Return "newspaper X" where X ends the sentence: scripts without capitals show a name by nothing else."""
        text = reading.shadow.text
        for found in self._outlet.finditer(text, start, end):
            if text.startswith("ال", max(start, found.start() - 2)) or found[0].startswith("ال"):
                continue  # "the newspaper", with its article, needs no name
            rest = self._after_name.split(text[found.end() : end], maxsplit=1)[0].rstrip(" .،؛!\"'»")
            if self._article.match(rest.lstrip()) or shadow_of(rest.strip()) in self._generic:
                continue  # "this site, for the agency X": the agency comes next
            if 1 <= len(rest.split()) <= _MOST_UNCAPPED_WORDS and not set(rest) & set(",،:;()"):
                # "Agency X" is a name; of "the magazine X" only X is.
                begin = found.start() if found[0].startswith(self._kept) else found.end()
                return trimmed(reading.text, reading.span(begin, found.end() + len(rest)), SENTENCE_ENDS)
        return None

    def _capitalised(self, reading: Reading, hit: Hit, sentence: Span, told: list[int]) -> Span | None:
        """Return the name that capitals show: the sentence's last words, else two or more words anywhere in it."""
        text = reading.text
        span = trimmed(text, sentence, SENTENCE_ENDS)
        titles = [Span(*title.span()) for title in _LONG_QUOTED.finditer(text, sentence.start, sentence.end)]
        runs = [
            run
            for run in self._runs(text, span)
            if self._may_be_outlet(text, run, reading)
            and not any(run.overlaps(title) for title in titles)
            # "Unauthorized Reproduction Prohibited" is the notice itself.
            and not self._is_notice(shadow_of(run.of(text)), hit)
        ]
        # German writes every noun with a capital: there only what reads like an outlet's name is one.
        # One such word may be French ("des"); two are German.
        nouns = len(set(self._noun_capitals.findall(sentence.of(text)))) > 1
        if hit.rule.kind == "syndication":
            # "first published by Greenlines at …": the very next word.
            at_once = [run for run in runs if any(0 <= run.start - place <= _AT_ONCE for place in told)]
            if at_once and not nouns:
                return at_once[0]
        runs = [run for run in runs if " " in run.of(text) or run.start > span.start]  # a sentence's first word
        for run in reversed(runs):
            near = any(0 <= run.start - place <= _CLOSE for place in told)
            if run.end == span.end and near and (not nouns or reading.names.is_organisation(run.of(text))):
                return run
        inside = [run for run in runs if " " in run.of(text) and not nouns]
        known = [
            run
            for run in runs
            if (reading.names.is_organisation(run.of(text)) or _SITE.fullmatch(run.of(text)))
            and not (nouns and "-" in run.of(text))
        ]
        return next(iter(known or inside), None)

    @staticmethod
    def _is_notice(words: str, hit: Hit) -> bool:
        """Say whether words are those that the notice's rule needs, not a name."""
        return any(need.search(words, 0, len(words)) is not None for need in hit.rule.needs)

    def _runs(self, text: str, span: Span) -> list[Span]:
        """Return the stretches of words with capitals, particles between them, without what case or clitic adds."""
        made: list[Span] = []
        run: list[re.Match[str]] = []
        for word in [*_WORD.finditer(text, span.start, span.end), None]:
            joined = word is not None and (not run or text[run[-1].end() : word.start()] == " ")
            inside = word is not None and bool(run) and shadow_of(word[0]) in self._inside
            # "The Sandridge Courier on Nov. 20": a month after a small word is no part of the name.
            dated = (
                run
                and word is not None
                and not run[-1][0][0].isupper()
                and shadow_of(word[0]).strip(".") in self._months
            )
            if (
                word is not None
                and joined
                and not dated
                and (word[0][0].isupper() or inside or (run and _ELIDED.match(word[0])))
            ):
                run.append(word)
                continue
            while run and not (run[-1][0][0].isupper() or _ELIDED.match(run[-1][0])):
                run.pop()
            # "Magazin Deichbote": the word for what it is goes, where a name follows.
            if len(run) > 1 and shadow_of(run[0][0]) in self._kinds and run[1][0][0].isupper():
                run.pop(0)
            # "Genehmigung der Talzeitung": the office before the name, and what joins them, go.
            while len(run) > 1 and shadow_of(run[0][0]) in self._generic:
                run.pop(0)
                while len(run) > 1 and not run[0][0][0].isupper():
                    run.pop(0)
            if run and len(run) <= _MOST_WORDS:
                clitic = _CLITIC.search(run[-1][0])
                made.append(Span(run[0].start(), run[-1].start() + clitic.start() if clitic else run[-1].end()))
            run = [word] if word is not None and word[0][0].isupper() else []
        return made

    def _may_be_outlet(self, text: str, run: Span, reading: Reading) -> bool:
        """Say whether a run of capitalised words may name an outlet: no office, no person, no licence."""
        name = shadow_of(run.of(text))
        generic = self._is_generic(run.of(text)) or name.removeprefix("the ") in self._no_outlets
        person = run.of(text) in reading.people
        notice = any(item.search(name) is not None for item in (self._licence, self._rights, _LICENCE_NAME))
        return not (generic or person or notice) and CASED_LETTER.match(name) is not None

    def _is_generic(self, name: str) -> bool:
        """Say whether a name is an office ("the Editorial Board", "Genehmigung der Redaktion")."""
        whole = shadow_of(name).strip(".")
        words = whole.split()
        return whole in self._generic or words[-1] in self._generic or all(word in self._generic for word in words)

    def _names_no_one(self, word: str) -> bool:
        """Say whether a word (a shadow) is an office or a kind of outlet, before a name."""
        return word != "" and (self._is_generic(word) or self._outlet.fullmatch(word) is not None)

    def inferred(self, reading: Reading, value: Span) -> Span | None:
        """Return the holder that running words name: without capitals a known or a short name, else its capitals."""
        text = reading.text
        article = self._article.match(text, value.start, value.end)
        begin = article.end() if article else value.start
        runs = self._runs(text, Span(begin, value.end)) if text[begin : begin + 1].isupper() else []
        if runs and runs[0].start == begin:
            titled = article is not None and article[0][0].isupper()
            rest = text[runs[0].end : value.end]
            # A French or Spanish title may end in a small letter: "L'Écho du Bocage arbinois."
            last = _LAST_WORD.match(rest)
            end = runs[0].end + (last.end(1) if last and last[1].strip() not in self._verbs else 0)
            value = Span(value.start if titled else begin, end)
        elif runs and self._names_no_one(shadow_of(text[begin : runs[0].start].strip().partition(" ")[0])):
            value = runs[0]  # "the Editor of the Church Times", "do portal Serra Acima": what it is goes
        span = self.holder(reading, value)
        if span is None:
            return None
        name = span.of(text)
        # An address in running words ("on the site bus.example") is no outlet's name.
        if self._is_generic(name) or name in reading.people or (name.islower() and "." in name):
            return None
        if not EAST_ASIAN_LETTER.match(name):
            return span
        generic = [word for word in self._generic_inside if word in name]
        known = reading.names.is_organisation(name) and not name.startswith(tuple(generic))
        return span if known or (len(name) <= _LONGEST_UNCASED and not generic) else None
