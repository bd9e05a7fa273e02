"""The costs of this client compared with its alternatives: `nox -s benchmarks` runs them."""
