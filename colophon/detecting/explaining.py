"""Say to a person why a fragment was found."""

from colophon.detecting.fragments import DetectedSpan
from colophon.documents import SourceDocument


def explain(document: SourceDocument, span: DetectedSpan) -> str:
    """Return a few lines on one fragment: what, where, why, and what else it might have been."""
    quote = document.text[span.start : span.end]
    line = document.text.count("\n", 0, span.start) + 1
    rows = [
        f"{span.start}:{span.end} (line {line}) \u2068{quote}\u2069",
        f"  {span.language} in {span.script}, {span.role}, confidence {span.confidence:.2f}",
        f"  by {span.method}: {span.evidence}",
    ]
    if span.rival is not None and span.margin is not None:
        rows.append(f"  next: {span.rival}, {span.margin:.1f} natural-log units behind")
    return "\n".join(rows)
