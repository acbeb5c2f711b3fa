"""Translating: fragments in, checked English or the reason why there is none out. Loads no engine itself."""

from colophon.translating.engine import (
    Calibration,
    Decoding,
    Engine,
    EngineIdentity,
    EngineOutput,
)
from colophon.translating.fragments import FragmentText, Outcome, translate_fragments
from colophon.translating.glossary import Glossary, read_glossary
from colophon.translating.routing import Reason, Refusal, Router
from colophon.translating.signature import data_signature

__all__ = [
    "Calibration",
    "Decoding",
    "Engine",
    "EngineIdentity",
    "EngineOutput",
    "FragmentText",
    "Glossary",
    "Outcome",
    "Reason",
    "Refusal",
    "Router",
    "data_signature",
    "read_glossary",
    "translate_fragments",
]
