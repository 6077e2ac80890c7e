# RFC 3502 6.3.11: if one message cannot be kept, none is: an empty one, a quota that is reached, bad syntax
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b APPEND INBOX {5+}
C: first {0+}
C:
S: b NO An empty message is not kept
do: quota bob 12
C: c APPEND INBOX {5+}
C: first {5+}
C: secon {5+}
C: third
S: c NO [OVERQUOTA] ...
C: d APPEND INBOX {5+}
C: first (\Seen \Foo) {5+}
C: secon
S: d BAD [CLIENTBUG] ...
C: e APPEND INBOX {5+}
C: first behind
S: e BAD [CLIENTBUG] ...
C: f STATUS INBOX (MESSAGES UIDNEXT)
S: * STATUS INBOX (MESSAGES 0 UIDNEXT 1)
S: f OK ...
C: g APPEND INBOX {5+}
C: first {6+}
C: second
S: g OK [APPENDUID $v 1:2] APPEND completed
