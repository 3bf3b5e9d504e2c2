"""The Chromium of this machine, and how it is started."""

from __future__ import annotations

import os
import shutil

CHROMIUM = os.environ.get("GLM_MAGIC_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Its sandbox does not work for root or in containers.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"]
