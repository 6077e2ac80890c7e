# RFC 3207 4.2: what was proved in the clear counts no more
kind: demo_with_tls
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S-until: 250 AUTH PLAIN LOGIN
C: AUTH PLAIN ${base64 \0alice\0secret}
S: 235 ...
C: STARTTLS
S: 220 ...
C-tls:
C: EHLO client.test
S-until: 250 AUTH PLAIN LOGIN
C: MAIL FROM:<a@example.org>
S: 530 5.7.0 Say AUTH first
