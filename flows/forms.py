"""Fields that several forms have, and the settings that they make.

Each flow writes its parameters out, flat: the form of a deployment is made from the signature.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from colophon.cli.options import EngineChoice, PolicyChoice, settings_from
from colophon.settings import Settings


def field(title: str, description: str, **bounds: Any) -> Any:
    """Return a parameter's field; Prefect 3.9.1 drops the title and description of pydantic's own."""
    return Field(json_schema_extra={"title": title, "description": description}, **bounds)


Out = Annotated[str, field("Output folder", "Gets records.jsonl, rejected.jsonl and manifest.json")]
Engine = Annotated[
    Literal["ctranslate2", "transformers", "echo", "none"],
    field("Engine", "Which engine translates; none only detects and attributes"),
]
Policy = Annotated[
    Literal["metadata-only", "quote", "full", "ignore"],
    field("Text policy", "What a record keeps of a text without a grant"),
]
Basis = Annotated[str, field("Basis", "Ground for the policy full, kept in every record; else empty")]
BatchDocuments = Annotated[int, field("Documents a batch", "Kept, and tried again, together", ge=1, le=1000)]
RejectedShare = Annotated[float, field("Largest share rejected", "Above it the run is Failed", ge=0, le=1)]


def settings_of(engine: Engine, policy: Policy, basis: Basis, batch_documents: BatchDocuments) -> Settings:
    """Return the settings that a form describes; what is the operator's is read as the command line reads it."""
    settings = settings_from(EngineChoice(engine), PolicyChoice(policy), basis or None)
    return settings.model_copy(update={"batch_documents": batch_documents})
