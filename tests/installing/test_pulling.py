"""From a hub to the catalogue, to English without a network: every architecture, with real weights and libraries."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

from colophon.catalogue import ModelCard, read_catalogue
from colophon.cli import app
from colophon.engines.registry import open_engine, router
from colophon.errors import ColophonError, ModelError, UsageError
from colophon.installing import hub as hub_module
from colophon.installing.limits import Limits
from colophon.installing.pulling import Wishes, languages_from, pull
from colophon.settings import RightsSettings, Settings, TranslationSettings
from colophon.translating import FragmentText, translate_fragments
from colophon.worker import run
from colophon.writing import read_records
from tests.installing.checkpoints import ENGLISH, edit, sources
from tests.installing.hub_server import Hub

Make = Callable[[str], Path]
OPEN = {"license": "cc-by-4.0", "language": ["he", "en"]}
FAMILIES = {
    "marian": ("he", "vocab.json"),
    "m2m100": ("ru,uk", "vocab.json"),
    "nllb": ("he,fr", "sentencepiece.bpe.model"),
    "madlad": ("ar", "spiece.model"),
}
INT8 = TranslationSettings()


def wishes(tmp_path: Path, languages: str = "he", **more: Any) -> Wishes:
    return Wishes(catalogue=tmp_path / "mine" / "catalogue.toml", tokens=languages_from([languages]), **more)


def pulled(tmp_path: Path, languages: str = "he", name: str = "team/model", **more: Any) -> ModelCard:
    said: list[str] = []
    return pull(name, wishes(tmp_path, languages, **more), said.append)


def users(tmp_path: Path) -> tuple[ModelCard, ...]:
    return read_catalogue(tmp_path / "mine" / "catalogue.toml")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_pulled_model_translates_without_a_network(
    family: str, made: Make, hub: Hub, tmp_path: Path, offline: Callable[[], None]
) -> None:
    languages, tokenizer = FAMILIES[family]
    commit = hub.add("team/model", made(family), OPEN, "README.md", "modeling_own.py", "tf_model.h5")
    card = pulled(tmp_path, languages, accept_licence=family == "nllb")
    assert (card.id, card.revision, card.licence) == ("team.model", commit, "cc-by-4.0")
    assert card.origin == f"{hub.endpoint}/team/model/tree/{commit}"
    assert card.source_languages == tuple(languages.split(","))
    assert tokenizer in hub.names()
    assert not {"README.md", "modeling_own.py", "tf_model.h5", "generation_config.json"} & set(hub.names())
    offline()
    for engine in ("ctranslate2", "transformers"):
        settings = TranslationSettings(engine=engine, models=(card.id,))
        routes = router(settings, users(tmp_path))
        for language in card.source_languages:
            fragments = [FragmentText(text, language, "body") for text in sources(language)]
            found = translate_fragments(fragments, routes, settings)
            assert [outcome.text for outcome in found] == list(ENGLISH)
            (identity,) = {outcome.identity for outcome in found}
            assert identity is not None
            assert (identity.engine, identity.model, identity.revision) == (engine, "team.model", commit)
            assert card.pieces is not None
            assert all(told in identity.decoding for told in card.pieces.before.get(language, ()))


def test_languages_of_one_model_share_its_weights_and_a_document_may_use_several_models(
    made: Make, hub: Hub, tmp_path: Path
) -> None:
    hub.add("team/slavic", made("m2m100"), OPEN)
    hub.add("team/arabic", made("madlad"), OPEN)
    pulled(tmp_path, "ru,uk", "team/slavic")
    pulled(tmp_path, "ar", "team/arabic")
    routes = router(INT8, users(tmp_path))
    russian, ukrainian = routes.route("ru"), routes.route("uk")
    assert russian is not ukrainian
    assert russian._translator is ukrainian._translator  # type: ignore[union-attr]
    fragments = [FragmentText(sources(code)[0], code, "body") for code in ("ru", "uk", "ar")]
    found = translate_fragments(fragments, routes, INT8)
    assert [o.identity.model for o in found if o.identity] == ["team.slavic", "team.slavic", "team.arabic"]
    assert {o.text for o in found} == {ENGLISH[0]}


def test_the_order_that_the_settings_name_decides(made: Make, hub: Hub, tmp_path: Path) -> None:
    hub.add("team/model", made("marian"), OPEN)
    pulled(tmp_path)
    shipped = router(INT8, users(tmp_path)).route("he")
    own = router(INT8.model_copy(update={"models": ("team.model",)}), users(tmp_path)).route("he")
    assert [e.identity.model for e in (shipped, own)] == ["colophon-he-en", "team.model"]  # type: ignore[union-attr]


@pytest.mark.parametrize("old_format", [False, True], ids=["zip", "before torch 1.6"])
def test_pickled_weights_become_safetensors(copied: Make, hub: Hub, tmp_path: Path, old_format: bool) -> None:
    folder = copied("marian")
    state = load_file(folder / "model.safetensors")
    state["lm_head.weight"] = state["model.encoder.embed_tokens.weight"] = state["model.shared.weight"]
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=not old_format)
    (folder / "model.safetensors").unlink()
    hub.add("team/model", folder, OPEN)
    card = pulled(tmp_path)
    names = {file.path for file in card.files}
    assert "model.safetensors" in names
    assert not [name for name in names if name.endswith(".bin") and "ctranslate2" not in name]
    catalogue = (tmp_path / "mine" / "catalogue.toml").read_text(encoding="utf-8")
    assert "# Fetched: pytorch_model.bin " in catalogue


class Evil:
    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.place),))


def test_a_pickle_that_would_run_something_is_refused_unrun(copied: Make, hub: Hub, tmp_path: Path) -> None:
    folder = copied("marian")
    torch.save({"model.shared.weight": Evil(tmp_path / "ran")}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    hub.add("team/model", folder, OPEN)
    with pytest.raises(ModelError, match="not weights alone"):
        pulled(tmp_path)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "mine" / "catalogue.toml").exists()


def test_weights_in_shards(copied: Make, hub: Hub, tmp_path: Path) -> None:
    folder = copied("marian")
    state = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(state)
    where: dict[str, str] = {}
    for number, part in enumerate((names[::2], names[1::2]), start=1):
        file = f"model-{number:05}-of-00002.safetensors"
        save_file({name: state[name] for name in part}, folder / file, metadata={"format": "pt"})
        where |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": where}))
    hub.add("team/model", folder, OPEN)
    assert "model.safetensors" in {file.path for file in pulled(tmp_path).files}


class TestTies:
    """opus-mt-tc-big: a configuration that says tied, and a second matrix that is something else."""

    def test_a_stray_output_matrix_is_left_out_as_the_configuration_says(
        self, copied: Make, hub: Hub, tmp_path: Path
    ) -> None:
        folder = copied("marian")
        state = load_file(folder / "model.safetensors")
        state["lm_head.weight"] = torch.randn_like(state["model.shared.weight"])
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        hub.add("team/model", folder, OPEN)
        card = pulled(tmp_path)
        assert "lm_head.weight" not in load_file(card.folder / "model.safetensors")
        assert "# Mended: its configuration says" in (tmp_path / "mine" / "catalogue.toml").read_text(encoding="utf-8")
        open_engine("transformers", card, INT8)

    def test_a_checkpoint_that_needs_its_stray_matrix_is_refused(self, copied: Make, hub: Hub, tmp_path: Path) -> None:
        folder = copied("marian")
        state = load_file(folder / "model.safetensors")
        state["lm_head.weight"] = state["model.shared.weight"].clone()
        state["model.shared.weight"] = torch.randn_like(state["lm_head.weight"])
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        hub.add("team/model", folder, OPEN)
        with pytest.raises(
            ModelError, match=r"trial sentences in he came out well.*is not installed.*stores another lm_head"
        ):
            pulled(tmp_path)
        assert not (tmp_path / "mine" / "catalogue.toml").exists()

    def test_an_output_matrix_that_is_promised_must_be_there(self, copied: Make, hub: Hub, tmp_path: Path) -> None:
        folder = copied("madlad")
        state = load_file(folder / "model.safetensors")
        del state["lm_head.weight"]
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        hub.add("team/model", folder, OPEN)
        with pytest.raises(ModelError, match=r"lm_head\.weight is a matrix of its own, and there is none"):
            pulled(tmp_path, "ar")

    def test_positions_that_old_checkpoints_store_are_left_out(self, copied: Make, hub: Hub, tmp_path: Path) -> None:
        folder = copied("m2m100")
        state = load_file(folder / "model.safetensors")
        state["model.encoder.embed_positions.weights"] = torch.zeros(4, 32)
        state["model.encoder.version"] = torch.zeros(1)
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        hub.add("team/model", folder, OPEN)
        assert not [n for n in load_file(pulled(tmp_path, "ru").folder / "model.safetensors") if "position" in n]


class TestRefusals:
    def test_a_model_that_talks_rubbish(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("random"), OPEN)
        with pytest.raises(ModelError, match=r"only \d of 4 trial sentences in he"):
            pulled(tmp_path)
        assert not (tmp_path / "mine" / "catalogue.toml").exists()

    @pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
    def test_a_configuration_that_names_code(self, name: str, copied: Make, hub: Hub, tmp_path: Path) -> None:
        folder = copied("marian")
        if not (folder / name).exists():
            (folder / name).write_text("{}", encoding="utf-8")
        edit(folder / name, lambda data: data.update(auto_map={"AutoModel": "modeling_own.Own"}))
        hub.add("team/model", folder, OPEN, "modeling_own.py")
        with pytest.raises(ModelError, match="code of its own"):
            pulled(tmp_path)
        assert not [file for file in hub.names() if file.endswith((".py", ".safetensors"))]

    @pytest.mark.parametrize(
        ("card", "said"),
        [
            ({"license": "cc-by-nc-4.0"}, "cc-by-nc-4.0 forbids commercial use"),
            ({"license": "other", "license_name": "some-terms"}, "some-terms is not among"),
            ({}, "states no licence"),
            (None, "states no licence"),
        ],
    )
    def test_a_licence_that_a_person_must_read(
        self, card: dict[str, Any] | None, said: str, made: Make, hub: Hub, tmp_path: Path
    ) -> None:
        hub.add("team/model", made("marian"), card)
        with pytest.raises(UsageError, match=f"{said}.*--accept-licence"):
            pulled(tmp_path)
        assert not hub.names()

    def test_nllb_whatever_its_card_says(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("nllb"), OPEN)
        with pytest.raises(UsageError, match=r"looks like NLLB.*--accept-licence"):
            pulled(tmp_path)
        assert not [file for file in hub.names() if file.endswith(".safetensors")]

    def test_a_licence_that_was_accepted_is_noted(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), {"license": "cc-by-nc-4.0"})
        assert pulled(tmp_path, accept_licence=True).licence == "cc-by-nc-4.0"
        catalogue = (tmp_path / "mine" / "catalogue.toml").read_text(encoding="utf-8")
        assert "# Licence accepted with --accept-licence, though: cc-by-nc-4.0 forbids commercial use." in catalogue

    @pytest.mark.parametrize(
        ("limits", "said"),
        [(Limits(weights=1000), "--largest allows 1,000"), (Limits(other=100), "at most 100 are fetched")],
    )
    def test_more_than_the_limits(self, limits: Limits, said: str, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        with pytest.raises(ModelError, match=said):
            pulled(tmp_path, limits=limits)
        assert not hub.names()

    @pytest.mark.parametrize(
        ("family", "languages", "said"),
        [
            ("m2m100", "xx", "no trial sentences for xx"),
            ("nllb", "he=xxx_Hebr", "no piece xxx_Hebr for he"),
        ],
    )
    def test_a_language_that_it_has_not(
        self, family: str, languages: str, said: str, made: Make, hub: Hub, tmp_path: Path
    ) -> None:
        hub.add("team/model", made(family), OPEN)
        with pytest.raises(ColophonError, match=said):
            pulled(tmp_path, languages, accept_licence=True)

    def test_another_architecture(self, copied: Make, hub: Hub, tmp_path: Path) -> None:
        folder = copied("marian")
        edit(folder / "config.json", lambda data: data.update(model_type="llama"))
        hub.add("team/model", folder, OPEN)
        with pytest.raises(ModelError, match=r"'llama' is not supported \(there are m2m_100, marian, t5\)"):
            pulled(tmp_path)

    @pytest.mark.parametrize(
        "name", ["model", "../model", "a/b/c", "a/b@", "a/..", "https://x.org/a/b", "a/b@../c", ""]
    )
    def test_what_is_no_name(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="write OWNER/NAME"):
            pulled(tmp_path, name=name)

    def test_what_the_hub_has_not(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        with pytest.raises(ModelError, match="no such model"):
            pulled(tmp_path, name="team/other")
        with pytest.raises(ModelError, match="no such revision"):
            pulled(tmp_path, name="team/model@v9")


def test_the_command_line_from_a_hub_to_a_line_of_english(
    made: Make, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: Callable[[], None]
) -> None:
    commit = hub.add("team/model", made("marian"), OPEN)
    monkeypatch.setenv("COLOPHON_MODELS", str(tmp_path / "new" / "catalogue.toml"))
    runner = CliRunner()
    done = runner.invoke(app, ["models", "pull", "team/model", "--from", "he", "--drop-checkpoint"])
    assert done.exit_code == 0, done.output
    assert done.stdout.split("\t")[:4] == ["team.model", commit, "he", "cc-by-4.0"]
    assert "fetching model.safetensors" in done.stderr
    assert "he is still translated by colophon-he-en; to prefer the new one: --model team.model" in done.stderr
    offline()
    assert "team.model\tok" in runner.invoke(app, ["models", "verify", "team.model"]).stdout
    lines = tmp_path / "lines.txt"
    lines.write_text("\n".join(sources("he")), encoding="utf-8")
    done = runner.invoke(app, ["translate", "--from", "he", "--model", "team.model", str(lines)])
    assert (done.exit_code, done.stdout.splitlines()) == (0, list(ENGLISH)), done.output


class TestFetching:
    def test_a_connection_that_breaks_is_taken_up_where_it_broke(
        self, made: Make, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 4_000)  # 10 MiB else
        hub.add("team/model", made("marian"), OPEN)
        hub.cut["model.safetensors"] = 20_000
        pulled(tmp_path)
        assert [r for m, p, r in hub.asked if m == "GET" and p.endswith("model.safetensors")] == ["", "bytes=20000-"]

    def test_a_later_call_goes_on_where_this_one_stopped(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        (remote,) = (f for f in hub_module.resolved("team/model", None).files if f.name == "model.safetensors")
        hub.refused.add("model.safetensors")
        with pytest.raises(ModelError, match="goes on where this one stopped"):
            pulled(tmp_path)
        (folder,) = (tmp_path / "mine" / ".incoming").iterdir()
        half = (made("marian") / "model.safetensors").read_bytes()[: remote.size // 2]
        (folder / "model.safetensors.partial").write_bytes(half)  # as when the power went
        hub.refused.clear()
        hub.asked.clear()
        pulled(tmp_path)
        assert hub.names() == ["model.safetensors"]
        assert [r for m, _, r in hub.asked if m == "GET" and r] == [f"bytes={len(half)}-"]
        assert not list((tmp_path / "mine" / ".incoming").iterdir())

    @pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
    def test_a_file_that_is_not_what_the_hub_lists(self, name: str, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        hub.altered.add(name)
        with pytest.raises(ModelError, match=f"{name} has another (SHA-256|git hash) than the hub lists"):
            pulled(tmp_path)
        assert not list((tmp_path / "mine" / ".incoming").rglob(f"{name}*"))

    def test_a_revision_is_pinned_to_its_commit(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        commit = hub.add("team/model", made("marian"), OPEN)
        pulled(tmp_path, name="team/model@main")
        assert {p.split("/resolve/")[1].split("/")[0] for _, p, _ in hub.asked if "/resolve/" in p} == {commit}


class TestInstalled:
    def test_an_altered_file_is_refused_by_the_loader(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        card = pulled(tmp_path)
        for engine, name in (("ctranslate2", "source.spm"), ("transformers", "vocabulary.json")):
            data = (card.folder / name).read_bytes()
            (card.folder / name).write_bytes(data + b" ")
            with pytest.raises(ModelError, match=name):
                open_engine(engine, card, INT8)
        (card.folder / "ctranslate2" / "vmap.txt").write_text("", encoding="utf-8")
        with pytest.raises(ModelError, match=r"vmap\.txt is not in the catalogue"):
            open_engine("ctranslate2", card, INT8)

    def test_other_golden_words_are_refused_by_the_loader(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("m2m100"), OPEN)
        card = pulled(tmp_path, "ru")
        golden = card.folder / "golden.toml"
        golden.write_text(golden.read_text(encoding="utf-8").replace("The ship left", "No ship left"), encoding="utf-8")
        with pytest.raises(ModelError, match=r"golden\.toml"):
            open_engine("ctranslate2", card, INT8)

    def test_twice_is_once_unless_replaced(self, made: Make, copied: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/other", made("madlad"), OPEN)
        pulled(tmp_path, "ar", "team/other")
        hub.add("team/model", made("marian"), OPEN)
        first = pulled(tmp_path)
        folder = copied("marian")
        edit(folder / "config.json", lambda data: data.update(_note="a newer one"))
        newer = hub.add("team/model", folder, OPEN)
        with pytest.raises(UsageError, match="--replace"):
            pulled(tmp_path)
        second = pulled(tmp_path, replace=True)
        assert (second.revision, first.folder.exists(), second.folder.exists()) == (newer, False, True)
        assert [card.id for card in users(tmp_path)][1:] == ["team.other", "team.model"]

    def test_without_its_checkpoint_it_is_ctranslate2s_alone(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("marian"), OPEN)
        card = pulled(tmp_path, keep_checkpoint=False)
        assert card.engines == ("ctranslate2",)
        assert not (card.folder / "model.safetensors").exists()
        open_engine("ctranslate2", card, INT8)

    def test_own_sentences_for_a_language_that_we_have_none_for(self, made: Make, hub: Hub, tmp_path: Path) -> None:
        hub.add("team/model", made("madlad"), OPEN)
        own = tmp_path / "own.tsv"
        own.write_text("".join(f"arz\t{text}\n" for text in sources("ar")), encoding="utf-8")
        assert pulled(tmp_path, "arz", sentences=own).source_languages == ("arz",)
        shutil.rmtree(tmp_path / "mine")
        own.write_text("arz no tab\n", encoding="utf-8")
        with pytest.raises(ColophonError, match=r"own\.tsv:1"):
            pulled(tmp_path, "arz", sentences=own)


def test_a_document_in_two_languages_has_a_record_that_names_both_models(made: Make, hub: Hub, tmp_path: Path) -> None:
    slavic = hub.add("team/slavic", made("m2m100"), OPEN)
    arabic = hub.add("team/arabic", made("madlad"), OPEN)
    pulled(tmp_path, "ru,uk", "team/slavic")
    pulled(tmp_path, "ar", "team/arabic")
    article = tmp_path / "article.txt"
    english = "The ferry came back to the old harbour, officials said on the quay."
    article.write_text("\n\n".join((english, sources("ru")[2], english, sources("ar")[2])), encoding="utf-8")
    settings = Settings(
        translation=TranslationSettings(catalogue=str(tmp_path / "mine" / "catalogue.toml")),
        rights=RightsSettings(policy="ignore"),
    )
    run([str(article)], tmp_path / "out", settings)
    (record,) = read_records(tmp_path / "out")
    made_by = {f.language: f.translation.translator for f in record.fragments if f.translation is not None}
    assert {language: (t.model, t.revision) for language, t in made_by.items()} == {
        "ru": ("team.slavic", slavic),
        "ar": ("team.arabic", arabic),
    }
    cards = {card.id: card for card in users(tmp_path)}
    for translator in made_by.values():
        assert translator.model is not None
        assert translator.model_sha256 == cards[translator.model].file("ctranslate2/model.bin").sha256
    assert {f.translation.text for f in record.fragments if f.translation is not None} == {ENGLISH[2]}
