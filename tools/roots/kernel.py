# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames of a fixture, and the texts of /proc and /sys as the kernel writes them.

Texts follow proc(5) and the kernel's Documentation/: their shape (order, width, missing line ends)
is the kernel's, their numbers are the caller's.
"""
import os

HZ = 100
PAGE = 4096
MONO_START = 7325 * 10**9
REAL_START = 1767268800 * 10**9  # 2026-01-01 12:00:00 UTC
BOOT = REAL_START // 10**9 - 7325


class Tree:
    """Frames under construction: a frame holds only what differs from the one before."""

    def __init__(self, path):
        self.path, self.frame, self.last, self.now = path, -1, {}, {}
        self.clock = []

    def begin(self, mono_ns=None, real_ns=None):
        """The next moment, by default a second after the one before. Files that are not put
        again until the next begin() stay as they are; take() takes one away."""
        self.flush()
        self.frame += 1
        step = self.frame * 10**9
        self.clock.append((mono_ns if mono_ns is not None else MONO_START + step,
            real_ns if real_ns is not None else REAL_START + step))

    def put(self, path, text):
        self.now[path] = text if isinstance(text, bytes) else text.encode()

    def put_all(self, folder, values):
        for name, value in values.items():
            self.put(f"{folder}/{name}", f"{value}\n")

    def take(self, folder):
        for path in [p for p in self.now if p == folder or p.startswith(folder + "/")]:
            del self.now[path]

    def flush(self):
        if self.frame < 0:
            return
        frame = os.path.join(self.path, f"{self.frame:03}")
        os.makedirs(frame)
        for path, data in sorted(self.now.items()):
            if self.last.get(path) != data:
                write(os.path.join(frame, path), data)
        gone = tops(set(self.last) - set(self.now), set(self.now))
        if gone:
            write(os.path.join(frame, ".gone"), "".join(g + "\n" for g in gone).encode())
        self.last = dict(self.now)

    def finish(self, words):
        self.flush()
        lines = "".join(f"{mono} {real}\n" for mono, real in self.clock)
        write(os.path.join(self.path, "clock"), lines.encode())
        write(os.path.join(self.path, "COMPOSED"), (words + "\n").encode())


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def tops(gone, kept):
    """The folders that went as a whole, and the single files besides."""
    found = set()
    for path in gone:
        parts = path.split("/")
        for i in range(2, len(parts) + 1):
            top = "/".join(parts[:i])
            if not any(k.startswith(top + "/") for k in kept):
                found.add(top)
                break
    return sorted(found)


def proc_stat(cores, ctxt, forks, running=1, blocked=0, intr=0, fields=10):
    """cores: {number: [user nice system idle iowait irq softirq steal guest guest_nice]}"""
    total = [sum(column) for column in zip(*cores.values())]
    rows = [("cpu ", total)] + [(f"cpu{n}", ticks) for n, ticks in cores.items()]
    text = "".join(
        f"{name} {' '.join(str(int(t)) for t in ticks[:fields])}\n" for name, ticks in rows)
    return text + (
        f"intr {intr} 0 9 0 0 0 0 0 0 1\nctxt {ctxt}\nbtime {BOOT}\nprocesses {forks}\n"
        f"procs_running {running}\nprocs_blocked {blocked}\n"
        f"softirq {intr // 2} 0 {intr // 4} 0 0 0 0 0 0 0 0\n")


def meminfo(mib, huge=0, skip=()):
    """mib: what is given, in MiB; the rest follows from it."""
    m = {k: int(v * 1024) for k, v in mib.items()}
    cache, anon = m["Cached"], m["Anon"]
    rows = [("MemTotal", m["MemTotal"]), ("MemFree", m["MemFree"]),
            ("MemAvailable", m["MemFree"] + cache * 9 // 10), ("Buffers", m.get("Buffers", 0)),
            ("Cached", cache), ("SwapCached", 0), ("Active", cache // 2 + anon),
            ("Inactive", cache // 2), ("Active(anon)", anon), ("Inactive(anon)", 0),
            ("Active(file)", cache // 2), ("Inactive(file)", cache // 2), ("Unevictable", 0),
            ("Mlocked", 0), ("SwapTotal", m.get("SwapTotal", 0)),
            ("SwapFree", m.get("SwapFree", 0)),
            ("Dirty", m.get("Dirty", 0)), ("Writeback", m.get("Writeback", 0)), ("AnonPages", anon),
            ("Mapped", cache // 8), ("Shmem", m.get("Shmem", 0)),
            ("KReclaimable", m.get("Slab", 0) * 2 // 3), ("Slab", m.get("Slab", 0)),
            ("SReclaimable", m.get("Slab", 0) * 2 // 3), ("SUnreclaim", m.get("Slab", 0) // 3),
            ("KernelStack", 9216), ("PageTables", 24576), ("NFS_Unstable", 0), ("Bounce", 0),
            ("WritebackTmp", 0), ("CommitLimit", m["MemTotal"] // 2 + m.get("SwapTotal", 0)),
            ("Committed_AS", anon * 2), ("VmallocTotal", 34359738367), ("VmallocUsed", 65536),
            ("VmallocChunk", 0), ("Percpu", 4096), ("AnonHugePages", m.get("AnonHuge", 0))]
    text = "".join(f"{name + ':':<15} {value:>8} kB\n" for name, value in rows if name not in skip)
    for name, value in (("Total", huge), ("Free", huge // 2), ("Rsvd", 0), ("Surp", 0)):
        text += f"HugePages_{name}: {value:>{18 - len(name) - 5}}\n"
    return text + "Hugepagesize:       2048 kB\nDirectMap4k:      262144 kB\n"


def loadavg(a, b, c, running, threads, last_pid):
    return f"{a:.2f} {b:.2f} {c:.2f} {running}/{threads} {last_pid}\n"


def pressure(some, full=None):
    """Each: (avg10, avg60, avg300 in percent, total in us)."""
    rows = [("some", some)] + ([("full", full)] if full else [])
    return "".join(f"{name} avg10={p[0]:.2f} avg60={p[1]:.2f} avg300={p[2]:.2f} total={int(p[3])}\n"
        for name, p in rows)


def diskstats(disks, columns=17):
    """disks: rows of major, minor, name, then up to 17 numbers."""
    return "".join(
        f"{major:>4} {minor:>7} {name} {' '.join(str(int(v)) for v in values[:columns])}\n"
        for major, minor, name, *values in disks)


def disk_row(major, minor, name, reads, read_kb, read_ms, writes, write_kb, write_ms, busy_ms,
             in_flight=0):
    return (major, minor, name, reads, 0, read_kb * 2, read_ms, writes, writes // 3, write_kb * 2,
            write_ms, in_flight, busy_ms, read_ms + write_ms, 0, 0, 0, 0, writes // 9, writes // 40)


NET_HEAD = ("Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast"
    "|bytes    packets errs drop fifo colls carrier compressed\n")


def net_dev(rows):
    """rows: name, bytes and packets in, errors, drops, the same out."""
    text = NET_HEAD
    for name, b, p, e, d, ob, op, oe, od in rows:
        text += (f"{name:>6}: {b:>7} {p:>7} {e:>4} {d:>4}    0     0          0         0"
            f" {ob:>8} {op:>7} {oe:>4} {od:>4}    0     0       0          0\n")
    return text


def table(prefix, values):
    numbers = " ".join(str(int(value)) for value in values.values())
    return f"{prefix}: {' '.join(values)}\n{prefix}: {numbers}\n"


def net_snmp(ins, outs, retrans, established=12):
    return (table("Ip", {"Forwarding": 2, "DefaultTTL": 64, "InReceives": ins, "InHdrErrors": 0,
            "InAddrErrors": 0, "ForwDatagrams": 0, "InUnknownProtos": 0, "InDiscards": 0,
            "InDelivers": ins, "OutRequests": outs})
        + table("Tcp", {"RtoAlgorithm": 1, "RtoMin": 200, "RtoMax": 120000, "MaxConn": -1,
            "ActiveOpens": 812, "PassiveOpens": 96, "AttemptFails": 4, "EstabResets": 2,
            "CurrEstab": established, "InSegs": ins, "OutSegs": outs, "RetransSegs": retrans,
            "InErrs": 0, "OutRsts": 31, "InCsumErrors": 0})
        + table("Udp", {"InDatagrams": 4096, "NoPorts": 12, "InErrors": 0, "OutDatagrams": 4100,
            "RcvbufErrors": 0, "SndbufErrors": 0, "InCsumErrors": 0}))


def net_netstat(overflows, drops, lost):
    return (table(
        "TcpExt", {
            "SyncookiesSent": 0, "SyncookiesRecv": 0, "SyncookiesFailed": 0, "TW": 640,
            "DelayedACKs": 2210, "ListenOverflows": overflows, "ListenDrops": drops,
            "TCPLostRetransmit": lost, "TCPTimeouts": lost * 2, "TCPSynRetrans": lost}) +
            table("IpExt", {
                "InNoRoutes": 0, "InTruncatedPkts": 0, "InOctets": 1 << 30, "OutOctets": 1 << 28}))


def vmstat(values):
    return "".join(f"{name} {int(value)}\n" for name, value in values.items())


def pid_stat(pid, comm, state="S", ppid=1, utime=0, stime=0, threads=1, start=100, rss=1000,
        vsize=0,        minflt=0, majflt=0, nice=0, flags=0x400000, cpu=0):
    name = comm if isinstance(comm, bytes) else comm.encode()
    head = f"{pid} (".encode() + name + b") "
    return head + (
        f"{state} {ppid} {pid} {pid} 0 -1 {flags} {minflt} 0 {majflt} 0 {utime} {stime} 0 0 "
        f"{20 + nice} {nice} {threads} 0 {start} {vsize or rss * PAGE * 3} {rss} "
        f"18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 {cpu} {' '.join('0' * 13)}\n").encode()


def pid_status(pid, comm, state="S", ppid=1, uid=0, threads=1, rss_kb=4000, voluntary=0, forced=0):
    words = {
        "R": "running", "S": "sleeping", "D": "disk sleep", "Z": "zombie", "T": "stopped",
        "I": "idle"}
    text = (
        f"Name:\t{comm}\nUmask:\t0022\nState:\t{state} ({words[state]})\nTgid:\t{pid}\nNgid:\t0\n"
        f"Pid:\t{pid}\nPPid:\t{ppid}\nTracerPid:\t0\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n"
        f"Gid:\t{uid}\t{uid}\t{uid}\t{uid}\nFDSize:\t256\nGroups:\t{uid} \n")
    if rss_kb:
        text += (
            f"VmPeak:\t{rss_kb * 3:>8} kB\nVmSize:\t{rss_kb * 3:>8} kB\nVmHWM:\t{rss_kb:>8} kB\n"
            f"VmRSS:\t{rss_kb:>8} kB\nVmSwap:\t       0 kB\n")
    return text + (f"Threads:\t{threads}\nSigQ:\t0/63512\nvoluntary_ctxt_switches:\t{voluntary}\n"
        f"nonvoluntary_ctxt_switches:\t{forced}\n")


def pid_io(read_bytes, write_bytes):
    return (f"rchar: {read_bytes * 2}\nwchar: {write_bytes * 2}\nsyscr: {read_bytes // 8192}\n"
        f"syscw: {write_bytes // 8192}\nread_bytes: {read_bytes}\nwrite_bytes: {write_bytes}\n"
        "cancelled_write_bytes: 0\n")


def pid_limits(files=1024):
    rows = (("Max cpu time", "unlimited", "unlimited", "seconds"),
            ("Max stack size", 8388608, "unlimited", "bytes"),
            ("Max core file size", 0, "unlimited", "bytes"),
            ("Max processes", 63512, 63512, "processes"),
            ("Max open files", files, 1048576, "files"),
            ("Max locked memory", 8388608, 8388608, "bytes"), ("Max nice priority", 0, 0, ""))
    return "".join(f"{a:<25} {b:<20} {c:<20} {d:<10}\n"
        for a, b, c, d in (("Limit", "Soft Limit", "Hard Limit", "Units"),) + rows)


def smaps_rollup(rss_kb):
    rows = (("Rss", rss_kb), ("Pss", rss_kb * 3 // 4), ("Pss_Dirty", rss_kb // 2),
            ("Pss_Anon", rss_kb // 2), ("Pss_File", rss_kb // 4), ("Pss_Shmem", 0),
            ("Shared_Clean", rss_kb // 3), ("Shared_Dirty", 0), ("Private_Clean", rss_kb // 6),
            ("Private_Dirty", rss_kb // 2), ("Swap", 0), ("SwapPss", 0))
    return ("55d0c0000000-7ffd0f1f3000 ---p 00000000 00:00 0                          [rollup]\n"
        + "".join(f"{name + ':':<16} {value:>8} kB\n" for name, value in rows))


def cpuinfo(numbers, model, mhz, cores=None, vendor="GenuineIntel"):
    return "".join(
        f"processor\t: {n}\nvendor_id\t: {vendor}\ncpu family\t: 6\nmodel\t\t: 143\n"
        f"model name\t: {model}\nstepping\t: 8\ncpu MHz\t\t: {mhz(n):.3f}\ncache size\t: 16384 KB\n"
        f"physical id\t: 0\nsiblings\t: {len(numbers)}\ncore id\t\t: {n}\n"
        f"cpu cores\t: {cores or len(numbers)}\n"
        "flags\t\t: fpu tsc constant_tsc nonstop_tsc sse4_2 avx2\n\n" for n in numbers)


MOUNTS_V2 = (
    "22 27 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw\n"
    "23 27 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:6 - sysfs sysfs rw\n"
    "27 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n"
    "31 23 0:28 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw\n")


def common(tree, release, users=("ci",), host="runner-07"):
    tree.put("proc/version",
             f"Linux version {release} (builder@host) (gcc 12.2.0) #1 SMP PREEMPT_DYNAMIC\n")
    tree.put("proc/sys/kernel/osrelease", release + "\n")
    tree.put("proc/sys/kernel/ostype", "Linux\n")
    tree.put("proc/sys/kernel/hostname", host + "\n")
    tree.put("proc/sys/kernel/pid_max", "4194304\n")
    tree.put("proc/sys/kernel/perf_event_paranoid", "2\n")
    tree.put("proc/sys/kernel/randomize_va_space", "2\n")
    people = "".join(f"{user}:x:{1000 + i}:{1000 + i}::/home/{user}:/bin/bash\n"
                     for i, user in enumerate(users))
    tree.put("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n" + people +
             "postgres:x:114:120::/var/lib/postgresql:/bin/bash\n"
             "www-data:x:33:33::/var/www:/usr/sbin/nologin\n")


def clock_and_event_sources(tree):
    tree.put_all("sys/devices/system/clocksource/clocksource0",
        {"current_clocksource": "tsc", "available_clocksource": "tsc hpet acpi_pm "})
    tree.put_all("sys/bus/event_source/devices", {"software/type": 1, "cpu/type": 4})


def uptime(tree, seconds, cpus, idle=0.8):
    tree.put("proc/uptime", f"{seconds:.2f} {seconds * cpus * idle:.2f}\n")


def spread(total, weights):
    """Ticks by mode, ten of them, from shares that need not add up: idle takes the rest."""
    parts = [total * w for w in weights]
    parts[3] = total - sum(parts[:3]) - sum(parts[4:8])
    return [int(p) for p in parts]


MODES = (0.18, 0.01, 0.06, 0, 0.01, 0, 0.01, 0, 0, 0)


def steady(tree, second, cpus, mib, release, fields=10, skip=(), modes=MODES, columns=17, psi=True):
    """A machine that does the same in every second: what most trees need besides their subject."""
    total = (7325 + second) * HZ
    tree.put(
        "proc/stat",
        proc_stat({n: spread(total, modes) for n in cpus}, 90000000 + 5200 * second,
                  210000 + 14 * second, 2, 0, 40000000 + 3000 * second, fields))
    tree.put("proc/meminfo", meminfo(mib, skip=skip))
    tree.put("proc/loadavg", loadavg(0.92, 0.81, 0.75, 2, 312, 18400 + second))
    uptime(tree, 7325 + second, len(cpus))
    tree.put("proc/vmstat", vmstat({"nr_free_pages": int(mib["MemFree"] * 256), "pgpgin": 8 << 20,
        "pgpgout": (9 << 20) + 4096 * second, "pswpin": 0, "pswpout": 0,
        "pgfault": 310000000 + 9000 * second, "pgmajfault": 41000 + 2 * second, "oom_kill": 0}))
    tree.put("proc/net/dev", net_dev([("lo", 52000, 410, 0, 0, 52000, 410, 0, 0),
        ("eth0", 91 << 20, 84000, 0, 3, 17 << 20, 52000, 0, 0)]))
    tree.put("proc/net/snmp", net_snmp(84000 + 20 * second, 52000 + 12 * second, 12))
    tree.put("proc/net/netstat", net_netstat(0, 0, 3))
    tree.put("proc/diskstats", diskstats([disk_row(8, 0, "sda", 41000, 1 << 20, 21000,
        98000 + 40 * second, (2 << 20) + 900 * second, 61000 + 30 * second, 70000 + 25 * second),
        disk_row(8, 1, "sda1", 40990, 1 << 20, 20990, 98000 + 40 * second, (2 << 20) + 900 * second,
            61000 + 30 * second, 69990 + 25 * second)], columns))
    tree.put("sys/block/sda/size", f"{(500 << 30) // 512}\n")
    tree.put("sys/block/sda/dev", "8:0\n")
    tree.put("sys/block/sda/sda1/partition", "1\n")
    if psi:
        calm = (0.0, 0.02, 0.1, 812000)
        tree.put("proc/pressure/cpu", pressure((1.2, 0.9, 0.8, 52000000 + 12000 * second), calm))
        tree.put("proc/pressure/memory", pressure(calm, calm))
        tree.put("proc/pressure/io", pressure((0.4, 0.3, 0.2, 9000000 + 4000 * second), calm))
    if second == 0:
        common(tree, release)
        tree.put("proc/cpuinfo", cpuinfo(list(cpus), "Composed Processor", lambda n: 2400))


def plain_process(tree, pid, comm, cmdline, **more):
    status = {k: v for k, v in more.items() if k in ("state", "ppid", "threads")}
    numbers = {k: v for k, v in more.items() if k != "uid"}
    tree.put(f"proc/{pid}/stat", pid_stat(pid, comm, **numbers))
    tree.put(f"proc/{pid}/status", pid_status(pid, comm, uid=more.get("uid", 0), **status))
    tree.put(f"proc/{pid}/cmdline", "".join(word + "\0" for word in cmdline))
    tree.put(f"proc/{pid}/comm", comm + "\n")
