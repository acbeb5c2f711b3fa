"""Engines by name, loaded when asked for, and the router that settings and catalogue make of them."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib import import_module

from colophon.catalogue import ModelCard, require_verified
from colophon.engines.golden import FILE as GOLDEN
from colophon.engines.golden import require_golden
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
    """Load an engine with its model, and hear its golden sentences.

    MissingExtraError when its library is not installed; ModelError when the model fails verification.
    """
    engine = load_engine(name, card, settings)
    if card is not None:
        require_verified(card, (GOLDEN,))
        key = (name, str(card.folder), engine.identity.model_sha256 or "", settings.compute_type, settings.device)
        require_golden(card, key, lambda language: told(engine, language).translate)
    return engine


def load_engine(name: str, card: ModelCard | None, settings: TranslationSettings) -> Engine:
    """Load an engine with its model, whatever it says: for a model that is being installed.

    MissingExtraError when its library is not installed; ModelError when a file is missing or altered.
    """
    if name not in ENGINES:
        raise UsageError(f"no engine is named {name!r}; there are {', '.join(sorted(ENGINES))}")
    module, _, class_name = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), class_name)(card, settings)
    return engine


def told(engine: Engine, language: str | None) -> Engine:
    """Return ``engine`` for sources in ``language``, told so where its model wants to be; it shares the model."""
    if language is None or not hasattr(engine, "for_source"):
        return engine
    speaking: Engine = engine.for_source(language)
    return speaking


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
                openers.setdefault(
                    language, opener if card.pieces is None else partial(_opened_and_told, opener, language)
                )
    return Router(openers)


def _opened_and_told(opener: Callable[[], Engine], language: str) -> Engine:
    return told(opener(), language)
