kind: plain
transports: memory drip tcp
S: 220 ...
C: ehlo [192.0.2.7]
S-until: 250 LIMITS RCPTMAX=5
C: STARTTLS
S: 502 5.5.1 ...
