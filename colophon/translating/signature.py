"""What the outcome of translating depends on beside engine, model and settings: the rules and the glossary."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from colophon.settings import TranslationSettings
from colophon.translating.glossary import read_glossary

_RULES = ("segmenting.toml", "checks.toml", "transliteration.toml")


def data_signature(settings: TranslationSettings) -> str:
    """Return short hashes of the rules and of the glossary as ``settings`` have it; DataError when it is wrong."""
    return f"rules={_rules_sha256()[:12]};glossary={read_glossary(settings.glossary).sha256[:12]}"


@cache
def _rules_sha256() -> str:
    found = sha256()
    for name in _RULES:
        found.update(files("colophon").joinpath("data", name).read_bytes())
    return found.hexdigest()
