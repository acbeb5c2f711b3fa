"""Find every fragment of a document that is not English, with its exact span, language, role and reason.

The path from text to span: ``shadow`` (a normalised copy with an offset map), ``tokens`` (words and the places
between them), ``profiles`` (what a word says about languages), ``paths`` (the cheapest way over language
states), ``edges`` (which punctuation belongs to whom), ``roles`` (caption, quote, ...).
"""

from colophon.detecting.detector import Detector, FragmentDetector
from colophon.detecting.explaining import explain
from colophon.detecting.fragments import DetectedSpan

__all__ = ["DetectedSpan", "Detector", "FragmentDetector", "explain"]
