kind: demo
transports: memory tcp
# RFC 4954 4: responses of up to 12288 octets are read, and one too long leaves the session understood
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: AUTH PLAIN
S: 334 
C: ${repeat 12284 A}
S: {/5[03][15] .*/}
C: AUTH PLAIN
S: 334 
C: ${repeat 20000 A}
S: 500 5.5.6 ...
C: NOOP
S: 250 ...
