# RFC 9051 3: each command in its states
# RFC 9051 7.1.3
S: * OK ...
C: a FETCH 1 FLAGS
S: a BAD Log in before FETCH
C: b APPEND INBOX {5+}
C: hello
S: b BAD Log in before APPEND
C: c IDLE
S: c BAD Log in before IDLE
C: d LOGIN alice secret
S: d OK ...
C: e LOGIN alice secret
S: e BAD Already logged in
C: f CLOSE
S: f BAD Select a mailbox before CLOSE
C: g UID FETCH 1 FLAGS
S: g BAD Select a mailbox before UID FETCH
C: h UID SELECT INBOX
S: h BAD Unknown command
