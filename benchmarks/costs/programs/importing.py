"""How long an import takes."""

import json
import sys
import time

statement = compile(sys.argv[1], "<statement>", "exec")
began = time.perf_counter()
exec(statement)
print(json.dumps(time.perf_counter() - began))
