"""``python -m glm_magic``; a chain that is sampled in another process imports this file, and does nothing here."""

import sys

from glm_magic.command import main

if __name__ == "__main__":
    sys.exit(main())
