# RFC 6409 4.3, RFC 4954 4
# RFC 3207 4.3, RFC 6409 3.1, 3.3, RFC 4954 6
kind: submission
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S-until: 250 STARTTLS
C: MAIL FROM:<a@example.org>
S: 530 5.7.0 Say STARTTLS first
C: AUTH PLAIN ${base64 \0alice\0secret}
S: 538 5.7.11 ...
C: STARTTLS
S: 220 ...
C-tls:
C: EHLO client.test
S-until: 250 AUTH PLAIN LOGIN
C: MAIL FROM:<a@example.org>
S: 530 5.7.0 Say AUTH first
C: AUTH PLAIN ${base64 \0alice\0secret}
S: 235 2.7.0 ...
C: AUTH PLAIN ${base64 \0alice\0secret}
S: 503 5.5.1 Already authenticated
C: MAIL FROM:<a@example.org> AUTH=a@example.org
S: 250 ...
C: AUTH LOGIN
S: 503 5.5.1 ...
