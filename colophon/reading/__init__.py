"""Reading: files, folders, globs, JSON Lines and web pages become documents, or rejections that say why not."""

from colophon.reading.making import read_bytes
from colophon.reading.opening import input_references, read_inputs, read_reference, read_references
from colophon.reading.references import InputReference
from colophon.reading.rejections import REASONS, Reason, Rejection

__all__ = [
    "REASONS",
    "InputReference",
    "Reason",
    "Rejection",
    "input_references",
    "read_bytes",
    "read_inputs",
    "read_reference",
    "read_references",
]
