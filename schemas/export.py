"""Write the JSON Schema of the record from ``colophon/records.py``, or check that the committed one is current.

python schemas/export.py [--check]
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # a clone that was never installed has its package here

from colophon.records import record_schema  # noqa: E402

PATH = ROOT / "schemas" / "document-record.v1.schema.json"
REPAIR = "python schemas/export.py"


def rendered() -> str:
    """Return the schema as it is committed."""
    return json.dumps(record_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check; return the exit code."""
    if arguments not in ([], ["--check"]):
        print(f"usage: {REPAIR} [--check]", file=sys.stderr)
        return 2
    if not arguments:
        PATH.write_text(rendered(), encoding="utf-8")
        return 0
    current = PATH.is_file() and PATH.read_text(encoding="utf-8") == rendered()
    if not current:
        print(f"{PATH.name} is not what colophon/records.py says: {REPAIR}", file=sys.stderr)
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
