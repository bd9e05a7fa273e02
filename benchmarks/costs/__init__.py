"""What the client costs beside what one would otherwise take: `nox -s benchmarks` runs it."""
