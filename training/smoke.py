"""Train a toy for a quarter of a minute, export it and score it: shows that the program works, not that it translates.

python -m training.smoke [../shared/data/he-en]
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data/he-en")
    if not folder.is_dir():
        print(f"{folder} does not exist: the training data is not part of the repository", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        run = Path(scratch) / "run"
        toy, dev = "training/config/smoke.toml", str(folder / "dev")
        steps = (
            ["training.train", str(folder), "--config", toy, "--out", str(run), "--minutes", "0.25"],
            ["training.export", str(run / "fallen.pt"), "--shape", str(run / "shape.json"),
             "--vocabulary", str(run / "vocabulary.model"), "--out", str(run / "model")],
            ["training.evaluate", str(run / "model"), "--dev", dev, "--flores-lines", "0", "--beam", "1"],
        )  # fmt: skip
        for step in steps:
            subprocess.run([sys.executable, "-m", *step], check=True)
            if step[0] == "training.export":
                shutil.copy(run / "glosses.tsv", run / "model")  # as a release does: the toy reads them too
    return 0


if __name__ == "__main__":
    sys.exit(main())
