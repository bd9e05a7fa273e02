"""What changed since the last release, and whether it breaks anybody: `nox -s breaking`.

The contract is compared by oasdiff, the Python surface by griffe. Every change goes into CHANGELOG.md; one that
breaks needs a new major version, and any change a new version.
"""
