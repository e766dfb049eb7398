# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that lives: what its processes do decides all that the system's files say."""
import math
import random

from roots.kernel import (
    HZ, MOUNTS_V2, clock_and_event_sources, common, disk_row, diskstats, loadavg, meminfo, net_dev,
    net_netstat, net_snmp, pid_io, pid_limits, pid_stat, pid_status, pressure, proc_stat,
    smaps_rollup, spread, uptime, vmstat)
from roots.trees import cgroup_v2


def wave(t, period, low, high, phase=0.0):
    return low + (high - low) * (0.5 + 0.5 * math.sin(2 * math.pi * (t / period + phase)))


def step(t, begin, end, value):
    return value if begin <= t < end else 0.0


class Process:
    """A row of the machine's table. cpu(t): share of one core; core: where it runs; user: of that,
    what is not the kernel's; io(t): bytes a second read and written."""

    def __init__(self, pid, comm, cmdline="", ppid=1, uid=0, threads=1, rss=4.0, cpu=None, core=0,
            user=0.8, io=None, group="system.slice", state="S", nice=0, born=None, dies=99,
            grows=None):
        self.pid, self.comm, self.cmdline, self.ppid, self.uid = pid, comm, cmdline, ppid, uid
        self.threads, self.rss, self.cpu, self.core, self.user = threads, rss, cpu, core, user
        self.io, self.group, self.state, self.nice = io, group, state, nice
        self.born, self.dies, self.grows = born, dies, grows
        self.start = int((7325 + born) * HZ) if born is not None else 100 + pid % 700
        old = 0 if born is not None or not cpu else 400
        self.run_ns, self.kernel_ns = old * 10**9, old * 10**9 // 5
        self.read = self.written = 0 if born is not None or not io else 64 << 20
        self.switches = 40 + (pid * 7919) % 9000 if born is None else 0
        self.faults = int(rss * 300)


def kernel_threads():
    rows = [(2, "kthreadd", 0), (3, "rcu_gp", 2), (4, "rcu_par_gp", 2), (15, "rcu_preempt", 2)]
    rows += [(16 + 6 * n, f"migration/{n}", 2) for n in range(4)]
    rows += [(17 + 6 * n, f"ksoftirqd/{n}", 2) for n in range(4)]
    rows += [(60, "kswapd0", 2), (211, "jbd2/nvme0n1p2-", 2)]
    idle = ("rcu_gp", "rcu_par_gp", "rcu_preempt")
    return [
        Process(pid, comm, ppid=ppid, rss=0, state="I" if comm in idle else "S", group="")
        for pid, comm, ppid in rows]


