transports: memory drip tcp
# RFC 3207 5
S: 220 ...
C: EHLO mail.example.com
S-until: 250 STARTTLS
C: STARTTLS
S: 220 ...
C-tls:
C: EHLO mail.example.com
S-until: 250 LIMITS RCPTMAX=5
C: MAIL FROM:<a@example.com>
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: DATA
S: 354 ...
C: .
S: 250 2.0.0 mail.example.com from <a@example.com> via ESMTPS as nobody, resets 0, 0 bytes: 
