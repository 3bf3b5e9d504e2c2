"""Write the generated files of ``js/src/engine``; a file that would not change is left as it is."""

from __future__ import annotations

import sys
from pathlib import Path

from translate.generated import files
from translate.source import Refused

OUT = Path(__file__).parents[1] / "src" / "engine"


def main() -> int:
    """Return 0, or 1 with the reason on standard error."""
    try:
        written = files()
    except Refused as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    for name, text in written.items():
        path = OUT / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    return 0


sys.exit(main())
