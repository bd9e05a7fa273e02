"""What one more operation costs: the contract, `nox -s generate`, and a few lines in one resource module.

Each made-up operation is added to a copy of the project and then called, by both clients.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from support.paths import PROJECT

pytest.importorskip("openapi_python_client", reason="the generator is not installed; nox -s spec runs this")

MODULE = "octopus_cards/resources/_async/topups.py"
COMMON = """\
      tags: [topup orders]
      summary: Made up
      description: Made up.
      x-source: {page: made/up, part: whole page, seen: inferred}
      x-timeout: 30
"""
SUCCESS = """\
      responses:
        '200':
          description: Made up.
          content:
            application/json:
              schema: SCHEMA
"""
SHOP = """\
    Shop:
      type: object
      description: A made-up shop.
      x-source: {page: made/up, part: whole page, seen: inferred}
      required: [id, credit]
      properties:
        id: {type: integer, description: Made up.}
        credit: {$ref: '#/components/schemas/Money'}
        pin: {type: string, description: Made up., x-sensitive: true}
    OpenShop:
      type: object
      description: A made-up request.
      x-source: {page: made/up, part: whole page, seen: inferred}
      required: [name, credit]
      properties:
        name: {type: string, minLength: 1, maxLength: 9, description: Made up.}
        credit: {$ref: '#/components/schemas/Money'}
        extras: {type: object, additionalProperties: true, description: Made up.}

"""


class NewOperation(NamedTuple):
    """An operation that the project does not have."""

    title: str
    path: str
    definition: str
    method: str
    call: str
    printed: str


ONE = "{$ref: '#/components/schemas/Shop'}"
MANY = "{type: array, items: {$ref: '#/components/schemas/Shop'}}"
BODY = """\
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/OpenShop'}
"""
PARAMETERS = """\
      parameters:
        - $ref: '#/components/parameters/Page'
        - $ref: '#/components/parameters/PerPage'
        - $ref: '#/components/parameters/RequestId'
"""
OPERATIONS = [
    NewOperation(
        "one GET",
        "/api/v1/shops/{id}",
        "    get:\n      operationId: getShop\n" + COMMON + "      x-idempotent: true\n      x-rate-class: read\n"
        "      parameters:\n        - {name: id, in: path, required: true, description: Made up.,\n"
        "           schema: {type: integer, minimum: 1}}\n" + SUCCESS.replace("SCHEMA", ONE),
        """\
    async def shop(self, shop_id: int) -> Shop:
        \"\"\"Return a shop: one call.\"\"\"
        return await self._call(GET_SHOP, id=shop_id)
""",
        "topups.shop(7)",
        "Shop(id=7, credit=Decimal('1.50'), pin=<withheld>)",
    ),
    NewOperation(
        "one paginated list",
        "/api/v1/shops",
        "    get:\n      operationId: listShops\n" + COMMON + "      x-idempotent: true\n      x-rate-class: read\n"
        "      x-paging: {style: numbered, page: page, size: per_page}\n"
        + PARAMETERS
        + SUCCESS.replace("SCHEMA", MANY),
        """\
    def shops(self, *, per_page: int = 2) -> AsyncItemList[Shop]:
        \"\"\"Return all shops: one call a page.\"\"\"
        return AsyncItemList(self._driver, self._pages(LIST_SHOPS, None, {}, per_page=per_page))
""",
        "topups.shops()",
        "[1, 2, 3]",
    ),
    NewOperation(
        "one POST",
        "/api/v1/shops",
        "    post:\n      operationId: openShop\n"
        + COMMON
        + "      x-idempotent: false\n      x-rate-class: order\n"
        + BODY
        + SUCCESS.replace("SCHEMA", ONE),
        """\
    async def open_shop(self, name: str, credit: Decimal | int | str) -> Shop:
        \"\"\"Open a shop: one call.\"\"\"
        return await self._call(OPEN_SHOP, name=name, credit=credit)
""",
        "topups.open_shop('x', Decimal('1.50'))",
        "Shop(id=8, credit=Decimal('1.50'), pin=<withheld>)",
    ),
]
PROGRAM = """if True:
    import asyncio, httpx
    from decimal import Decimal
    import octopus_cards as oc

    def answer(request):
        if request.method == "POST":
            assert request.content == b'{"name":"x","credit":1.50}', request.content
            return httpx.Response(200, text='{"id": 8, "credit": 1.50, "pin": "1234"}')
        if request.url.path.endswith("/7"):
            return httpx.Response(200, text='{"id": 7, "credit": 1.50, "pin": "1234"}')
        rows = {"1": "[1,2]", "2": "[2,3]", "3": "[]"}[request.url.params["page"]]
        return httpx.Response(200, json=[{"id": n, "credit": 1} for n in eval(rows)])

    def show(result):
        print([shop.id for shop in result] if isinstance(result, list) else result)

    async def main():
        topups = oc.AsyncOctopusCards("t", transport=httpx.MockTransport(answer)).topups
        result = CALL
        show([shop async for shop in result] if isinstance(result, oc.AsyncItemList) else await result)

    topups = oc.OctopusCards("t", transport=httpx.MockTransport(answer)).topups
    result = CALL
    show(list(result) if isinstance(result, oc.ItemList) else result)
    asyncio.run(main())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy the generated package, the generator and the contract into a folder, and return the folder."""
    for folder in ("spec", "tools", "generated", "octopus_cards"):
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Return the hand-written files of the package."""
    files = (folder / "octopus_cards").rglob("*.py")
    written = [path for path in files if not path.read_text("utf-8").startswith("# Made by `nox -s generate`")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in written}


@pytest.mark.parametrize("new", OPERATIONS, ids=lambda new: new.title)
def test_an_operation_costs_the_contract_and_a_few_lines_in_one_module(copy: Path, new: NewOperation) -> None:
    before = contents(copy)
    contract = copy / "spec" / "openapi.yaml"
    text = contract.read_text("utf-8")
    text = text.replace("components:\n", f"  {new.path}:\n{new.definition}\ncomponents:\n", 1)
    contract.write_text(text.replace("  schemas:\n", f"  schemas:\n{SHOP}", 1), "utf-8")
    constant = {"one GET": "GET_SHOP", "one paginated list": "LIST_SHOPS", "one POST": "OPEN_SHOP"}[new.title]
    module = copy / MODULE
    imports = (
        "from decimal import Decimal\nfrom octopus_cards.resources._async.base import AsyncItemList\n"
        f"from octopus_cards_api.models import Shop\nfrom octopus_cards_api.operations import {constant}\n"
    )
    source = module.read_text("utf-8").replace("from functools import", f"{imports}from functools import", 1)
    module.write_text(f"{source}\n{new.method}", "utf-8")
    assert len([*imports.splitlines(), *new.method.splitlines()]) <= 10

    generated = subprocess.run(
        [sys.executable, "tools/generate", "generated/octopus_cards_api"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert generated.returncode == 0, generated.stderr
    changed = {name for name, content in contents(copy).items() if before.get(name) != content}
    assert changed == {MODULE}
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(copy), str(copy / "generated")])}
    command = [sys.executable, "-c", PROGRAM.replace("CALL", new.call)]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [new.printed] * 2, done.stderr
