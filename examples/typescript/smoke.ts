// Smoke program: the topup order operations of a reseller, on the types that openapi-typescript generates.
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./generated/schema.ts";

const LIST = "/api/v1/topups/orders";
const ORDER = "/api/v1/topups/orders/{id}";
const EMAIL = "/api/v1/topups/orders/{id}/notification-email";
const FINAL = ["DELIVERED", "FAILED", "CANCELLED"];

const { OCTOPUS_CARDS_BASE_URL: baseUrl, OCTOPUS_CARDS_TOKEN: token, POLL_SECONDS: seconds = "5" } = process.env;
if (!baseUrl || !token) throw new Error("OCTOPUS_CARDS_BASE_URL and OCTOPUS_CARDS_TOKEN must be set");

// JSON.parse also passes the source text of a number, with all its digits. (TypeScript's types lack this argument.)
type Reviver = (key: string, value: unknown, context: { source: string }) => unknown;
const exactMoney = ((key, value, { source }) =>
  /(amount|total|payable)$/.test(key) && typeof value === "number" ? source : value) satisfies Reviver as () => unknown;

const octopus: Middleware = {
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token}`);
    return new Request(request, { redirect: "error", signal: AbortSignal.timeout(30_000) });
  },
  async onResponse({ response }) {
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) return response;
    const text = JSON.stringify(JSON.parse(await response.text(), exactMoney));
    return new Response(text, { status: response.status, headers: response.headers });
  },
};
const client = createClient<paths>({ baseUrl });
client.use(octopus);

/** List all pages by their headers (each may be missing) and return the id of the newest order. */
async function list(): Promise<number> {
  const ids: number[] = [];
  for (let page = 1, more = true; more; page++) {
    const result = await client.GET(LIST, { params: { query: { page, per_page: 3 } } });
    const { headers } = result.response;
    const found = body(result).map((order) => order.id);
    console.log(`page ${page} of ${headers.get("X-Total-Pages") ?? "?"}: ${found.join(" ")}`);
    ids.push(...found);
    more = (headers.get("X-Has-More") ?? String(found.length === 3)) === "true";
  }
  if (ids[0] === undefined) throw new Error("there is no order");
  return ids[0];
}

function body<T>({ data, response }: { data?: T; response: Response }): T {
  if (data === undefined) throw new Error(`unexpected response: ${response.status}`);
  return data;
}

/** Send the same request until the server accepts it or refuses it as a duplicate of a lost attempt. */
async function place(purchase: components["schemas"]["NewTopupOrder"] & { client_reference: string }) {
  for (let lost = false, attempt = 1; attempt <= 8; attempt++) {
    const made = await client.POST(LIST, { body: purchase }).catch(() => undefined);
    if (made?.data) return made.data;
    if (!made || made.response.status >= 500) {
      lost = true; // the order may exist
    } else if (!lost && !/duplicate.*client_reference/i.test(made.error?.error.message ?? "")) {
      throw new Error(`not ordered: ${made.response.status} ${made.error?.error.message}`);
    } else {
      const order = await find(purchase.client_reference);
      if (order && !isDeepStrictEqual(order.input_data, purchase.input_data))
        throw new Error(`the reference belongs to another purchase: ${order.id}`);
      if (order) return order;
    }
    await sleep(Number(seconds) * 1000);
  }
  throw new Error(`unknown, try again later: ${purchase.client_reference}`);
}

/** Return the order with a reference, or undefined if the list does not show it (yet). */
async function find(client_reference: string) {
  const [listed] = body(await client.GET(LIST, { params: { query: { client_reference } } }));
  // The list may omit the recipient.
  return listed && body(await client.GET(ORDER, { params: { path: { id: listed.id } } }));
}

const id = await list();
const ofOrder = { params: { path: { id } } };
let order = body(await client.GET(ORDER, ofOrder));
console.log(`order ${id}: ${order.status}, ${order.amount} ${order.currency}`);

const stored = await client.PATCH(EMAIL, { ...ofOrder, body: { email: "customer@example.com" } });
console.log(`e-mail: ${body(stored).message}`);

const { error, response: refused } = await client.GET(ORDER, { params: { path: { id: 1 } } });
console.log(`error ${refused.status} ${error?.error.code}: ${error?.error.message}`);

const deadline = Date.now() + 600_000;
while (!order.completed_at && !FINAL.includes(order.status)) {
  if (Date.now() > deadline) throw new Error(`still ${order.status}`);
  await sleep(Number(seconds) * 1000);
  order = body(await client.GET(ORDER, ofOrder));
}
const completed = order.completed_at && `, completed ${new Date(order.completed_at).toISOString().replace(/\.\d+/, "")}`;
console.log(`final ${id}: ${order.status}${completed ?? ""}`);

// A reference of the purchase, stored with it before the first attempt, prevents a second order.
const input_data = { player_id: "5123456789", server: "asia" };
const placed = await place({ product_id: 4218, amount: 4.99, input_data, client_reference: "PURCHASE-0001" });
console.log(`placed ${placed.client_reference}: ${placed.status}, ${placed.amount} ${placed.currency}`);
