"""Run the command `octopus-cards` as `python -m octopus_cards`."""

import sys

from octopus_cards.cli import main

if __name__ == "__main__":  # tools that import every module must not run the command
    sys.exit(main())
