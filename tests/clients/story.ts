// The story of story.py in TypeScript, by nothing but the client made from the description and without a cast.
// `settings.json` lies beside it: the address of a server, a token of who commands, the e-mail address of a responder,
// and the id and a token of who reviews. It prints what became of it, in JSON.

import {
  acceptReport, addActionItem, addContributingFactor, addLearning, addRetrospectiveEntry, addRetrospectiveParticipants,
  addTimelineEvent, answerRetrospectiveReview, assignRole, attachEvidence, changeRetrospective, closeIncident,
  endRetrospectiveSession, exportRetrospective, exportTimeline, getEvidenceFile, getIncidentRetrospective,
  listActionItems, listReviewChecks, listTimelineEvents, mitigateIncident, moveActionItem, moveHypothesis,
  postStatusUpdate, publishRetrospective, raiseHypothesis, recordMitigation, reportProblem,
  requestRetrospectiveReview, resolveIncident, revealLearnings, scheduleRetrospectiveSession, startRetrospectiveReview,
  startRetrospectiveSession, waiveReviewCheck, writeImpactStatement, writeSection,
} from "./client";
import type { Audience, Incident, Mitigation, Problem, Publication, Retrospective } from "./client";
import { createClient } from "./client/client";
import type { Client } from "./client/client";
import settings from "./settings.json";

const MINUTE = 60_000, DAY = 24 * 60 * MINUTE;
const later = (milliseconds: number): string => new Date(Date.now() + milliseconds).toISOString();
const dayIn = (days: number): string => later(days * DAY).slice(0, 10);

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`It does not hold: ${what}`);
}

function isSomething<T>(data: T): data is Exclude<T, void | null | undefined> {
  return data !== undefined && data !== null;
}

/** What was answered; a refusal is thrown in its own words. */
async function told<T>(asked: Promise<{ data?: T; error?: Problem }>): Promise<Exclude<T, void | null | undefined>> {
  const { data, error } = await asked;
  if (error) throw new Error(`${error.status} ${error.title}: ${error.detail}`);
  check(isSomething(data), "something was answered");
  return data;
}

/** An incident, from the report to its end. */
async function respond(client: Client, responder: string): Promise<Incident> {
  const report = { title: "Card payments fail", summary: "A third fail.", services: ["payments"] };
  const reported = await told(reportProblem({ client, body: report }));
  check(reported.status === "triage" && reported.commander === null, "it waits in triage");
  const path = { incident: reported.reference };
  const incident = await told(acceptReport({
    client, path, body: { severity: "SEV2", service_impact: "major_outage", takes_command: true },
  }));
  check(incident.status === "investigating", "it is declared");
  check(incident.affected_services.map((one) => one.service.slug).join() === "payments", "payments are affected");
  const declared = incident.milestones.declared_at.at;
  check(declared !== null && Date.parse(declared) <= Date.now(), "it is declared by now");
  const scribe = await told(assignRole({
    client, path: { ...path, role: "scribe" }, body: { person: responder, note: "Please write the timeline." },
  }));
  check(scribe.role.slug === "scribe" && scribe.ended_at === null, "there is a scribe");

  await collect(client, path);
  const tried = await tryToMitigate(client, path, responder);
  await communicate(client, path);

  const mitigated = await told(mitigateIncident({
    client, path,
    body: {
      note: "Rolled back",
      outcomes: [{ mitigation: tried.id, state: "worked" }],
      services: [{ service: "payments", impact: "operational" }],
      updates: { public: "It is better.", stakeholders: "It is better." },
      next_update_at: later(60 * MINUTE),
    },
  }));
  check(mitigated.status === "mitigated" && mitigated.affected_services.length === 0, "it is mitigated");
  const updates = { public: "It is over.", stakeholders: "It is over." };
  const refused = await resolveIncident({ client, path, body: { updates } });
  check(refused.response?.status === 422, "recovery checks are open");
  check(refused.error?.errors?.map((one) => one.pointer).join() === "/waive_reason", "a reason is asked for");
  await told(resolveIncident({ client, path, body: { updates, waive_reason: "Seen by hand" } }));
  const owner = incident.commander?.id ?? null;
  const closed = await told(closeIncident({ client, path, body: { owner } }));
  check(closed.status === "closed", "it is closed");
  return closed;
}

type OfIncident = { incident: string };

/** A note, with a picture beside it, and the timeline as text. */
async function collect(client: Client, path: OfIncident): Promise<void> {
  const body = { text: "The gateway answers 503", phase: "detected" } as const;
  const note = await told(addTimelineEvent({ client, path, body, headers: { "Idempotency-Key": "note-1" } }));
  check(note.phase === "detected", "it belongs to a phase");
  const file = new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])], "errors.png");
  const picture = await told(attachEvidence({
    client, path, body: { kind: "picture", title: "Errors by minute", event: note.id, file },
  }));
  check(picture.has_file && picture.event === note.id, "the picture belongs to the note");
  const kept = await told(getEvidenceFile({ client, path: { ...path, evidence: picture.id } }));
  check(kept instanceof Blob && kept.size === file.size, "the picture comes back as it was");
  const rows = await told(listTimelineEvents({ client, path, query: { kind: "note" } }));
  check(rows.results.map((row) => row.id).join() === `${note.id}` && rows.next === null, "it is in the timeline");
  const text = await told(exportTimeline({ client, path, query: { format: "markdown" } }));
  check(typeof text === "string" && text.includes(note.text), "it is in the exported timeline");
}

