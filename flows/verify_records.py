"""Deployment ``verify-records``: read finished outputs again, and list where they are not what they claim to be."""

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from colophon.reading.editions import outputs_in
from colophon.showing import isolated
from colophon.verifying import Verified, verify
from flows import forms

Folder = Annotated[str, forms.field("Folder", "An output folder, or one with dated folders: all are verified")]
MostDifferences = Annotated[
    int,
    forms.field("Most differences shown", "The rest are counted; the run fails anyway", ge=1, le=5000),
]


@flow(name="verify-records", persist_result=False)
def verify_records(folder: Folder, most_differences: MostDifferences = 200) -> State[None]:
    """Check hashes, ids, signatures, spans, and sources that can still be read; Failed when anything differs."""
    outputs = outputs_in(Path(folder))
    if not outputs:
        return Completed(message=f"nothing verified: {folder} has no finished output, itself or in dated folders")
    done = Verified()
    codes: Counter[str] = Counter()
    rows: list[dict[str, str]] = []
    for out in outputs:
        differences = verify(out, done)
        for difference in islice(differences, most_differences - len(rows)):
            codes[difference.code] += 1
            rows.append(
                {
                    "output": isolated(str(out)),
                    "where": isolated(difference.where),
                    "what": difference.code,
                    "detail": isolated(difference.detail),
                }
            )
        codes.update(difference.code for difference in differences)
    create_table_artifact(key="differences", table=rows, description=f"What differs in {folder}, at most")
    counted = ", ".join(f"{count} {code}" for code, count in codes.most_common()) or "no differences"
    message = f"{len(outputs)} outputs: {done}; {counted}"
    get_run_logger().info(message)
    return Failed(message=message) if codes else Completed(message=message)


if __name__ == "__main__":
    verify_records(folder="out/flow")
