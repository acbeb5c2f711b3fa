"""Documents as they come: English with other languages inside, and everything that breaks offsets."""

from hypothesis import strategies as st

from colophon.documents import SourceDocument
from colophon.settings import RightsSettings, Settings, TranslationSettings

ECHO = Settings(translation=TranslationSettings(engine="echo"), rights=RightsSettings(policy="ignore"))

ENGLISH = (
    "The ferry reached the old harbour at noon, and nobody was hurt.",
    "Officials said on Tuesday that the bridge will open again in May.",
    "He walked to the market to buy bread, olives and a newspaper.",
    "The museum shows forty maps that were drawn before the war.",
    "Rain is expected in the north; the south stays dry until Friday.",
)
FOREIGN = (
    "המעבורת הגיעה לנמל הישן בשעת צהריים",
    "דגים, סירות , רציף בנמל, עכו",
    "(צילום: נועה לביא, סוכנות החוף)",
    "وصلت العبارة إلى الميناء القديم عند الظهر",
    "Паром прибыл в старый порт в полдень",
    "渡轮中午抵达老港口，没有人受伤。",
    "昼にフェリーが古い港に着きました",
    "배가 정오에 옛 항구에 도착했다",
    "Το πλοίο έφτασε στο παλιό λιμάνι το μεσημέρι",
    "Die Fähre erreichte am Mittag den alten Hafen, niemand wurde verletzt.",
    # Short enough for the toy engine's answer to pass the checks of length.
    "המעבורת הגיעה לנמל הישן",
    "סירות דיג ברציף הצפוני",
    "Паром прибыл в порт",
    "Το πλοίο έφτασε στο λιμάνι",
    "Le bac est arrivé au vieux port à midi et personne n'a été blessé.",
)
NOTICES = (
    "By Miriam Halpern",
    "Photo: Noa Lavi/Coast Agency",
    "© 2025 Harbour Post. All rights reserved.",
    "Unauthorized reproduction is prohibited.",
    "Source: https://example.org/ferry",
    "[Translated from Hebrew by Dana Roth]",
    "CC BY 4.0",
)
SEPARATORS = (
    "\n\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "",
    "\t",
    ", ",
    "\u2028",
    "\x85",
    "\u200f",
    "\u202e",
    "\u2066",
    "\x1b[31m",
    "\x0b",
)
ODD = (
    "🔥👩‍👩‍👧",
    "\ufeff",
    "e\u0301\u0301",
    "\u05d0\u05b8",
    "\U00020000",
    "١٢٣",
    "12:30",
    "“”",
    "\x00",
    "\x7f",
    "ﬁ",
    "İ",
    "ß",
)

PIECES = st.sampled_from(ENGLISH + FOREIGN + NOTICES) | st.sampled_from(ODD) | st.text(max_size=12)
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(SEPARATORS)), min_size=1, max_size=10).map(
    lambda parts: "".join(piece + separator for piece, separator in parts)
)
ENGLISH_TEXTS = st.lists(
    st.tuples(st.sampled_from(ENGLISH), st.sampled_from(("\n\n", "\n", "\r\n", " "))), min_size=1, max_size=6
).map(lambda parts: "".join(piece + separator for piece, separator in parts))
WRITABLE = TEXTS.filter(lambda text: text.strip() and not any("\ud800" <= letter <= "\udfff" for letter in text))


def document(text: str, id: str = "text") -> SourceDocument:
    """Wrap a text as a document named ``id``."""
    return SourceDocument.of_text(text, id=id)
