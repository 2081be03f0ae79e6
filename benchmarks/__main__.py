"""python -m benchmarks [NAME ...] [--quick]: one after the other, and at the end what was wanted and what was measured.

Each at the size that its promises are made for, without what others' libraries do.
`--quick` takes the smallest sizes and says only whether they work. Exits with 1 where a promise is not kept.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.report import PROMISE

ROOT = Path(__file__).resolve().parents[1]


class Words(NamedTuple):
    """What a benchmark is started with."""

    usual: str
    quick: str


# What needs memory and disk to itself comes last.
BENCHMARKS = {
    "reader": Words("", "--times 1"),
    "pictures": Words("300", "20"),
    "conversation": Words("", ""),
    "delivery": Words("--only paced raw outbox million", "--quick --only paced outbox million"),
    "exchange": Words("", "1000"),
    "engine": Words("", "--observations 20000 --times 20"),
    "desk": Words("", "--observations 20000 --subscribers 20000 --times 20"),
}


class Ran(NamedTuple):
    """One benchmark: its promises as (whether it was kept, which, measured, wanted)."""

    name: str
    status: int
    seconds: float
    promises: list[tuple[str, ...]]

    @property
    def broke(self) -> bool:
        """Whether it ended for another reason than a promise."""
        return self.status != 0 and all(kept == "met" for kept, *_ in self.promises)


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(BENCHMARKS)}")
    words.add_argument("--quick", action="store_true", help="the smallest sizes: whether they work")
    wanted = words.parse_args()
    if unknown := set(wanted.names) - set(BENCHMARKS):
        words.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    ran = [run(name, quick=wanted.quick) for name in BENCHMARKS if not wanted.names or name in wanted.names]
    print(f"\n{summary(ran)}")
    return 1 if any(each.broke if wanted.quick else each.status for each in ran) else 0


def run(name: str, *, quick: bool) -> Ran:
    """In a process of its own, so that none is measured with what another left in memory."""
    words = BENCHMARKS[name].quick if quick else BENCHMARKS[name].usual
    command = [sys.executable, "-m", f"benchmarks.{name}", *words.split()]
    print(f"\n{' '.join(['python', *command[1:]])}", flush=True)
    began, promises = time.monotonic(), []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if found := PROMISE.fullmatch(line):
                promises.append(found.groups())
    return Ran(name, process.returncode, time.monotonic() - began, promises)


def summary(ran: list[Ran]) -> str:
    lines = ["| benchmark | promise | measured | wanted | |", "| --- | --- | --- | --- | --- |"]
    for each in ran:
        for kept, what, measured, wanted in each.promises:
            lines.append(f"| {each.name} | {what} | {measured} | {wanted} | {kept} |")
        if each.broke:
            lines.append(f"| {each.name} | | ended with status {each.status} | 0 | NOT MET |")
    took = ", ".join(f"{each.name} {each.seconds / 60:.1f}" for each in ran)
    return "\n".join([*lines, "", f"Minutes: {took}; all {sum(each.seconds for each in ran) / 60:.1f}."])


if __name__ == "__main__":
    sys.exit(main())
