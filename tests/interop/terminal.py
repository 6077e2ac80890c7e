"""A program in a terminal that nobody sits before."""
import pathlib

from demo import eventually, run


class Terminal:
    """A program in tmux: keys go in, the screen comes out."""

    def __init__(self, folder, *command):
        self.socket = pathlib.Path(folder) / "tmux"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "110", "-y", "30", *command)

    def tmux(self, *arguments, status=0):
        return run("tmux", "-S", self.socket, *arguments, status=status).stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def wait_for(self, *texts):
        try:
            return eventually(lambda: (s := self.screen()) and all(text in s for text in texts) and s, texts)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.screen()}") from None

    def is_over(self):
        return run("tmux", "-S", self.socket, "list-sessions", status=None).returncode != 0

    def close(self):
        self.tmux("kill-server", status=None)
