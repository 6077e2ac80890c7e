transports: memory drip tcp
S: 220 ...
C-raw: ${repeat 30 NONSENSE\r\n}
S-until: 421 4.7.0 mail.test Too many errors, closing
S-end:
