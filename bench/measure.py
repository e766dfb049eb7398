# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal program costs, measured from outside. Standard library only, Linux only.

A program runs in a pseudo-terminal of a known size, with a home of its own, and is drained and
time-stamped. What is measured and how:

first_frame_ms    from the start to the last byte before the first silence of `quiet`
first_frame_cpu   CPU spent until then, in ms: what a busy machine does not distort
bytes             bytes a second written to the terminal
cpu               CPU time of the whole process tree, as % of one core; nanoseconds, from each
                  process's CPU clock, and cutime of the children that it has reaped (10 ms ticks)
wakeups           voluntary context switches a second of all threads
rss, pss          MiB, summed over the tree, from smaps_rollup; the largest of the samples
key_p50, key_p95  ms from writing a key to the first byte back. A key is sent after a silence of
                  `gap`, at a random moment, so that a refresh is rarely taken for an answer; a key
                  that is not answered at all shows as the time to the next refresh
syscalls          a second, by `strace -c -f`, in a run of its own: tracing slows the others down
resize            repaint in ms after a storm of sizes down to 1x1, None if the program died
left_on           terminal modes that were switched on and not off again
"""
import contextlib
import ctypes
import dataclasses
import fcntl
import os
import random
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import tempfile
import termios
import time

TICK = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H",
    "end": "\x1b[F", "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "enter": "\r", "esc": "\x1b",
    "tab": "\t", "space": " ", "comma": ",", "backspace": "\x7f"}


class Failure(Exception):
    """A measurement that could not be made; its text says why."""


@dataclasses.dataclass
class Setup:
    """How a program is run. files: {path in its home: text}."""
    size: tuple = (160, 50)
    env: dict = dataclasses.field(default_factory=dict)
    files: dict = dataclasses.field(default_factory=dict)
    cwd: str = None
    quit_keys: str = "q"
    quiet: float = 0.1
    gap: float = 0.025
    prepare: object = None  # called with the environment before each start


def parse_keys(text):
    """'down,q,ctrl-c' -> [bytes, ...]"""
    out = []
    for item in filter(None, text.split(",")):
        if re.fullmatch("ctrl-[a-z]", item):
            out.append(bytes([ord(item[-1]) & 0x1F]))
        else:
            out.append(KEYS.get(item, item).encode())
    return out


def adopt_orphans():
    """What a measured program leaves behind becomes our child, and so is found and ended."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


# -- processes -------------------------------------------------------------------------------------

def slurp(path):
    try:
        with open(path, "rb") as f:
            return f.read().decode("latin-1")
    except (OSError, ValueError):
        return ""


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, slurp(f"/proc/{pid}/task/{task}/children").split())
    return found


class Tree:
    """A program with all that it started, orphans that were re-parented to us included."""

    def __init__(self, root, others):
        self.root, self.others = root, set(others)

    def pids(self):
        todo = [self.root] + [p for p in children(os.getpid()) if p not in self.others]
        found = []
        while todo:
            pid = todo.pop()
            if pid not in found:
                found.append(pid)
                todo += children(pid)
        return found

    def cpu(self):
        """Seconds so far."""
        total = 0.0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                total += time.clock_gettime((~pid << 3) | 2)  # CPU clock of another process
            text = slurp(f"/proc/{pid}/stat")
            fields = text[text.rfind(")") + 2:].split()
            if len(fields) > 14:
                total += (int(fields[13]) + int(fields[14])) / TICK
        return total

    def wakeups(self):
        count = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    text = slurp(f"/proc/{pid}/task/{task}/status")
                    found = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", text, re.M)
                    count += int(found[1]) if found else 0
        return count

    def memory(self):
        """-> (rss, pss) in MiB"""
        sums = [0, 0]
        for pid in self.pids():
            text = slurp(f"/proc/{pid}/smaps_rollup")
            for i, name in enumerate(("Rss", "Pss")):
                found = re.search(rf"^{name}:\s+(\d+)", text, re.M)
                sums[i] += int(found[1]) if found else 0
        return sums[0] / 1024, sums[1] / 1024


def machine_busy():
    """CPU seconds of the whole machine so far that were not idle; steal is not counted."""
    fields = [int(x) / TICK for x in slurp("/proc/stat").split("\n", 1)[0].split()[1:8]]
    return sum(fields) - fields[3] - fields[4]


# -- the terminal ----------------------------------------------------------------------------------

