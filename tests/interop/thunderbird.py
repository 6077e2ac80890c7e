"""Thunderbird on a screen of its own (Xvfb), with a profile that is set up for one account of a demo."""
import os
import pathlib
import subprocess
import time

from demo import PATIENCE, eventually, run

WIDTH, HEIGHT = 1100, 720


def pref(name, value):
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    if text is None:
        text = str(value) if isinstance(value, int) else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'user_pref("{name}", {text});\n'


class Thunderbird:
    def __init__(self, demo, name, imap_port=None):
        """imap_port: of a recorder with TLS; None: the demo's."""
        self.demo, self.name, self.processes = demo, name, []
        self.home = pathlib.Path(demo.folder.parent) / f"thunderbird-{name}"
        self.profile = self.home / "profile"
        self.profile.mkdir(parents=True)
        self.write_profile(imap_port or demo.port("imaps"))

    def write_profile(self, imap_port):
        run("certutil", "-N", "-d", f"sql:{self.profile}", "--empty-password")
        run("certutil", "-A", "-d", f"sql:{self.profile}", "-n", "demo", "-t", "CT,,", "-i", self.demo.ca)
        user = f"{self.name}@demo.test"
        tls, password_in_the_clear_under_tls = 3, 3
        prefs = {
            "mail.accountmanager.accounts": "account1,account2", "mail.accountmanager.defaultaccount": "account1",
            "mail.account.account1.identities": "id1", "mail.account.account1.server": "server1",
            "mail.account.account2.server": "server2", "mail.accountmanager.localfoldersserver": "server2",
            "mail.server.server2.type": "none", "mail.server.server2.hostname": "Local Folders",
            "mail.server.server2.userName": "nobody", "mail.server.server2.name": "Local Folders",
            "mail.server.server1.type": "imap", "mail.server.server1.hostname": "localhost",
            "mail.server.server1.port": imap_port, "mail.server.server1.socketType": tls,
            "mail.server.server1.authMethod": password_in_the_clear_under_tls,
            "mail.server.server1.userName": user, "mail.server.server1.name": user,
            "mail.server.server1.login_at_startup": True, "mail.server.server1.check_new_mail": True,
            "mail.identity.id1.fullName": self.name.title(), "mail.identity.id1.useremail": user,
            "mail.identity.id1.smtpServer": "smtp1", "mail.identity.id1.valid": True,
            "mail.identity.id1.compose_html": False,
            "mail.smtpservers": "smtp1", "mail.smtp.defaultserver": "smtp1", "mail.smtpserver.smtp1.hostname": "localhost",
            "mail.smtpserver.smtp1.port": self.demo.port("submissions"), "mail.smtpserver.smtp1.try_ssl": tls,
            "mail.smtpserver.smtp1.authMethod": password_in_the_clear_under_tls,
            "mail.smtpserver.smtp1.username": user,
            # Nothing but mail: no pages, no questions, no network.
            "app.donation.eoy.version.viewed": 999, "mail.rights.version": 1, "mailnews.start_page.enabled": False,
            "mail.spotlight.firstRunDone": True, "mail.shell.checkDefaultClient": False,
            "mail.winsearch.firstRunDone": True, "mail.provider.suppress_dialog_on_startup": True,
            "mail.ui.show.migration.on.upgrade": False, "datareporting.policy.dataSubmissionEnabled": False,
            "datareporting.policy.dataSubmissionPolicyBypassNotification": True, "toolkit.telemetry.reportingpolicy.firstRun": False,
            "app.update.enabled": False, "extensions.update.enabled": False, "browser.safebrowsing.enabled": False,
            "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
            "services.settings.server": "data:,#remote-settings-dummy/v1", "network.proxy.type": 0,
            "calendar.timezone.useSystemTimezone": True, "mail.biff.show_tray_icon": False, "mail.biff.show_alert": False,
            "mail.biff.play_sound": False, "mailnews.mark_message_read.delay": False, "mail.tabs.drawInTitlebar": False,
            "mail.threadpane.listview": 1, "mail.pane_config.dynamic": 1, "mail.e2ee.auto_enable": False, "mail.compose.warn_on_send_key": False,
            "mail.warn_on_send_accel_key": False, "signon.rememberSignons": True, "mail.openpgp.enable": False,
            "mail.inappnotifications.enabled": False, "mail.inappnotifications.bypass-filtering": False,
        }
        (self.profile / "user.js").write_text("".join(pref(name, value) for name, value in prefs.items()))

    def environment(self):
        return os.environ | {"HOME": str(self.home), "DISPLAY": self.display, "LC_ALL": "C.UTF-8", "MOZ_CRASHREPORTER_DISABLE": "1",
                             "MOZ_DISABLE_CONTENT_SANDBOX": "1", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1", "XDG_RUNTIME_DIR": str(self.home)}

    def spawn(self, *command, **options):
        with open(self.home / f"{command[0]}.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=options.pop("stdout", log), stderr=log,
                                       start_new_session=True, **options)
        self.processes.append(process)
        return process

    def __enter__(self):
        screen = self.spawn("Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", stdout=subprocess.PIPE)
        self.display = f":{int(screen.stdout.readline())}"
        self.spawn("thunderbird", "--profile", str(self.profile), env=self.environment())
        return self

    def __exit__(self, *error):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process.stdout:
                process.stdout.close()

    # What somebody does who sits before it.

    def xdotool(self, *words):
        return run("xdotool", *words, status=None, env=self.environment()).stdout.strip()

    def window(self, title, patience=60):
        """Waits for a window with such a title and goes there."""
        found = eventually(lambda: self.xdotool("search", "--onlyvisible", "--name", title), f"a window {title}", patience)
        window = found.split()[-1]
        self.xdotool("windowfocus", window)
        time.sleep(0.3)
        return window

    def fill_screen(self, window):
        self.xdotool("windowmove", window, "0", "0", "windowsize", window, str(WIDTH), str(HEIGHT))

    def type(self, text):
        self.xdotool("type", "--delay", "20", text)

    def keys(self, *keys):
        self.xdotool("key", "--delay", "80", *keys)

    def click(self, x, y):
        self.xdotool("mousemove", str(x), str(y), "click", "1")

    def picture(self, file):
        run("import", "-window", "root", "+dither", "-colors", "64", file, env=self.environment())
