"""SEARCH of a big mailbox by flags and dates."""
import time

from harness import corpus
from harness.filling import fill
from harness.reader import in_milliseconds, read_again, replayed
from harness.workload import Workload
from workloads.fetch import READER


def late_date(stage):
    """A quarter of the messages is later."""
    return time.strftime("%d-%b-%Y", time.gmtime(corpus.date_of(stage.amounts.mailbox * 3 // 4)))


def search(name, title, criteria):
    def command(stage):
        return "SEARCH " + criteria.format(late=late_date(stage))

    def run(stage):
        seconds, size, used = read_again(stage, command(stage), READER)
        return in_milliseconds(seconds, size, used, stage.amounts.mailbox)

    return Workload(name, title, "ms", run, "message searched",
                    prepare=lambda stage: fill(stage, READER, stage.amounts.mailbox),
                    replay=lambda stage: in_milliseconds(*replayed(stage, name, command(stage), READER)))


WORKLOADS = [
    search("search-unseen", "SEARCH UNSEEN", "UNSEEN"),
    search("search-since", "SEARCH SINCE", "SINCE {late}"),
    search("search-sentsince", "SEARCH SENTSINCE", "SENTSINCE {late}"),
]
