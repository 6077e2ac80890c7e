# RFC 3501 7.5: "+" asks for a literal. What will be refused whatever it holds is not asked for, a password above all
# RFC 9051 7.6
transports: memory drip tcp
C-connect: private
S: * OK ...
C: a LOGIN {5}
S: a NO [PRIVACYREQUIRED] ...
C: b LOGIN {5+}
C: alice {6+}
C: secret
S: b NO [PRIVACYREQUIRED] ...
C: c SELECT {5}
S: c BAD Log in before SELECT
C: d APPEND INBOX {5}
S: d BAD Log in before APPEND
C: e NONSENSE {5}
S: e BAD Unknown command
C: f NOOP {5+}
C: hello
S: f BAD NOOP takes no argument
C: g NOOP
S: g OK ...
