"""Engines by name, loaded when asked for, and the router that settings and catalogue make of them."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module
from typing import Any

from colophon.catalogue import ModelCard
from colophon.errors import UsageError
from colophon.settings import TranslationSettings
from colophon.translating import Engine, Router
from colophon.translating.routing import ANY

ENGINES = {
    "ctranslate2": "colophon.engines.ctranslate:CTranslateEngine",
    "transformers": "colophon.engines.huggingface:TransformersEngine",
    "echo": "colophon.engines.echo:EchoEngine",
}


def open_engine(name: str, card: ModelCard | None, settings: TranslationSettings) -> Engine:
    """Load an engine with its model.

    MissingExtraError when its library is not installed; ModelError when the model fails verification.
    """
    if name not in ENGINES:
        raise UsageError(f"no engine is named {name!r}; there are {', '.join(sorted(ENGINES))}")
    module, _, class_name = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), class_name)(card, settings)
    return engine


def router(settings: TranslationSettings, cards: Sequence[ModelCard]) -> Router:
    """Return the router for ``settings``: a language's model is the first of ``settings.models``, then of ``cards``.

    Nothing is loaded yet. UsageError when ``settings.models`` names a model that no catalogue lists.
    """
    if settings.engine == "none":
        return Router({}, disabled=True)
    if settings.engine == "echo":
        return Router({ANY: partial(open_engine, "echo", None, settings)})
    by_id = {card.id: card for card in cards}
    unknown = [id for id in settings.models if id not in by_id]
    if unknown:
        raise UsageError(f"no catalogue lists the model {unknown[0]!r}; there are {', '.join(by_id) or 'none'}")
    ordered = [by_id[id] for id in settings.models] + [card for card in cards if card.id not in settings.models]
    openers: dict[str, Callable[[], Engine]] = {}
    for card in ordered:
        if settings.engine in card.engines:
            opener = cache(partial(open_engine, settings.engine, card, settings))
            for language in card.source_languages:
                openers.setdefault(language, opener if card.pieces is None else partial(_told, opener, language))
    return Router(openers)


def _told(opener: Callable[[], Engine], language: str) -> Engine:
    """Open a model once for all its languages, and tell it which one it reads where it wants to be told."""
    engine: Any = opener()
    told: Engine = engine.for_source(language)
    return told
