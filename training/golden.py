"""Write a model folder's golden.toml: what its loader must hear before anyone is translated to.

    python -m training.golden models/he-en

Sources are our own sentences. One is kept only when int8 and float32, with beams of 4 and 5, all say the same:
then another processor will too, and a difference means damage.
"""

import argparse
from pathlib import Path

from training.evaluate import Model, unquantised

SOURCES = (
    "ראש הממשלה נפגש עם שר החוץ בירושלים",
    "הנשיא הגיע לביקור בפריז",
    "שר הביטחון אמר כי המבצע יימשך",
    "כוחות הביטחון ליד הגבול עם לבנון",
    "שלושה בני אדם נפצעו בתאונה ליד חיפה",
    "המשטרה עצרה 12 חשודים",
    "הפגנה מול הכנסת",
    "תושבי העיר חזרו לבתיהם",
    "בית החולים בתל אביב",
    'צה"ל תקף מטרות בעזה',
    "השר דחה את הביקורת",
    "מזג האוויר יהיה נאה",
)
MOST = 6


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    makers = [make(given.folder, beam) for make in (_int8, unquantised) for beam in (4, 5)]
    said = zip(SOURCES, *(maker.translate(SOURCES)[0] for maker in makers), strict=True)
    agreed = [(source, outputs[0]) for source, *outputs in said if len(set(outputs)) == 1]
    rows = [f"[[golden]]\nsource = {quoted(s)}\nexpected = [{quoted(o)}]\n" for s, o in agreed[:MOST]]
    head = "# What this model says, beam 4. Written by: python -m training.golden FOLDER\n\n"
    (given.folder / "golden.toml").write_text(head + "\n".join(rows), encoding="utf-8")
    print(f"{len(rows)} golden sentences; {len(agreed)} of {len(SOURCES)} are said alike by all four decodings")
    for source, output in agreed:
        print(f"  {source}\n    {output}")


def _int8(folder: Path, beam: int) -> Model:
    return Model(folder, "int8", beam)


if __name__ == "__main__":
    main()
