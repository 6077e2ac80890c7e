# RFC 1939 7: the header, the line between, and so many lines
S: +OK ...
C: USER alice
S: +OK ...
C: PASS secret
S: +OK ...
C: TOP 1 0
S: +OK ...
S: Date: Thu, 1 Jan 2026 10:00:00 +0000
S: From: Fred Foobar <fred@example.org>
S: To: alice@example.net
S: Subject: afternoon meeting
S: Message-ID: <1@example.org>
S: 
S: .
C: TOP 1 1
S: +OK ...
S-until: 
S: Hello Alice,
S: .
C: TOP 1 1000000
S: +OK ...
S-until: 
S: Hello Alice,
S: do you think we can meet at 3:30 tomorrow?
S: .
C: TOP 1
S: -ERR ...
C: TOP 1 -1
S: -ERR ...
C: TOP 9 1
S: -ERR There is no such message
C: TOP
S: -ERR TOP takes an argument
