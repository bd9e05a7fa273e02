"""Run the command `octopus-cards` as `python -m octopus_cards`."""

import sys

from octopus_cards.cli import main

sys.exit(main())
