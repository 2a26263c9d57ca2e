"""`python -m segaudit` is `segaudit`."""

import sys

from segaudit.cli import main

if __name__ == "__main__":
    sys.exit(main())
