// Nodemailer: what web applications send with. The tests are in nodemailer_test.py.
"use strict";
const assert = require("node:assert");
const nodemailer = require("nodemailer");

const auth = { user: "alice@demo.test", pass: process.env.PASSWORD };
const tls = { host: "localhost", port: Number(process.env.PORT_SUBMISSIONS), secure: true, auth };
const starttls = { host: "localhost", port: Number(process.env.PORT_SUBMISSION), requireTLS: true, auth };

async function verify() {
  for (const options of [tls, starttls, { ...tls, authMethod: "LOGIN" }, { ...starttls, authMethod: "PLAIN" }])
    assert.ok(await nodemailer.createTransport(options).verify());
  const wrong = nodemailer.createTransport({ ...tls, auth: { ...auth, pass: "wrong" } });
  await assert.rejects(wrong.verify(), (error) => error.code === "EAUTH" && error.responseCode === 535);
}

async function attachments(transport) {
  const sent = await transport.sendMail({
    from: "Alice <alice@demo.test>", to: "bob@demo.test", subject: "Anlagen für Zoë", text: "Schöne Grüße\n.\n..\n",
    html: "<p>Schöne <b>Grüße</b></p>", attachments: [
      { filename: "Übersicht.txt", content: "one\ntwo\n" },
      { filename: "bytes.bin", content: Buffer.from(Array.from({ length: 300000 }, (_, n) => n * 7 % 256)) }],
  });
  assert.deepStrictEqual([sent.accepted, sent.rejected], [["bob@demo.test"], []]);
  assert.match(sent.response, /^250 2\.0\.0/);
}

async function eightBit(transport) {
  await transport.sendMail({
    envelope: { from: "alice@demo.test", to: ["bob@demo.test"], use8BitMime: true },
    raw: "From: alice@demo.test\r\nTo: bob@demo.test\r\nSubject: 8bit\r\nMIME-Version: 1.0\r\n" +
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße, 日本\r\n",
  });
}

async function utf8Addresses(transport) {
  const sent = await transport.sendMail({ from: "alice@demo.test", to: ["bob@demo.test", "日本@demo.test"],
                                          subject: "an address in UTF-8", text: "x" });
  assert.deepStrictEqual(sent.rejected, ["日本@demo.test"], "there is no such account; the other gets it");
  assert.strictEqual(sent.rejectedErrors[0].responseCode, 550);
}

async function deliveryStatus(transport) {
  const sent = await transport.sendMail({ from: "alice@demo.test", to: "bob@demo.test", subject: "with DSN", text: "x",
                                          dsn: { id: "id+1", return: "headers", notify: ["failure", "delay"],
                                                 recipient: "alice@demo.test" } });
  assert.deepStrictEqual(sent.accepted, ["bob@demo.test"]);
}

async function pool() {
  const transport = nodemailer.createTransport({ ...tls, pool: true, maxConnections: 3, maxMessages: 10 });
  await Promise.all(Array.from({ length: 60 }, (_, n) =>
    transport.sendMail({ from: "alice@demo.test", to: "bob@demo.test", subject: `pooled ${n}`, text: `${n}\n` })));
  transport.close();
}

async function refused(transport) {
  await assert.rejects(transport.sendMail({ from: "alice@demo.test", to: "nobody@demo.test", text: "x" }),
                       (error) => error.code === "EENVELOPE" && error.responseCode === 550);
  await assert.rejects(transport.sendMail({ from: "alice@demo.test", to: "bob@demo.test", text: "x".repeat(60e6) }),
                       (error) => error.responseCode === 552, "more than SIZE");
}

async function main() {
  await verify();
  const transport = nodemailer.createTransport(starttls);
  for (const step of [attachments, eightBit, utf8Addresses, deliveryStatus, pool, refused]) {
    await step(transport);
    console.log(step.name, "done");
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