class Terminal:
    """A pseudo-terminal with a program in it."""

    # What a plain xterm answers; programs that ask at their start would stall otherwise.
    ANSWERS = ((b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b[0c", b"\x1b[?62;22c"),
               (b"\x1b[5n", b"\x1b[0n"), (b"\x1b[6n", b"\x1b[1;1R"))
    MODES = {
        1: "cursor-keys", 47: "alternate-screen", 1047: "alternate-screen",
        1049: "alternate-screen", 1000: "mouse", 1002: "mouse", 1003: "mouse", 1004: "focus",
        1006: "mouse-sgr", 2004: "paste", 2026: "sync"}

    def __init__(self, argv, setup):
        self.home = tempfile.mkdtemp(prefix="perftop-bench-")
        for name, text in setup.files.items():
            path = os.path.join(self.home, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        env = dict({
            "PATH": os.environ["PATH"], "HOME": self.home, "USER": "bench", "SHELL": "/bin/sh",
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "TZ": "UTC"}, **setup.env)
        if setup.prepare:
            setup.prepare(env)
        self.others = children(os.getpid())
        self.modes, self.tail, self.closed = {}, b"", False
        self.spawn(argv, setup, env)
        self.tree = Tree(self.pid, self.others)
        self.poll = select.poll()
        self.poll.register(self.master, select.POLLIN)

    def spawn(self, argv, setup, env):
        path = shutil.which(argv[0])
        if not path:
            raise Failure(f"{argv[0]}: not found")
        if setup.cwd:  # posix_spawn cannot change folders
            argv = ["sh", "-c", 'cd "$0" && exec "$@"', setup.cwd, os.path.abspath(path)] + argv[1:]
            path = "/bin/sh"
        self.master, slave = os.openpty()
        self.resize(*setup.size)
        os.set_blocking(self.master, False)
        self.t0 = time.monotonic()
        self.pid = os.posix_spawn(  # opening the terminal makes it the controlling one
            path, argv, env, setsid=True, file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)])
        os.close(slave)

    def read(self, timeout):
        """Waits for output -> (when, bytes); b"" when there was none."""
        if self.closed:
            time.sleep(max(0.0, timeout))
            return time.monotonic(), b""
        data = b""
        if self.poll.poll(max(0.0, timeout) * 1000):
            try:
                data = os.read(self.master, 1 << 16)
            except BlockingIOError:
                pass
            except OSError:
                self.closed = True
        now = time.monotonic()
        if data:
            self.look(data)
        return now, data

    def look(self, data):
        seen = self.tail + data
        for numbers, letter in re.findall(rb"\x1b\[\?([\d;]+)([hl])", seen):
            for number in numbers.split(b";"):
                self.modes[int(number or 0)] = letter == b"h"
        for question, answer in self.ANSWERS:
            if seen.rfind(question) + len(question) > len(self.tail) and question in seen:
                self.send(answer)
        self.tail = seen[-12:]

    def drain(self, until):
        """Reads until then; -> bytes read"""
        count = 0
        while (left := until - time.monotonic()) > 0 and self.alive():
            count += len(self.read(min(left, 0.5))[1])
        return count

    def settle(self, gap):
        while self.read(gap)[1]:
            pass

    def send(self, data):
        with contextlib.suppress(OSError):
            os.write(self.master, data)

    def resize(self, cols, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def alive(self):
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        return False

    def must_live(self, when):
        if not self.alive():
            raise Failure(f"it ended {when}")

    def left_on(self):
        left = {name for number, name in self.MODES.items() if self.modes.get(number)}
        if self.modes.get(25) is False:
            left.add("hidden-cursor")
        return sorted(left)

    def ended_within(self, seconds):
        end = time.monotonic() + seconds
        while self.alive() and time.monotonic() < end:
            self.read(0.02)
        return not self.alive()

    def stop(self, quit_keys):
        """Quits as a person would, then harder; -> how it ended."""
        others = [p for p in self.tree.pids() if p != self.pid]
        how = "had ended" if not self.alive() else None
        if not how:
            for key in parse_keys(quit_keys):
                self.send(key)
            how = "quit" if quit_keys and self.ended_within(2) else None
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not how:
                os.kill(self.pid, number)
                how = number.name if self.ended_within(3) else None
        while self.read(0.01)[1]:
            pass
        for pid in [self.pid] + others:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                if pid != self.pid:
                    os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        os.close(self.master)
        shutil.rmtree(self.home, ignore_errors=True)
        return how or "did not end"


@contextlib.contextmanager
def running(argv, setup, ended=None):
    """A terminal for the length of a block; ended(how, left_on) is told how it went."""
    term = Terminal(argv, setup)
    try:
        yield term
    finally:
        how = term.stop(setup.quit_keys)
        if ended:
            ended(how, term.left_on())


# -- measurements ----------------------------------------------------------------------------------

def percentile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def first_frame(term, setup, limit=15):
    """-> {first_frame_ms, first_frame_cpu}"""
    last, deadline = None, term.t0 + limit
    while time.monotonic() < deadline and not term.closed:
        when, data = term.read(setup.quiet if last else 0.2)
        if data:
            last = when
        elif last:
            break
    if last is None:
        raise Failure(f"no output within {limit} s" if term.alive() else "it ended without output")
    return {"first_frame_ms": (last - term.t0) * 1000, "first_frame_cpu": term.tree.cpu() * 1000}


def window(term, seconds):
    """-> {bytes, cpu, wakeups, rss, pss, other_cpu}; nobody types meanwhile"""
    memory = [term.tree.memory()]
    cpu, wakeups = term.tree.cpu(), term.tree.wakeups()
    own, busy = time.process_time(), machine_busy()
    begin, count = time.monotonic(), 0
    for i in range(4):
        count += term.drain(begin + seconds * (i + 1) / 4)
        term.must_live("while it was watched")
        memory.append(term.tree.memory())
    span = time.monotonic() - begin
    used = term.tree.cpu() - cpu
    return {
        "bytes": count / span, "cpu": 100 * used / span,
        "wakeups": (term.tree.wakeups() - wakeups) / span, "rss": max(m[0] for m in memory),
        "pss": max(m[1] for m in memory),
        "other_cpu": 100 * (machine_busy() - busy - used - (time.process_time() - own)) / span}


def latency(term, setup, keys, count, seed=1):
    """-> {key_p50, key_p95, key_max}"""
    rng, answers = random.Random(seed), []
    for i in range(count):
        term.drain(time.monotonic() + rng.uniform(0.12, 0.32))
        term.settle(setup.gap)
        term.must_live("while keys were typed")
        sent = time.monotonic()
        term.send(keys[i % len(keys)])
        when, data = term.read(3.0)
        answers.append((when - sent) * 1000 if data else 3000.0)
        term.settle(setup.gap)
    return {
        "key_p50": statistics.median(answers), "key_p95": percentile(answers, 0.95),
        "key_max": max(answers)}


def resize_storm(term, setup, count, seed=1):
    """-> {resize}: ms to repaint after the last of many sizes; None if the program died"""
    rng = random.Random(seed)
    shapes = [(1, 1), (300, 100), (20, 5), (500, 2), (2, 200)]
    for i in range(count - 1):
        term.resize(*(shapes[i] if i < len(shapes) else (rng.randint(1, 300), rng.randint(1, 100))))
        term.read(0.02)
    term.settle(setup.gap)
    begin = last = time.monotonic()
    term.resize(*setup.size)
    when, data = term.read(1.5)
    while data:
        last = when
        when, data = term.read(setup.gap)
    return {"resize": (last - begin) * 1000 if term.alive() else None}


def syscalls(argv, setup, seconds, warmup=2.0):
    """-> {syscalls}, by attaching strace to the running tree"""
    if not shutil.which("strace"):
        raise Failure("strace is not installed")
    with running(argv, setup) as term, tempfile.NamedTemporaryFile("r") as log:
        term.drain(time.monotonic() + warmup)
        term.must_live("before it was traced")
        pids = term.tree.pids()
        command = ["strace", "-c", "-f", "-o", log.name] + [x for p in pids for x in ("-p", str(p))]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
            term.tree.others.add(tracer.pid)
            os.set_blocking(tracer.stderr.fileno(), False)
            said, limit = b"", time.monotonic() + 5
            while said.count(b"attached") < len(pids) and time.monotonic() < limit:
                term.drain(time.monotonic() + 0.01)
                said += tracer.stderr.read() or b""
            begin = time.monotonic()
            term.drain(begin + seconds)
            span = time.monotonic() - begin
            tracer.send_signal(signal.SIGINT)
            while tracer.poll() is None:
                term.read(0.05)
        calls = 0
        for line in log.read().splitlines():
            fields = line.split()
            if len(fields) >= 4 and re.fullmatch(r"[\d.]+", fields[0]) and fields[-1] != "total":
                calls += int(fields[3])
        if not calls:
            raise Failure("strace saw nothing: " + said.decode("utf-8", "replace").strip()[-100:])
        return {"syscalls": calls / span}


def run(argv, setup, seconds=10.0, warmup=2.0, keys="", presses=40, resizes=0):
    """One run through all phases, each disturbing no other -> figures by name."""
    figures = {}
    ended = lambda how, left: figures.update(ended=how, left_on=left)
    with running(argv, setup, ended) as term:
        figures.update(first_frame(term, setup))
        term.drain(time.monotonic() + warmup)
        term.must_live("at once")
        if seconds:
            figures.update(window(term, seconds))
        if keys:
            figures.update(latency(term, setup, parse_keys(keys), presses))
        if resizes:
            figures.update(resize_storm(term, setup, resizes))
    return figures


def starts(argv, setup, count):
    """Medians over some launches -> {first_frame_ms, first_frame_cpu}"""
    frames = []
    for _ in range(count):
        with running(argv, setup) as term:
            frames.append(first_frame(term, setup))
    return median_of(frames)


def median_of(runs):
    """Median of each number over runs; of anything else the last one's."""
    out = {}
    for name in dict.fromkeys(name for one in runs for name in one):
        values = [one[name] for one in runs if one.get(name) is not None]
        numbers = all(isinstance(v, (int, float)) for v in values)
        out[name] = statistics.median(values) if values and numbers else runs[-1].get(name)
    return out


@contextlib.contextmanager
def idle_processes(count):
    """So many sleepers; they would go by themselves after an hour."""
    pids = []
    try:
        for _ in range(count):
            pids.append(os.posix_spawn("/bin/sleep", ["sleep", "3600"], {},
                                       setpgroup=pids[0] if pids else 0))
        yield
    finally:
        if pids:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pids[0], signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)


def count_processes():
    return sum(name.isdigit() for name in os.listdir("/proc"))
