"""The contract taken up in other languages: generated, compiled, and run against the emulator: `nox -s languages`."""
