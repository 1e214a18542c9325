// Sends events as the CloudEvents SDK writes them: in headers, in one body, in a batch. Prints what was answered.
import { CloudEvent, HTTP } from "cloudevents";

const [address, key] = process.argv.slice(2);
const event = (subject, data) => new CloudEvent({ type: "com.example.disk", source: "/db", subject, data });
const send = async ({ headers, body }) => {
  const answer = await fetch(address, { method: "POST", headers: { ...headers, Authorization: `Bearer ${key}` }, body });
  return answer.status;
};

const told = { title: "Disk is full", severity: "critical", service: "payments" };
const batch = [event("three", { ...told, title: "Third" }), event("four", { ...told, title: "Fourth" })];
console.log(JSON.stringify([
  await send(HTTP.binary(event("one", told))),
  await send(HTTP.structured(event("two", { ...told, title: "Disk is slow" }))),
  await send({ headers: { "Content-Type": "application/cloudevents-batch+json" }, body: JSON.stringify(batch) }),
  await send(HTTP.binary(event("one", { ...told, state: "resolved" }))),
]));
