# RFC 7888 4: refused without "+", or dropped so that the next command is found
# RFC 7888 5
transports: memory tcp tls
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT {20000}
S: b NO [TOOBIG] The literal is too large
C: c NOOP
S: c OK NOOP completed
C: d SELECT {20000+}
C-raw: ${repeat 2000 0123456789} {5+}\r\nhello\r\n
S: d NO [TOOBIG] The literal is too large
C: e NOOP
S: e OK NOOP completed
C: f SELECT {300000+}
S: * BYE Too much was sent without being asked for
S: f NO [TOOBIG] The literal is too large
S-end:
