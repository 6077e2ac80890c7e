# RFC 5321 3.8
# RFC 5321 4.2.1
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 ...
do: stop
S: 421 4.3.2 mail.test Shutting down, closing
S-end:
