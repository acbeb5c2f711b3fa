"""Write sizes and SHA-256 of a model's files into catalogue.toml, or check that they are there.

    python models/seal.py [--check]

Rewrites the lines between ``files = [`` and ``]`` of each model; the folder's files are listed, all of them.
"""

import re
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
_BLOCK = re.compile(r'(?P<head>^folder = "(?P<folder>[^"\n]+)"$.*?)^files = \[$.*?^\]$', re.DOTALL | re.MULTILINE)


def listed(folder: Path) -> str:
    """Return the ``files`` block of ``folder``."""
    rows = [
        f'  {{ path = "{path.relative_to(folder).as_posix()}", size = {path.stat().st_size}, '
        f'sha256 = "{sha256(path.read_bytes()).hexdigest()}" }},'
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "card.md"
    ]
    return "files = [\n" + "\n".join(rows) + "\n]"


def sealed(text: str) -> str:
    """Return the catalogue with every ``files`` block as the folders are now."""
    return _BLOCK.sub(lambda found: found["head"] + listed(HERE / found["folder"]), text)


def main() -> int:
    path = HERE / "catalogue.toml"
    before = path.read_text(encoding="utf-8")
    after = sealed(before)
    if "--check" in sys.argv[1:]:
        print("catalogue.toml is current" if before == after else "catalogue.toml is stale: python models/seal.py")
        return int(before != after)
    path.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
