// ImapFlow: what a webmail does with an account. The tests are in imapflow_test.py; here what is wrong throws.
"use strict";
const assert = require("node:assert");
const { ImapFlow } = require("imapflow");

const message = (subject) =>
  `From: a@far.test\r\nTo: alice@demo.test\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@far.test>\r\n\r\nBody of ${subject}\r\n`;

function client(options) {
  return new ImapFlow({
    host: "localhost", port: Number(process.env.PORT_IMAPS), secure: true, logger: false, qresync: true,
    auth: { user: "alice@demo.test", pass: process.env.PASSWORD }, ...options,
  });
}

async function all(iterator) {
  const found = [];
  for await (const one of iterator) found.push(one);
  return found;
}

async function connectEachWay() {
  const ways = [{}, { port: Number(process.env.PORT_IMAP), secure: false },
                { auth: { user: "alice@demo.test", pass: process.env.PASSWORD, loginMethod: "AUTH=LOGIN" } },
                { auth: { user: "alice@demo.test", pass: process.env.PASSWORD, loginMethod: "LOGIN" } }];
  for (const way of ways) {
    const flow = client(way);
    await flow.connect();
    assert.ok(flow.secureConnection, "STARTTLS is taken by itself");
    assert.strictEqual(flow.serverInfo.name, "Posthorn");
    assert.ok(flow.enabled.has("CONDSTORE") || flow.enabled.has("QRESYNC"), [...flow.enabled].join());
    await flow.logout();
  }
  const wrong = client({ auth: { user: "alice@demo.test", pass: "wrong" } });
  await assert.rejects(wrong.connect(), (error) => error.authenticationFailed && error.serverResponseCode === "AUTHENTICATIONFAILED");
  wrong.close();
}

async function mailboxes(flow) {
  const uses = Object.fromEntries((await flow.list({ statusQuery: { messages: true, unseen: true } }))
    .filter((box) => box.specialUse).map((box) => [box.specialUse, box.path]));
  assert.deepStrictEqual(uses, { "\\Inbox": "INBOX", "\\Archive": "Archive", "\\Drafts": "Drafts", "\\Junk": "Junk",
                                 "\\Sent": "Sent", "\\Trash": "Trash" });
  const made = await flow.mailboxCreate(["Entwürfe & Co", "日本"]);
  assert.ok(made.created);
  assert.strictEqual((await flow.mailboxCreate("Entwürfe & Co/日本")).created, false);
  await flow.mailboxSubscribe(made.path);
  assert.ok((await flow.list()).find((box) => box.path === made.path).subscribed);
  await flow.mailboxRename(made.path, "Renamed");
  assert.strictEqual((await flow.status("Renamed", { messages: true, uidNext: true, highestModseq: true })).messages, 0);
  await flow.mailboxDelete("Renamed");
}

