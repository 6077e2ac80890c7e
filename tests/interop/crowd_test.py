"""300 connections at once: everybody is served, and those that say nothing cost little."""
import asyncio
import unittest

from demo import Demo, message, ok

CONNECTIONS = 300


class Crowd(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = cls.enterClassContext(Demo())

    async def deliver(self, n):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.demo.port("smtp"))
        writer.write(b"EHLO client.test\r\nMAIL FROM:<carol@elsewhere.test>\r\nRCPT TO:<bob@demo.test>\r\nDATA\r\n")
        while not (await reader.readline()).startswith(b"354"):
            pass
        writer.write(message(f"of the crowd {n}") + b".\r\nQUIT\r\n")
        answers = (await reader.read()).decode().splitlines()
        writer.close()
        return answers

    async def look(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.demo.port("imap"))
        writer.write(f"a LOGIN bob@demo.test {self.demo.password('bob')}\r\nb EXAMINE INBOX\r\nc LOGOUT\r\n".encode())
        answers = (await reader.read()).decode()
        writer.close()
        return answers

    def together(self, make):
        async def all_of_them():
            return await asyncio.wait_for(asyncio.gather(*(make(n) for n in range(CONNECTIONS))), 60)

        return asyncio.run(all_of_them())

    def test_senders(self):
        for answers in self.together(self.deliver):
            self.assertEqual([line[:3] for line in answers], ["250", "221"])
        with self.demo.imap("bob", "INBOX") as imap:
            self.assertEqual(len(ok(imap.search(None, "SUBJECT", '"of the crowd"'))[0].split()), CONNECTIONS)

    def test_readers(self):
        for answers in self.together(lambda n: self.look()):
            self.assertIn("b OK", answers)
            self.assertIn("c OK", answers)

    def test_those_that_say_nothing(self):
        before = self.demo.peak_memory(start_anew=True)
        idle = [self.demo.wire("smtp") for _ in range(CONNECTIONS)]
        self.demo.deliver(message("past the crowd"))
        self.assertLess(self.demo.peak_memory() - before, CONNECTIONS * 32 * 1024)
        for wire in idle:
            self.assertTrue(wire.ask("NOOP").startswith("250"))
            wire.__exit__()


if __name__ == "__main__":
    unittest.main()