def people_and_services():
    """25 processes that any such machine has; none of them does much."""
    service = "system.slice/%s.service"
    user = "user.slice/user-1000.slice/session-3.scope"
    return [
        Process(1, "systemd", "/sbin/init", 0, rss=12, group="init.scope"),
        Process(312, "systemd-journal", "/lib/systemd/systemd-journald", rss=22,
                group=service % "systemd-journald"),
        Process(340, "systemd-udevd", "/lib/systemd/systemd-udevd", rss=6,
                group=service % "systemd-udevd"),
        Process(601, "dbus-daemon", "/usr/bin/dbus-daemon --system", uid=33, rss=5,
                group=service % "dbus"),
        Process(612, "systemd-logind", "/lib/systemd/systemd-logind", rss=7,
                group=service % "systemd-logind"),
        Process(640, "sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", rss=9,
                group=service % "ssh"),
        Process(655, "chronyd", "/usr/sbin/chronyd -F 1", rss=4, group=service % "chrony"),
        Process(701, "cron", "/usr/sbin/cron -f", rss=3, group=service % "cron"),
        Process(912, "containerd", "/usr/bin/containerd", threads=11, rss=18,
                group=service % "containerd", cpu=lambda t: 0.04, core=2),
        Process(935, "dockerd", "/usr/bin/dockerd -H fd://", threads=14, rss=64,
                group=service % "docker"),
        Process(1040, "postgres",
                "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main", uid=114,
                rss=30, group=service % "postgresql"),
        Process(1043, "postgres", "postgres: checkpointer ", 1040, uid=114, rss=11,
                group=service % "postgresql"),
        Process(1044, "postgres", "postgres: background writer ", 1040, uid=114, rss=7,
                group=service % "postgresql"),
        Process(1046, "postgres", "postgres: walwriter ", 1040, uid=114, rss=9,
                group=service % "postgresql"),
        Process(1100, "nginx", "nginx: master process /usr/sbin/nginx", rss=2,
                group=service % "nginx"),
        Process(1101, "nginx", "nginx: worker process", 1100, uid=33, rss=6,
                group=service % "nginx"),
        Process(1102, "nginx", "nginx: worker process", 1100, uid=33, rss=6,
                group=service % "nginx"),
        Process(2001, "sshd", "sshd: ci [priv]", 640, rss=10, group=user),
        Process(2004, "systemd", "/lib/systemd/systemd --user", uid=1000, rss=10,
                group="user.slice/user-1000.slice/user@1000.service"),
        Process(2010, "sshd", "sshd: ci@pts/0", 2001, uid=1000, rss=6, group=user),
        Process(2011, "bash", "-bash", 2010, uid=1000, rss=5, group=user),
        Process(2100, "tmux: server", "tmux new-session", uid=1000, rss=5, group=user), ]


def workers():
    """What makes the machine busy, with a regression: parser_bench starts in second 8."""
    user = "user.slice/user-1000.slice/session-3.scope"
    disk = lambda read, write: (lambda t: (read(t), write(t)))
    none = lambda t: 0.0
    return [
        Process(2150, "nvim", "nvim src/lexer.rs", 2100, 1000, 2, 38,
                lambda t: wave(t, 9, 0.005, 0.02), 3, 0.7, group=user),
        Process(2200, "rust-analyzer", "/home/ci/.cargo/bin/rust-analyzer", 2150, 1000, 12, 912,
                lambda t: wave(t, 17, 0.04, 0.22), 1, 0.9, group=user, grows=lambda t: 1.5 * t),
        Process(3001, "make", "make -j4 check", 2011, 1000, 1, 3, lambda t: 0.01, 3, 0.5,
                group=user),
        Process(3010, "cargo", "cargo bench --bench parser_bench", 3001, 1000, 5, 61,
                lambda t: wave(t, 6, 0.01, 0.05), 2, 0.6, disk(none, lambda t: 220e3), group=user),
        Process(3044, "rustc", "rustc --crate-name parser --edition=2021 src/lib.rs -C opt-level=3",
                3010, 1000, 4, 480, lambda t: step(t, 0, 8, wave(t, 5, 0.6, 0.95)), 1, 0.92,
                disk(lambda t: step(t, 0, 8, 1.2e6), lambda t: step(t, 0, 8, 2.0e6)),
                group=user, state="R", dies=8),
        Process(18231, "parser_bench", "target/release/deps/parser_bench --bench parse/large", 3010,
                1000, 1, 412, lambda t: step(t, 8, 99, wave(t, 11, 0.86, 0.98)), 0, 0.97,
                group=user, state="R", born=8, grows=lambda t: 3.0 * (t - 8)),
        Process(18300, "rsync", "rsync -a --delete /srv/artifacts/ backup:/srv/artifacts/", 2011,
                1000, 1, 24, lambda t: step(t, 12, 22, 0.25), 3, 0.3,
                disk(lambda t: step(t, 12, 22, 48e6), none),
                group=user, state="D", born=12, dies=22, nice=10),
        Process(1047, "postgres", "postgres: autovacuum worker ci", 1040, 114, 1, 48,
                lambda t: wave(t, 13, 0.01, 0.12), 2, 0.6,
                disk(lambda t: wave(t, 7, 0, 3e6), lambda t: wave(t, 7, 0.2e6, 9e6, 0.25)),
                group="system.slice/postgresql.service"), ]