async function messages(flow) {
  await flow.mailboxCreate("Work");
  const appended = await flow.append("Work", message("one"), ["\\Seen", "$Label1"], new Date("2020-01-02T03:04:05Z"));
  assert.strictEqual(appended.uid, 1);
  for (const subject of ["two", "three", "four"]) await flow.append("Work", message(subject));
  const box = await flow.mailboxOpen("Work");
  assert.strictEqual(box.exists, 4);
  assert.ok(box.permanentFlags.has("\\*"));
  const one = await flow.fetchOne("1", { uid: true, flags: true, envelope: true, bodyStructure: true, internalDate: true,
                                         size: true, source: true, headers: ["subject"], threadId: true, bodyParts: ["1"] });
  assert.strictEqual(one.envelope.subject, "one");
  assert.strictEqual(one.internalDate.toISOString(), "2020-01-02T03:04:05.000Z");
  assert.deepStrictEqual([...one.flags].filter((flag) => flag !== "\\Recent").sort(), ["$Label1", "\\Seen"]);
  assert.strictEqual(one.source.toString(), message("one"));
  assert.strictEqual(one.size, one.source.length);
  assert.strictEqual(one.bodyStructure.type, "text/plain");

  const before = flow.mailbox.highestModseq;
  assert.ok(await flow.messageFlagsAdd("2:3", ["\\Flagged"], { uid: true }));
  assert.ok(await flow.messageFlagsSet("4", ["\\Answered", "$Forwarded"], { uid: true }));
  const changed = await all(flow.fetch("1:*", { uid: true, flags: true }, { changedSince: before }));
  assert.deepStrictEqual(changed.map((m) => m.uid), [2, 3, 4]);
  assert.deepStrictEqual(await flow.search({ flagged: true, seen: false }, { uid: true }), [2, 3]);
  assert.deepStrictEqual(await flow.search({ or: [{ subject: "two" }, { body: "Body of four" }] }, { uid: true }), [2, 4]);
  assert.deepStrictEqual(await flow.search({ before: new Date("2020-02-01") }, { uid: true }), [1]);
  assert.deepStrictEqual(await flow.search({ keyword: "$Forwarded", modseq: before + 1n }, { uid: true }), [4]);

  const content = await flow.download("2", "1", { uid: true });
  let text = "";
  for await (const piece of content.content) text += piece;
  assert.strictEqual(text.trim(), "Body of two");

  const moved = await flow.messageMove("1", "Archive", { uid: true });
  assert.deepStrictEqual([...moved.uidMap], [[1, 1]]);
  const copied = await flow.messageCopy("2", "Archive", { uid: true });
  assert.deepStrictEqual([...copied.uidMap], [[2, 2]]);
  assert.ok(await flow.messageDelete("3", { uid: true }));
  assert.deepStrictEqual((await all(flow.fetch("1:*", { uid: true }))).map((m) => m.uid), [2, 4]);
}

// QRESYNC: what vanished while nobody looked is told when the mailbox is opened again.
async function resync(flow) {
  await flow.mailboxOpen("Work");
  const { uidValidity, highestModseq } = flow.mailbox;
  await flow.mailboxClose();
  const other = client();
  await other.connect();
  await other.mailboxOpen("Work");
  await other.messageDelete("2", { uid: true });
  await other.append("Work", message("five"));
  await other.logout();
  const gone = [];
  flow.on("expunge", (event) => gone.push(event));
  await flow.mailboxOpen("Work", { uidValidity, changedSince: highestModseq });
  const changed = await all(flow.fetch("1:*", { uid: true }, { uid: true, changedSince: highestModseq }));
  assert.deepStrictEqual(changed.map((m) => m.uid), [5]);
  assert.deepStrictEqual([...new Set(gone.map((event) => event.uid))], [2]);
  assert.ok(gone[0].vanished && gone[0].earlier);
}

// IDLE: what another connection does is heard; two of them at once.
async function idle(flow) {
  const lock = await flow.getMailboxLock("INBOX");
  try {
    const heard = [];
    const news = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`heard only ${JSON.stringify(heard)}`)), 10000);
      const hear = (what) => (event) => {
        heard.push(what);
        if (["exists", "flags", "expunge"].every((kind) => heard.includes(kind))) { clearTimeout(timer); resolve(); }
      };
      for (const kind of ["exists", "flags", "expunge"]) flow.on(kind, hear(kind));
    });
    const idling = flow.idle();
    const other = client();
    await other.connect();
    await other.append("INBOX", message("during idle"));
    await other.mailboxOpen("INBOX");
    const uid = (await other.fetchOne("*", { uid: true })).uid;
    await other.messageFlagsAdd(String(uid), ["\\Flagged"], { uid: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.messageDelete(String(uid), { uid: true });
    await news;
    await other.logout();
    await flow.noop();
    await idling;
  } finally {
    lock.release();
  }
}

async function main() {
  await connectEachWay();
  const flow = client();
  await flow.connect();
  for (const step of [mailboxes, messages, resync, idle]) {
    await step(flow);
    console.log(step.name, "done");
  }
  await flow.logout();
  console.log("logged out");
}

main().catch((error) => {
  console.error(error, error.response ?? "", error.responseText ?? "");
  process.exit(1);
});
