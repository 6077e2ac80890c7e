# RFC 2449 4: commands of up to 255 octets are understood, and one too long is only refused
S: +OK ...
C: USER ${repeat 246 x}
S: {/(\+OK|-ERR) .*/}
C: NOOP ${repeat 400 x}
S: -ERR The line is too long
C: USER alice
S: +OK ...
C: PASS secret
S: +OK ...