/** A hypothesis that is supported, and a mitigation that is applied. */
async function tryToMitigate(client: Client, path: OfIncident, owner: string): Promise<Mitigation> {
  const claim = { claim: "The pool is too small", confidence: "likely", owner } as const;
  const guess = await told(raiseHypothesis({ client, path, body: claim }));
  const moved = await told(moveHypothesis({
    client, path: { ...path, hypothesis: guess.id }, body: { state: "supported", verdict: "Seen in the log" },
  }));
  check(moved.state === "supported", "the hypothesis is supported");
  const tried = await told(recordMitigation({
    client, path, body: { text: "Roll back to 4.1", kind: "rollback", state: "applying", target: "payments" },
  }));
  check(tried.target?.slug === "payments" && tried.settled_at === null, "the rollback is under way");
  return tried;
}

async function communicate(client: Client, path: OfIncident): Promise<void> {
  const audiences: Audience[] = ["public", "stakeholders"];
  const update = await told(postStatusUpdate({
    client, path,
    body: {
      audiences,
      known: "A third of card payments fail.",
      unknown: "Why.",
      wordings: { public: { known: "Some card payments fail." } },
      public_title: "Card payments fail",
      next_update_at: later(60 * MINUTE),
    },
  }));
  check(update.audiences.join() === audiences.join(), "both audiences get it");
  check(update.wordings.public?.known === "Some card payments fail.", "the public reads its own words");
}

/** The retrospective that closing gave to its owner, from the frame to a published version. */
async function lookBack(client: Client, reviewer: Client, who: number, incident: Incident): Promise<Publication> {
  const started = await told(getIncidentRetrospective({ client, path: { incident: incident.reference } }));
  const path = { retrospective: started.id };
  const frame = { scope: "The evening", facilitator: started.owner?.id ?? null, due_on: dayIn(7) };
  const framed = await told(changeRetrospective({ client, path, body: frame }));
  check(framed.due_on === frame.due_on && framed.facilitator?.id === frame.facilitator, "it is framed");
  const seated = await told(addRetrospectiveParticipants({ client, path, body: { people: [who] } }));
  check(seated.participants.some((one) => one.person.id === who), "the reviewer takes part");

  await analyse(client, seated);

  const held = await told(scheduleRetrospectiveSession({
    client, path, body: { scheduled_at: later(60 * MINUTE), minutes: 30 },
  }));
  check(held.status === "scheduled", "the session is scheduled");
  await told(startRetrospectiveSession({ client, path }));
  await told(revealLearnings({ client, path }));
  await told(endRetrospectiveSession({ client, path }));

  await told(startRetrospectiveReview({ client, path, body: { reason: "Everybody has read it." } }));
  const review = await told(requestRetrospectiveReview({ client, path, body: { reviewer: who } }));
  const answer = await told(answerRetrospectiveReview({
    client: reviewer, path: { ...path, review: review.id }, body: { verdict: "approved", note: "Clear." },
  }));
  check(answer.answered_at !== null, "the review is answered");
  const checks = await told(listReviewChecks({ client, path }));
  for (const open of checks.results.filter((one) => !one.is_settled)) {
    const body = { reason: `It is small: ${open.name}` };
    const waived = await waiveReviewCheck({ client, path: { ...path, check: open.name }, body });
    check(waived.response?.status === 204, "the check is waived");
  }
  const published = await told(publishRetrospective({ client, path, body: { note: "First version" } }));
  const text = await told(exportRetrospective({ client, path, query: { format: "md" } }));
  check(typeof text === "string" && text.startsWith("# Card payments fail"), "it can be read");
  return published;
}

/** What happened, why, what it meant, what was learned, and what will be done. */
async function analyse(client: Client, retrospective: Retrospective): Promise<void> {
  const path = { retrospective: retrospective.id };
  const entry = await told(addRetrospectiveEntry({
    client, path, body: { text: "The pool was full", occurred_at: later(0), kind: "note" },
  }));
  const text = "Payments failed for **20 minutes**.";
  const section = await told(writeSection({ client, path: { ...path, section: "summary" }, body: { text } }));
  check(section.version === 1, "the summary is written");
  const stated = await told(writeImpactStatement({
    client, path: { ...path, dimension: "customers" },
    body: { text: "They could not pay.", numbers: [{ name: "Failed payments", value: "1,240" }] },
  }));
  check(stated.numbers[0]?.value === "1,240", "the impact has a number");
  const factor = await told(addContributingFactor({
    client, path, body: { text: "The pool has one size", level: "systemic", category: "Process" },
  }));
  check(factor.parent === null && factor.level === "systemic", "a factor is found");
  const [column] = retrospective.columns;
  check(column !== undefined, "there is a column for learnings");
  const learning = await told(addLearning({
    client, path, body: { kind: column.key, text: "Nobody watched the pool.", entries: [entry.id] },
  }));
  check(learning.entries.includes(entry.id), "the learning refers to the timeline");
  const item = await told(addActionItem({
    client,
    body: {
      title: "Alert before the pool is full",
      priority: "P2",
      retrospective: retrospective.id,
      factor: factor.id,
      due_on: dayIn(30),
      verification: "The alert comes in a test.",
    },
  }));
  check(item.factor?.id === factor.id && item.state === "open", "the action item addresses the factor");
  await told(moveActionItem({ client, path: { item: item.reference }, body: { state: "in_progress" } }));
  const items = await told(listActionItems({ client, query: { retrospective: retrospective.id } }));
  check(items.results.map((one) => one.state).join() === "in_progress", "it is in progress");
}

const clientOf = (token: string): Client => createClient({ baseUrl: settings.url, auth: token });
const client = clientOf(settings.token);
const incident = await respond(client, settings.responder);
const published = await lookBack(client, clientOf(settings.reviewer_token), Number(settings.reviewer), incident);
console.log(JSON.stringify({
  incident: incident.reference, retrospective: published.retrospective, version: published.number,
}));
