"""`python -m octopus_cards` is the command `octopus-cards`."""

import sys

from octopus_cards.cli import main

sys.exit(main())
