"""`python -m commonhold` is the command `commonhold`."""

import sys

from commonhold.cli import main

sys.exit(main())
