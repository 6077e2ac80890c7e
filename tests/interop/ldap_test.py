"""Accounts of an LDAP directory: logins, recipients, aliases, groups, quotas, and what happens while it is away."""
import glob
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from demo import PATIENCE, Demo, eventually, message, ok
from unpacked import unpacked

USERS = """
dn: dc=corp,dc=test
objectClass: dcObject
objectClass: organization
o: Corp
dc: corp

dn: cn=posthorn,dc=corp,dc=test
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: posthorn
userPassword: search-secret

dn: cn=Eve (Sales),dc=corp,dc=test
objectClass: inetOrgPerson
cn: Eve (Sales)
sn: Eve
mail: Eve@corp.test
employeeNumber: 100000
description: sales@corp.test
userPassword: eve-secret

dn: cn=Fay,dc=corp,dc=test
objectClass: inetOrgPerson
cn: Fay
sn: Fay
mail: fay@corp.test
userPassword: fay-secret

dn: cn=staff,dc=corp,dc=test
objectClass: groupOfNames
objectClass: extensibleObject
cn: staff
mail: staff@corp.test
member: cn=Eve (Sales),dc=corp,dc=test
member: cn=Fay,dc=corp,dc=test
"""


class Slapd:
    """A real slapd on loopback, with TLS by a certificate for localhost."""

    def __init__(self, folder, certificates):
        self.root = unpacked("slapd", "usr/sbin/slapd")
        self.folder, self.process = pathlib.Path(folder), None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self.folder / "data").mkdir()
        schemas = "".join(f"include {self.root}/etc/ldap/schema/{name}.schema\n"
                          for name in ("core", "cosine", "inetorgperson"))
        self.config = self.folder / "slapd.conf"
        self.config.write_text(f"""{schemas}
pidfile {self.folder}/pid
modulepath {self.root}/usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {certificates}/certificate.pem
TLSCertificateKeyFile {certificates}/key.pem
database mdb
suffix "dc=corp,dc=test"
directory {self.folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=posthorn,dc=corp,dc=test" read by * none
""")
        libraries = ":".join(glob.glob(f"{self.root}/usr/lib/*-linux-*"))
        self.environment = os.environ | {"LD_LIBRARY_PATH": libraries}
        subprocess.run([self.root / "usr/sbin/slapd", "-T", "add", "-f", self.config], input=USERS, text=True, check=True,
                       capture_output=True, env=self.environment)

    def start(self):
        self.process = subprocess.Popen([self.root / "usr/sbin/slapd", "-d", "0", "-f", self.config, "-h",
                                         f"ldap://127.0.0.1:{self.port}"], stderr=subprocess.DEVNULL, env=self.environment)
        eventually(self.answers, "slapd answers")

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)
            self.process = None


class Ldap(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="posthorn-slapd-"))
        cls.slapd = Slapd(folder, cls.demo.folder)
        cls.addClassCleanup(cls.slapd.stop)
        cls.slapd.start()
        cls.demo.posthorn("domain", "add", "corp.test")
        cls.demo.stop()
        (cls.demo.folder / "ldap-password").write_text("search-secret\n")
        with open(cls.demo.config, "a") as config:
            config.write(f"""
[directory.ldap]
url = "ldap://127.0.0.1:{cls.slapd.port}"
domains = ["corp.test"]
bind_dn = "cn=posthorn,dc=corp,dc=test"
bind_password_file = "ldap-password"
base = "dc=corp,dc=test"
filter = "(&(objectClass=inetOrgPerson)(|(mail=%s)(description=%s)))"
group_filter = "(&(objectClass=groupOfNames)(mail=%s))"
quota_attribute = "employeeNumber"
start_tls = true
ca = "ca.pem"
timeout = 2
""")
        cls.demo.serve()

    def log_in(self, user, password):
        with self.demo.wire("imap") as wire:
            wire.say(f"a LOGIN {{{len(user)}+}}", f"{user} {{{len(password)}+}}", password)
            return wire.until(r"a .*")

    def rcpt(self, address):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>")
            return wire.ask(f"RCPT TO:<{address}>")

    def test_logins_are_checked_there_and_make_the_account(self):
        self.assertIn("[AUTHENTICATIONFAILED]", self.log_in("eve@corp.test", "wrong-secret"))
        self.assertTrue(self.log_in("EVE@corp.test", "eve-secret").startswith("a OK"))
        self.assertTrue(self.log_in("sales@corp.test", "eve-secret").startswith("a OK"))
        shown = json.loads(self.demo.posthorn("account", "show", "eve@corp.test", "--json").stdout)
        self.assertEqual((shown["name"], shown["quota_bytes"], shown["kept_by"]),
                         ("Eve (Sales)", 100000, "another directory"))
        self.demo.posthorn("account", "password", "eve@corp.test", "--password", "x", status=1)
        self.assertNotIn("eve-secret", self.demo.log())

    def test_mail_makes_the_account_and_finds_aliases_and_groups(self):
        self.assertTrue(self.rcpt("nobody@corp.test").startswith("550 5.1.1"))
        with self.demo.smtp() as smtp:
            for to in ("fay@corp.test", "Fay+detail@corp.test", "staff@corp.test", "sales@corp.test"):
                smtp.sendmail("carol@elsewhere.test", [to], message(to))
        counts = [json.loads(self.demo.posthorn("mailbox", "list", f"{name}@corp.test", "--json").stdout)
                  for name in ("fay", "eve")]
        self.assertEqual([c[0]["messages"] for c in counts], [3, 2])

    def test_metacharacters_are_characters(self):
        for user in ("*@corp.test", "e*e@corp.test", "eve@corp.test)(cn=*", "*)(objectClass=*@corp.test",
                     "x)(|(mail=*@corp.test", "eve\\2a@corp.test", "cn=Fay,dc=corp,dc=test@corp.test"):
            self.assertIn("[AUTHENTICATIONFAILED]", self.log_in(user, "eve-secret"), user)
            self.demo.posthorn("account", "unlock", "alice@demo.test")
        for address in ("*@corp.test", "e*e@corp.test", '"eve)(cn=*"@corp.test', "{*}@corp.test"):
            self.assertTrue(self.rcpt(address).startswith("550 5.1.1"), address)
        # RFC 4513 5.1.2: a bind without a password succeeds, and is no login.
        self.assertNotIn("a OK", self.log_in("eve@corp.test", ""))

    def test_while_it_is_away_nobody_is_said_not_to_exist(self):
        self.slapd.stop()
        try:
            self.assertTrue(self.rcpt("stranger@corp.test").startswith("451"))
            self.assertIn("[UNAVAILABLE]", self.log_in("stranger@corp.test", "eve-secret"))
            with self.demo.imap("alice") as imap:
                ok(imap.noop())
        finally:
            self.slapd.start()
        self.assertTrue(self.rcpt("stranger@corp.test").startswith("550 5.1.1"))
        self.assertTrue(self.log_in("eve@corp.test", "eve-secret").startswith("a OK"))

    def test_scram_is_not_offered_as_it_would_fail(self):
        with self.demo.wire("imap") as wire:
            wire.say("a CAPABILITY")
            self.assertNotRegex(wire.until(r"\* CAPABILITY .*"), re.compile("SCRAM"))


if __name__ == "__main__":
    unittest.main()
