"""Compare the contract and the Python packages with the last release: `nox -s breaking`.

oasdiff compares the contract, griffe compares the Python packages. CHANGELOG.md lists every change. A breaking
change needs a new major version, and any other change needs a higher version.
"""
