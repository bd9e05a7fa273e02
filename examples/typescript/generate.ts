// Generate generated/schema.ts from the contract. Money becomes a string, because a JavaScript number would round it.
import { mkdirSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const [contract = "openapi.yaml"] = process.argv.slice(2);
const types = await openapiTS(new URL(contract, `file://${process.cwd()}/`), {
  transform: (_schema, { path }) =>
    path === "#/components/schemas/Money" ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword) : undefined,
});
mkdirSync("generated", { recursive: true });
writeFileSync("generated/schema.ts", astToString(types));
