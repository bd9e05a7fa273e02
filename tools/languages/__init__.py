"""Generate, compile and run a client of the contract in other languages: `nox -s languages`."""
