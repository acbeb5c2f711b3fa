"""Dates as newspapers write them, in any digits and three calendars, as ISO 8601.

Only whole dates (day, month, year) count: a year alone or "Monday" dates no publication.
"""

import datetime as dt
import re

from colophon.attributing.rules import Ruleset
from colophon.attributing.shadow import shadow_of
from colophon.attributing.tries import trie

_YMD = r"(?<![\d.])(?P<y1>\d{4})(?: ?[-/.] ?|年 ?|년 ?)(?P<m1>\d{1,2})(?: ?[-/.] ?|月 ?|월 ?)(?P<d1>\d{1,2})(?: ?[日일]|(?!\d))"
_DMY = r"(?<![\d.])(?P<d2>\d{1,2})(?: ?[-/.] ?)(?P<m2>\d{1,2})(?: ?[-/.] ?)(?P<y2>\d{4}|\d{2})(?!\d|[.:]\d)"
_ERA = (
    r"(?P<era>令和|平成|民國|民国|中華民國|中华民国) ?(?P<y5>元|\d{1,3}) ?年 ?(?P<m5>\d{1,2}) ?月 ?(?P<d5>\d{1,2}) ?日?"
)
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911, "中華民國": 1911, "中华民国": 1911}
_VIETNAMESE = r"(?:ngay )?(?P<d6>\d{1,2}) thang (?P<m6>\d{1,2})(?:,)? nam (?P<y6>\d{4})"
# First day of Farvardin, as a day of the Gregorian year, drifts by a day at most; the cycle below is Borkowski's.
_JALALI_BREAKS = (
    -61,
    9,
    38,
    199,
    426,
    686,
    756,
    818,
    1111,
    1181,
    1210,
    1635,
    2060,
    2097,
    2192,
    2262,
    2324,
    2394,
    2456,
    3178,
)


class DateReader:
    """Finds dates with the month names of all languages."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._months: dict[str, int] = {}
        self._jalali: dict[str, int] = {}
        for lexicon in ruleset.lexicons.values():
            for name, table in (("months", self._months), ("jalali_months", self._jalali)):
                for number, names in enumerate(lexicon.words(name), 1):
                    table.update({word.strip(): number for word in shadow_of(names).split("|")})
        months = trie({**self._months, **self._jalali})
        weekdays = trie(ruleset.all_words("weekdays"))
        of = r"(?: ?(?:de|of|ב|d'|del))?"
        dmy = (
            rf"(?<!\d)(?P<d3>\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª|\.)?{of}[ /-]?ב?(?P<m3>{months})\.?(?:/[^\W\d]+)?(?:,)?"
            rf"(?: ?(?:de|of|del))?[ ,/-]*(?P<y3>\d{{4}})(?!\d)"
        )
        ymd = rf"(?<!\d)(?P<y7>\d{{4}})\. ?(?P<m7>{months})\.? (?P<d7>\d{{1,2}})(?!\d)\.?"  # "2025. április 8."
        mdy = rf"(?<!\w)(?P<m4>{months})\.? (?P<d4>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y4>\d{{4}})(?!\d)"
        self._date = re.compile(
            rf"(?:(?<!\w)(?:{weekdays})\.?(?: ?[,،/])?(?: (?:den|d\.))? ?)?(?:{_YMD}|{_DMY}|{dmy}|{mdy}|{ymd}|{_ERA}|{_VIETNAMESE})"
        )
        self._filler = re.compile(
            rf"(?:\W|\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?|\d{{1,2}} ?(?:am|pm|uhr|h)|(?:\d{{1,2}} ?)?[ap]\. ?m\.|\d{{1,2}} ?[時时點点시] ?(?:\d{{1,2}} ?[分분])?|am|pm|uhr|on|at|the|le|il|el|em|am|den|dne|w|"
            rf"gmt|utc|cet|est|edt|bst|{weekdays}|{trie(ruleset.all_words('date_filler'))})*$"
        )

    def find(self, shadow: str, start: int, end: int, *, lang: str) -> tuple[int, int, str] | None:
        """Return span and ISO value of the date that begins ``shadow[start:end]``, past clock times and weekdays."""
        found = self._date.search(shadow, start, min(end, start + 80))
        if found is None or found.start() - start > 30:
            return None
        if not self._filler.match(shadow[start : found.start()]):
            return None
        value = self._value(found, lang)
        return None if value is None else (found.start(), found.end(), value)

    def inside(self, shadow: str, start: int, end: int, *, lang: str) -> tuple[int, int, str] | None:
        """Return span and ISO value of the first date anywhere in ``shadow[start:end]``."""
        for found in self._date.finditer(shadow, start, end):
            value = self._value(found, lang)
            if value is not None:
                return found.start(), found.end(), value
        return None

    def whole(self, shadow: str, start: int, end: int, *, lang: str) -> tuple[int, int, str] | None:
        """Return the date when it is all that ``shadow[start:end]`` says, but for a clock time."""
        made = self.find(shadow, start, end, lang=lang)
        if made is None or not self._filler.match(shadow[made[1] : end][:40]):
            return None
        return made

    def _value(self, found: re.Match[str], lang: str) -> str | None:
        part = found.groupdict()
        jalali = False
        if part["y1"]:
            year, month, day = int(part["y1"]), int(part["m1"]), int(part["d1"])
        elif part["y2"]:
            day, month, year = int(part["d2"]), int(part["m2"]), int(part["y2"])
            year += 2000 if year < 100 else 0
            # 03/14/2026 is American; 03/04/2026 is read day first, but month first in English with slashes.
            if month > 12 or (lang == "en" and day <= 12 and "/" in found[0]):
                day, month = month, day
        elif part["era"]:
            years = 1 if part["y5"] == "元" else int(part["y5"])
            year, month, day = _ERAS[part["era"]] + years, int(part["m5"]), int(part["d5"])
        elif part["y6"]:
            year, month, day = int(part["y6"]), int(part["m6"]), int(part["d6"])
        else:
            n = next(n for n in "347" if part[f"y{n}"])
            name, year, day = part[f"m{n}"], int(part[f"y{n}"]), int(part[f"d{n}"])
            jalali = name in self._jalali and (year < 1700 or name not in self._months)
            month = self._jalali[name] if jalali else self._months.get(name, 0)
        try:
            if jalali or 1250 <= year <= 1500:
                return from_solar_hijri(year, month, day).isoformat()
            return dt.date(year, month, day).isoformat() if 1600 <= year <= 2200 else None
        except ValueError:
            return None


def from_solar_hijri(year: int, month: int, day: int) -> dt.date:
    """Return the Gregorian date of a Solar Hijri one; ``ValueError`` when there is none.

    >>> from_solar_hijri(1402, 12, 13).isoformat()
    '2024-03-03'
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError(f"no such Solar Hijri date: {year}-{month}-{day}")
    leap, before, march = -14, _JALALI_BREAKS[0], 0
    jump = 0
    for after in _JALALI_BREAKS[1:]:
        jump = after - before
        if year < after:
            break
        leap += jump // 33 * 8 + jump % 33 // 4
        before = after
    n = year - before
    leap += n // 33 * 8 + (n % 33 + 3) // 4
    if jump % 33 == 4 and jump - n == 4:
        leap += 1
    gregorian = year + 621
    march = 20 + leap - (gregorian // 4 - (gregorian // 100 + 1) * 3 // 4 - 150)
    days = (month - 1) * 31 - (month // 7) * (month - 7) + day - 1
    return dt.date(gregorian, 3, 1) + dt.timedelta(days=march - 1 + days)
