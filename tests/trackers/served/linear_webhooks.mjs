// Gives signed bodies to the webhook handler of Linear's SDK. Prints the status that each is answered with.
import { readFileSync } from "node:fs";
import { LinearWebhookClient } from "@linear/sdk/webhooks";

const { secret, cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const handler = new LinearWebhookClient(secret).createHandler();
const statuses = [];
for (const [signature, body] of cases) {
  const headers = { "Linear-Signature": signature, "Content-Type": "application/json" };
  statuses.push((await handler(new Request("https://allclear.example.test/", { method: "POST", headers, body }))).status);
}
console.log(JSON.stringify(statuses));