def sleepers():
    user = "user.slice/user-1000.slice/session-3.scope"
    return [
        Process(2150, "nvim", "nvim README.md", 2100, 1000, 2, 31,
                lambda t: step(t % 10, 3, 4, 0.01), 3, group=user),
        Process(2160, "less", "less NEWS", 2100, 1000, 1, 3, group=user),
        Process(2170, "bash", "-bash", 2100, 1000, 1, 5, group=user),
        Process(2180, "ssh", "ssh runner-08", 2170, 1000, 1, 8, group=user)]


class Machine:
    """Four processors, 16 GiB, two disks and an interface; counters grow by what a second does."""

    CORES = 4

    def __init__(self, tree, processes, busy):
        self.tree, self.processes, self.busy = tree, processes, busy
        self.noise = random.Random(20260101)
        self.cores = {
            n: spread(7325 * HZ, (0.12, 0.005, 0.04, 0, 0.01, 0, 0.004, 0.002, 0, 0))
            for n in range(self.CORES)}
        self.ctxt, self.forks, self.intr = 91000000, 210400, 44000000
        self.psi = {
            name: [0.0, 0.0, 0.0, 40000000 + 1000000 * i]
            for i, name in enumerate(("cpu", "memory", "io"))}
        self.full = {name: [0.0, 0.0, 0.0, 9000000] for name in self.psi}
        self.disks = {"nvme0n1": [812000, 30 << 20, 90000, 1400000, 61 << 20, 410000, 380000],
            "sda": [22000, 9 << 20, 190000, 31000, 4 << 20, 260000, 300000]}
        self.net = {
            "lo": [91000000, 120000, 91000000, 120000],
            "eth0": [8 << 30, 7100000, 3 << 30, 4200000]}
        self.retrans, self.load = 412, [1.92, 1.44, 0.98] if busy else [0.04, 0.08, 0.05]
        self.faults = [310000000, 41000]

    def second(self, t):
        """What happens from t - 1 to t (nothing before the first frame)."""
        tree = self.tree
        tree.begin()
        if t == 0:
            self.describe()
        demand = self.run_processes(t)
        self.run_cores(t, demand)
        self.run_disks(t)
        self.run_net(t)
        self.write_memory(t)
        self.write_counters(t, demand)

    def living(self, t):
        return [p for p in self.processes if (p.born is None or p.born <= t) and t < p.dies]

    def describe(self):
        tree = self.tree
        common(tree, "6.1.0-18-amd64")
        tree.put("proc/self/cgroup", "0::/user.slice/user-1000.slice/session-3.scope\n")
        tree.put("proc/self/mountinfo", MOUNTS_V2)
        tree.put("proc/swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
            "/dev/nvme0n1p3                          partition\t4194304\t0\t-2\n")
        tree.put_all("sys/devices/system/cpu",
                     {"online": "0-3", "possible": "0-3", "smt/active": 0})
        for name, dev, parts, rotational, sectors in (
                ("nvme0n1", "259:0", ("nvme0n1p1", "nvme0n1p2", "nvme0n1p3"), 0, 1 << 30),
                ("sda", "8:0", ("sda1",), 1, 4 << 30)):
            tree.put_all(f"sys/block/{name}",
                         {"dev": dev, "size": sectors, "queue/rotational": rotational})
            for i, part in enumerate(parts, 1):
                tree.put(f"sys/block/{name}/{part}/partition", f"{i}\n")
        tree.put_all("sys/class/net/eth0",
                     {"operstate": "up", "speed": 1000, "type": 1, "flags": "0x1003"})
        tree.put_all("sys/class/net/lo", {"operstate": "unknown", "type": 772, "flags": "0x9"})
        tree.put("sys/class/hwmon/hwmon0/name", "coretemp\n")
        for i, label in enumerate(("Package id 0", "Core 0", "Core 1", "Core 2", "Core 3"), 1):
            tree.put(f"sys/class/hwmon/hwmon0/temp{i}_label", label + "\n")
        for n in range(self.CORES):
            tree.put_all(f"sys/devices/system/cpu/cpu{n}/topology",
                         {"core_id": n, "physical_package_id": 0, "thread_siblings_list": n})
            tree.put_all(f"sys/devices/system/cpu/cpu{n}/cpufreq", {"scaling_governor": "schedutil",
                "scaling_min_freq": 800000, "scaling_max_freq": 3400000})
        clock_and_event_sources(tree)

    def run_processes(self, t):
        """-> what each core has to do, as (user, system) shares"""
        demand = [[0.0, 0.0] for _ in range(self.CORES)]
        living = self.living(t)
        for p in self.processes:
            if p not in living:
                self.tree.take(f"proc/{p.pid}")
        for p in living:
            share = p.cpu(t) if p.cpu and t > 0 else 0.0
            demand[p.core][0] += share * p.user
            demand[p.core][1] += share * (1 - p.user)
            p.run_ns += int(share * 10**9)
            p.kernel_ns += int(share * (1 - p.user) * 10**9)
            p.switches += int(share * 900)
            p.faults += int(share * 400)
            if p.io and t > 0:
                read, written = p.io(t)
                p.read, p.written = p.read + int(read), p.written + int(written)
            self.write_process(p, t, share)
        return demand

    def write_process(self, p, t, share):
        at = f"proc/{p.pid}"
        rss_kb = int((p.rss + (p.grows(t) if p.grows else 0)) * 1024)
        state = p.state if share > 0.2 or p.state not in "RD" else "S"
        ticks = p.run_ns * HZ // 10**9
        kernel = p.kernel_ns * HZ // 10**9
        thread = not p.rss
        put = self.tree.put
        put(
            f"{at}/stat",
            pid_stat(p.pid, p.comm, state, p.ppid, ticks - kernel, kernel, p.threads, p.start,
                     rss_kb // 4, minflt=p.faults, majflt=p.pid % 50, nice=p.nice,
                     flags=0x200040 if thread else 0x400000, cpu=p.core))
        put(f"{at}/schedstat", f"{p.run_ns} {p.run_ns // 90} {p.switches}\n")
        put(
            f"{at}/status",
            pid_status(p.pid, p.comm, state, p.ppid, p.uid, p.threads, rss_kb, p.switches * 9 // 10,
                       p.switches // 10))
        put(f"{at}/statm", f"{rss_kb * 3 // 4} {rss_kb // 4} {rss_kb // 12} 12 0 {rss_kb // 3} 0\n")
        put(f"{at}/cmdline", "" if thread else p.cmdline.replace(" ", "\0") + "\0")
        put(f"{at}/comm", p.comm + "\n")
        put(f"{at}/cgroup", f"0::/{p.group}\n")
        if not thread:
            put(f"{at}/io", pid_io(p.read, p.written))
            put(f"{at}/limits", pid_limits())
        if p.cpu and p.rss > 30:
            put(f"{at}/smaps_rollup", smaps_rollup(rss_kb))
            put(f"{at}/environ", "PATH=/usr/bin:/bin\0HOME=/home/ci\0LANG=C.UTF-8\0")
        for i in range(p.threads if p.threads > 1 else 0):
            put(
                f"{at}/task/{p.pid + i}/status",
                pid_status(p.pid + i, p.comm, state, p.ppid, p.uid, p.threads, rss_kb,
                           p.switches // p.threads, 0))

    def run_cores(self, t, demand):
        for n, (user, system) in enumerate(demand):
            if t == 0:
                continue
            waiting = 0.004 if self.busy else 0.0
            if self.busy and n == 3:
                waiting = step(t, 12, 22, wave(t, 4, 0.05, 0.2))
            steal = wave(t, 10, 0, 0.013) if self.busy else 0.0
            small = 0.004 + 0.006 * self.noise.random()
            shares = [user, 0, system + small, 0, waiting, 0, small / 2, steal, 0, 0]
            busy = sum(shares)
            scale = min(1.0, 0.995 / busy) if busy else 1.0
            ticks = [round(HZ * share * scale) for share in shares]
            ticks[3] = max(0, HZ - sum(ticks))
            self.cores[n] = [a + b for a, b in zip(self.cores[n], ticks)]
            mhz = 1200 + int(2200 * min(1.0, user + system) ** 0.5)
            self.tree.put(f"sys/devices/system/cpu/cpu{n}/cpufreq/scaling_cur_freq",
                          f"{mhz * 1000}\n")
            heat = 38000 + int(30000 * min(1.0, user + system)) // 1000 * 1000
            self.tree.put(f"sys/class/hwmon/hwmon0/temp{n + 2}_input", f"{heat}\n")
        hottest = 41000 + int(28000 * max(min(1.0, sum(d)) for d in demand)) // 1000 * 1000
        self.tree.put("sys/class/hwmon/hwmon0/temp1_input", f"{hottest}\n")

    def rates(self, t):
        """-> bytes a second read and written for each disk, and of eth0 in and out"""
        if not self.busy:
            return {"nvme0n1": (0.0, step(t % 5, 2, 3, 90e3)), "sda": (0.0, 0.0)}, (1400.0, 900.0)
        read = sum(p.io(t)[0] for p in self.living(t) if p.io and p.comm != "rsync")
        written = sum(p.io(t)[1] for p in self.living(t) if p.io)
        backup = step(t, 12, 22, wave(t, 4, 40e6, 52e6))
        disks = {"nvme0n1": (read, written + wave(t, 3, 0, 4e6)), "sda": (backup, 0.0)}
        return disks, (wave(t, 15, 60e3, 900e3), wave(t, 15, 20e3, 130e3, 0.4) + backup * 0.95)

    def run_disks(self, t):
        disks, _ = self.rates(t)
        rows = []
        for name, major, minor, ms, parts in (("nvme0n1", 259, 0, 0.3, 3), ("sda", 8, 0, 0.9, 1)):
            read, written = disks[name]
            d = self.disks[name]
            if t > 0:
                reads, writes = int(read / 65536), int(written / 49152)
                grow = (reads, int(read / 1024), int(reads * ms), writes, int(written / 1024),
                        int(writes * ms * 2), min(1000, int((reads + writes) * ms * 0.6)))
                self.disks[name] = d = [a + b for a, b in zip(d, grow)]
            rows.append(disk_row(major, minor, name, *d))
            for i in range(1, parts + 1):
                part = f"{name}p{i}" if name.startswith("nvme") else f"{name}{i}"
                rows.append(
                    disk_row(major, minor + i, part,
                             *(d if i == min(2, parts) else [v // 50 for v in self.disks[name]])))
        self.tree.put("proc/diskstats", diskstats(rows))

    def run_net(self, t):
        _, (ins, outs) = self.rates(t)
        if t > 0:
            e, lo = self.net["eth0"], self.net["lo"]
            self.net["eth0"] = [
                e[0] + int(ins), e[1] + int(ins / 900) + 1, e[2] + int(outs),
                e[3] + int(outs / 1100) + 1]
            self.net["lo"] = [v + (5200 if i % 2 == 0 else 40) for i, v in enumerate(lo)]
            self.retrans += 1 if self.busy and t % 7 == 0 else 0
        e, lo = self.net["eth0"], self.net["lo"]
        self.tree.put("proc/net/dev", net_dev([("lo", lo[0], lo[1], 0, 0, lo[2], lo[3], 0, 0),
            ("eth0", e[0], e[1], 0, 3, e[2], e[3], 0, 0)]))
        self.tree.put("proc/net/snmp", net_snmp(e[1], e[3], self.retrans, 14))
        self.tree.put("proc/net/netstat", net_netstat(0, 0, self.retrans // 9))

    def write_memory(self, t):
        used = sum(p.rss + (p.grows(t) if p.grows else 0) for p in self.living(t))
        anon = 1400 + used + (wave(t, 20, 0, 350) if self.busy else 0)
        cache = 5200 + (6 * t if self.busy else 0)
        self.tree.put(
            "proc/meminfo",
            meminfo(
                {
                    "MemTotal": 15900, "MemFree": 15900 - anon - cache - 700, "Buffers": 210,
                    "Cached": cache, "Anon": anon, "Slab": 620, "SwapTotal": 4096, "SwapFree": 4096,
                    "Shmem": 130, "Dirty": wave(t, 5, 8, 90) if self.busy else 0.3, "AnonHuge": 256
                }, huge=0))

    def write_counters(self, t, demand):
        busy = sum(sum(d) for d in demand)
        if t > 0:
            self.ctxt += 700 + int(4200 * busy)
            self.intr += 400 + int(2600 * busy)
            self.forks += 1 + (11 if self.busy and t % 3 == 0 else 0)
            self.faults[0] += 300 + int(9000 * busy)
            self.faults[1] += 3 if self.busy and t % 8 == 0 else 0
            self.load = [
                v + (busy * 1.1 - v) / minutes for v, minutes in zip(self.load, (60, 300, 900))]
        running = max(1, round(busy))
        living = self.living(t)
        put = self.tree.put
        put(
            "proc/stat",
            proc_stat(self.cores, self.ctxt, self.forks, running,
                      1 if self.busy and 12 <= t < 22 else 0, self.intr))
        put("proc/loadavg", loadavg(*self.load, running, sum(p.threads for p in living), 18400 + t))
        uptime(self.tree, 7325 + t, self.CORES)
        put(
            "proc/vmstat",
            vmstat({
                "nr_free_pages": 2200000, "pgpgin": sum(d[1] for d in self.disks.values()),
                "pgpgout": sum(d[4] for d in self.disks.values()), "pswpin": 0, "pswpout": 0,
                "pgfault": self.faults[0], "pgmajfault": self.faults[1], "oom_kill": 0}))
        some = {"cpu": min(0.6, max(0.0, busy - 1.2) * 0.25), "memory": 0.0,
            "io": step(t, 12, 22, 0.18) if self.busy else 0.0}
        for name, share in some.items():
            put(
                f"proc/pressure/{name}",
                pressure(self.stall(self.psi[name], share, t),
                         self.stall(self.full[name], share / 3, t)))
        self.write_groups(living)

    @staticmethod
    def stall(state, share, t):
        if t > 0:
            for i, seconds in enumerate((10, 60, 300)):
                state[i] += (share * 100 - state[i]) * (1 - math.exp(-1 / seconds))
            state[3] += int(share * 10**6)
        return state

    def write_groups(self, living):
        """Every group that has processes, and those above it."""
        sums = {}
        for p in living:
            parts = p.group.split("/") if p.group else []
            for i in range(len(parts) + 1):
                s = sums.setdefault("/".join(parts[:i]), [0, 0.0, 0, 0, 0])
                s[0] += p.run_ns // 1000
                s[1] += p.rss
                s[2] += p.read
                s[3] += p.written
                s[4] += p.threads
        for group, (usec, rss, read, written, threads) in sums.items():
            files = cgroup_v2(usec, 0, 0,
                              int(rss * 1.2) << 20, "max", read, written, threads, "max")
            keep = ("cpu.stat", "cgroup.controllers") if not group else \
                ("cpu.stat", "cpu.max", "memory.current", "memory.max", "io.stat", "pids.current",
                 "pids.max")
            self.tree.put_all(f"sys/fs/cgroup/{group}".rstrip("/"),
                              {name: files[name] for name in keep})


def busy(tree):
    """30 seconds of a machine with 4 processors that compiles, then runs a benchmark, while a
    backup reads one disk: the demonstration, and the screens of the tests."""
    machine = Machine(tree, kernel_threads() + people_and_services() + workers(), True)
    for t in range(30):
        machine.second(t)


def idle(tree):
    """30 seconds of the same machine when nobody works on it."""
    machine = Machine(tree, kernel_threads() + people_and_services() + sleepers(), False)
    for t in range(30):
        machine.second(t)
