"""The power fails under a server that is under load by SMTP, IMAP and POP3: what was answered is there, exactly once.

python3 tests/crash/server_power_test.py [--rounds N] [--seed S]
The whole server runs over a disk that loses, tears and reorders what was not synced (simulated_server.py); what must
hold when it is opened again says server_judge.py. Now and then the power fails again while it is opened.
"""
import time

from server_judge import check
from server_rounds import play
from simulated_server import SimulatedServer

ROUNDS_A_STORE = 15  # then a new one, so that what is to be compared does not grow for ever
MOST_OPERATIONS = 1500  # before the power fails
LONGEST_LIFE = 0.12  # seconds


class PowerlessServer(SimulatedServer):
    may_refuse = True  # between the failure and its end the server lives on, and refuses what it cannot keep

    def __init__(self, accounts):
        super().__init__([f"{a.address}:{a.password}" for a in accounts])

    def die(self, generator):
        self.ask(f"cut {generator.randint(1, MOST_OPERATIONS)}")
        time.sleep(generator.uniform(0.01, LONGEST_LIFE))
        self.ask(f"close {generator.getrandbits(32)}")

    def come_back(self, generator):
        while generator.random() < 0.3:
            self.ask(f"cut {generator.randint(1, 200)}")
            done, why = self.try_to("open")
            check(done or "power is off" in why, why)
            self.ask(f"close {generator.getrandbits(32)}")
        self.ask("open")

    def at_last(self, accounts):
        pass


if __name__ == "__main__":
    play(PowerlessServer, 300, ROUNDS_A_STORE, "power cuts")
