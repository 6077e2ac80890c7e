"""Accounts of the operating system, by PAM. Its users and passwords are those of pam_wrapper and nss_wrapper: no real
user and no file of the system is touched."""
import glob
import json
import os
import pathlib
import tempfile
import unittest

from demo import Demo, message, skip


def library(pattern):
    found = glob.glob(f"/usr/lib/*/{pattern}")
    if not found:
        skip(f"{pattern} is not installed (packages libpam-wrapper, libnss-wrapper)")
    return found[0]


class Pam(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        wrappers = [library("libpam_wrapper.so"), library("libnss_wrapper.so")]
        matrix = library("pam_wrapper/pam_matrix.so")
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="posthorn-pam-")))
        (folder / "services").mkdir()
        (folder / "services/posthorn").write_text(f"auth required {matrix} passdb={folder}/passdb\n"
                                                  f"account required {matrix} passdb={folder}/passdb\n")
        (folder / "passdb").write_text("gil:gil-secret:posthorn\nsystem:system-secret:posthorn\n")
        (folder / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\ngil:x:2000:2000:Gil Example,Room 1:/home/gil:/bin/sh\n"
                                       "system:x:500:500:System:/:/bin/sh\n")
        (folder / "group").write_text("root:x:0:\ngil:x:2000:\n")
        cls.demo = cls.enterClassContext(Demo())
        cls.demo.posthorn("domain", "add", "unix.test")
        cls.demo.stop()
        with open(cls.demo.config, "a") as config:
            config.write('\n[directory.pam]\ndomain = "unix.test"\n')
        cls.demo.change_config(("[auth]\n", '[auth]\ndefault_domain = "unix.test"\n'))
        wrapped = {"LD_PRELOAD": ":".join(wrappers), "PAM_WRAPPER": "1", "PAM_WRAPPER_SERVICE_DIR": f"{folder}/services",
                   "NSS_WRAPPER_PASSWD": f"{folder}/passwd", "NSS_WRAPPER_GROUP": f"{folder}/group"}
        os.environ.update(wrapped)
        try:
            cls.demo.serve()
        finally:
            for name in wrapped:
                del os.environ[name]

    def log_in(self, user, password):
        with self.demo.wire("imap") as wire:
            wire.say(f'a LOGIN "{user}" "{password}"')
            return wire.until(r"a .*")

    def rcpt(self, address):
        with self.demo.wire("smtp") as wire:
            wire.ask("EHLO client.test", "MAIL FROM:<carol@elsewhere.test>")
            return wire.ask(f"RCPT TO:<{address}>")

    def test_users_of_the_system_log_in_and_get_mail(self):
        with self.demo.smtp() as smtp:
            smtp.sendmail("carol@elsewhere.test", ["gil@unix.test", "gil+detail@unix.test"], message("hello"))
        self.assertTrue(self.log_in("gil@unix.test", "gil-secret").startswith("a OK"))
        self.assertTrue(self.log_in("gil", "gil-secret").startswith("a OK"))
        self.assertIn("[AUTHENTICATIONFAILED]", self.log_in("gil", "gil-wrong"))
        shown = json.loads(self.demo.posthorn("account", "show", "gil@unix.test", "--json").stdout)
        self.assertEqual((shown["name"], shown["mailboxes"][0]["messages"]), ("Gil Example", 1))

    def test_who_is_no_person_has_no_mailbox(self):
        for name in ("root", "system", "nobody-there", "../gil", "gil/x", "-gil", "*"):
            self.assertRegex(self.rcpt(f"{name}@unix.test"), r"^5(50 5\.1\.1|01)", name)
            self.assertIn("[AUTHENTICATIONFAILED]", self.log_in(f"{name}@unix.test", "system-secret"), name)


if __name__ == "__main__":
    unittest.main()
