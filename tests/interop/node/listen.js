// ImapFlow waits in IDLE in INBOX and prints what it hears, a line each, until it is ended.
"use strict";
const { ImapFlow } = require("imapflow");

const flow = new ImapFlow({ host: "localhost", port: Number(process.env.PORT_IMAPS), secure: true, logger: false,
                            auth: { user: "alice@demo.test", pass: process.env.PASSWORD } });

async function main() {
  await flow.connect();
  flow.on("exists", (event) => console.log("exists", event.count));
  flow.on("flags", (event) => console.log("flags", event.seq, [...event.flags].sort().join(" ")));
  flow.on("expunge", (event) => console.log("expunge", event.seq));
  await flow.mailboxOpen("INBOX");
  console.log("ready");
  for (;;) await flow.idle();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
