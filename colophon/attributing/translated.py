"""What the document claims of its own translation."""

from colophon import records
from colophon.attributing import addresses

# Sites whose articles are in one language; hosts only, a claim and never a proof.
_HOSTS = {
    "toutiao.com": "zh",
    "guancha.cn": "zh",
    "weixin.qq.com": "zh",
    "163.com": "zh",
    "sina.com.cn": "zh",
    "sohu.com": "zh",
    "xinhuanet.com": "zh",
    "people.com.cn": "zh",
    "naver.com": "ko",
    "daum.net": "ko",
    "yahoo.co.jp": "ja",
}
_ENDINGS = {
    "cn": "zh", "tw": "zh", "hk": "zh", "jp": "ja", "kr": "ko", "ru": "ru", "ua": "uk", "tr": "tr", "fr": "fr", "de": "de",
    "at": "de", "es": "es", "mx": "es", "ar": "es", "co": None, "pt": "pt", "br": "pt", "it": "it", "pl": "pl", "nl": "nl",
    "se": "sv", "gr": "el", "il": "he", "ir": "fa", "vn": "vi", "cz": "cs", "hu": "hu", "ro": "ro", "bg": "bg",
}  # fmt: skip


def translation_claim(found: list[records.Statement]) -> records.TranslationClaim:
    """Return what is evident of a translation: a stated translator, a machine notice, a foreign original."""
    about = [s for s in found if s.about_article]
    translators = [s for s in about if s.kind == "translator"]
    machines = [s for s in about if s.kind == "machine_translation"]
    sources = [s for s in about if s.kind == "source"]
    language = next((s.source_language for s in translators + machines if s.source_language), None)
    basis = None
    if translators:
        basis = "translator is stated"
    elif machines:
        basis = "machine translation is stated"
    if sources and language is None:
        host = addresses.host(sources[0].value)
        known = next((tag for name, tag in _HOSTS.items() if host == name or host.endswith("." + name)), None)
        if known is None:
            known = _ENDINGS.get(host.rsplit(".", 1)[-1])
        if known is not None:
            language = known
            basis = basis or f"original URL is on a site in the language {known}"
    return records.TranslationClaim(
        evident=basis is not None,
        translator_stated=bool(translators),
        source_language=language,
        basis=basis,
    )
