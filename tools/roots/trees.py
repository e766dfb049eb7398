# SPDX-License-Identifier: GPL-3.0-or-later
"""The small roots: each shows one thing that no machine at hand has."""
from roots.kernel import (
    HZ, MONO_START, NET_HEAD, REAL_START, clock_and_event_sources, common, pid_stat, plain_process,
    pressure, proc_stat, spread, steady)

SMALL = {
    "MemTotal": 7900, "MemFree": 2100, "Buffers": 120, "Cached": 3300, "Anon": 1900, "Slab": 310,
    "SwapTotal": 2048, "SwapFree": 2048, "Dirty": 4, "Shmem": 90}


def old_kernel(tree):
    """A kernel as old as 3.10: 8 fields of CPU time, no MemAvailable, no pressure stall, diskstats
    of 14 columns, cgroup v1, no io of processes."""
    v1 = {"cpu,cpuacct": "cpuacct,cpu", "memory": "memory", "blkio": "blkio"}
    for second in range(3):
        tree.begin()
        steady(tree, second, range(2), SMALL, "3.10.0", fields=8, columns=11, psi=False,
            skip=("MemAvailable", "KReclaimable", "Percpu"))
        tree.put("proc/self/cgroup",
                 "4:blkio:/app\n3:memory:/app\n2:cpuacct,cpu:/app\n1:name=systemd:/\n")
        tree.put(
            "proc/self/mountinfo", "15 20 0:14 / /sys rw - sysfs sysfs rw\n"
            "20 1 8:1 / / rw,relatime - xfs /dev/sda1 rw\n"
            "21 15 0:15 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
            + "".join(f"{30 + i} 21 0:{20 + i} / /sys/fs/cgroup/{at} rw - cgroup cgroup rw,{what}\n"
                      for i, (at, what) in enumerate(v1.items())))
        tree.put_all("sys/fs/cgroup/cpu,cpuacct/app", {"cpu.cfs_quota_us": 150000,
            "cpu.cfs_period_us": 100000, "cpu.shares": 1024,
            "cpu.stat": f"nr_periods {5000 + 10 * second}\nnr_throttled {400 + 3 * second}\n"
                f"throttled_time {8000000000 + 90000000 * second}",
            "cpuacct.usage": 910000000000 + 1200000000 * second,
            "cpuacct.stat": f"user {71000 + 90 * second}\nsystem {20000 + 30 * second}"})
        tree.put_all(
            "sys/fs/cgroup/memory/app", {
                "memory.usage_in_bytes": (700 << 20) + (second << 20),
                "memory.limit_in_bytes": 1 << 30,
                "memory.max_usage_in_bytes": 800 << 20, "memory.failcnt": 7,
                "memory.stat": f"cache {200 << 20}\nrss {450 << 20}\ntotal_cache {200 << 20}\n"
                f"total_rss {450 << 20}\ntotal_inactive_file {120 << 20}"})
        moved = (f"8:0 Read {1 << 28}\n8:0 Write {(2 << 28) + 900000 * second}\n"
                 "8:0 Sync 0\n8:0 Async 0\n")
        tree.put("sys/fs/cgroup/blkio/app/blkio.throttle.io_service_bytes",
                 moved + "8:0 Total 0\nTotal 0\n")
        tree.put("sys/fs/cgroup/blkio/app/blkio.throttle.io_serviced",
            f"8:0 Read 4100\n8:0 Write {9800 + 40 * second}\n8:0 Total 0\nTotal 0\n")
        plain_process(tree, 1, "init", ["/sbin/init"], ppid=0, utime=200, stime=400, start=1)
        plain_process(tree, 811, "sshd", ["/usr/sbin/sshd", "-D"], utime=3, stime=9)
        plain_process(tree, 1204, "java", ["java", "-jar", "app.jar"], threads=41, uid=1000,
            utime=70000 + 90 * second, stime=20000 + 30 * second, rss=115200)


def cgroup_v2(cpu_us, throttled_us, periods, memory, limit, rbytes, wbytes, pids, pids_max,
              cpu_max="max"):
    calm = (0.0, 0.0, 0.0, 0)
    return {
        "cgroup.controllers": "cpuset cpu io memory pids", "cpu.max": f"{cpu_max} 100000",
        "cpu.weight": 100,
        "cpu.stat": f"usage_usec {cpu_us}\nuser_usec {cpu_us * 4 // 5}\nsystem_usec {cpu_us // 5}\n"
        f"nr_periods {periods}\nnr_throttled {periods // 4}\nthrottled_usec {throttled_us}\n"
        "nr_bursts 0\nburst_usec 0", "memory.current": memory, "memory.max": limit,
        "memory.high": "max", "memory.peak": memory + (8 << 20), "memory.swap.current": 0,
        "memory.swap.max": 0,
        "memory.stat": f"anon {memory * 2 // 3}\nfile {memory // 3}\nkernel 9437184\nslab 5242880\n"
        f"inactive_anon 0\nactive_anon {memory * 2 // 3}\ninactive_file {memory // 4}\n"
        f"active_file {memory // 12}\npgfault 812345\npgmajfault 120",
        "memory.events": "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0",
        "io.stat": f"259:0 rbytes={rbytes} wbytes={wbytes} rios={rbytes // 16384} "
        f"wios={wbytes // 65536} "
        "dbytes=0 dios=0\n8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0",
        "pids.current": pids, "pids.max": pids_max,
        "cpu.pressure": pressure((14.2, 12.0, 9.1, throttled_us),
                                 (11.0, 9.5, 7.0, throttled_us // 2)).rstrip(),
        "memory.pressure": pressure((0.3, 0.2, 0.1, 44000), calm).rstrip(),
        "io.pressure": pressure(calm, calm).rstrip()}


def container(tree):
    """Inside a container: cgroup v2 with a namespace, 1.5 processors, 512 MiB, 100 processes; the
    machine around it has 64 processors and 256 GiB. One child group delegates less."""
    host = {"MemTotal": 257000, "MemFree": 90000, "Cached": 80000, "Anon": 70000, "Slab": 5000}
    for second in range(3):
        tree.begin()
        steady(tree, second, range(64), host, "6.1.0")
        tree.put("proc/self/cgroup", "0::/\n")
        tree.put(
            "proc/self/mountinfo", "600 500 0:70 / / rw,relatime - overlay overlay rw\n"
            "601 600 0:71 / /proc rw,nosuid - proc proc rw\n"
            "602 600 0:72 / /sys ro,nosuid - sysfs sysfs ro\n"
            "603 602 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup ro\n")
        tree.put_all(
            "sys/fs/cgroup",
            cgroup_v2(900000000 + 1400000 * second, 80000000 + 300000 * second, 60000 + 10 * second,
                      (400 << 20) + (second << 20), 512 << 20, 1 << 30,
                      (3 << 30) + (4 << 20) * second, 14, 100, 150000))
        child = cgroup_v2(100000000 + 200000 * second, 0, 0, 60 << 20, "max", 0, 0, 3, "max")
        for name in ("io.stat", "io.pressure"):
            del child[name]
        child["cgroup.controllers"] = "cpu memory pids"
        tree.put_all("sys/fs/cgroup/worker", child)
        plain_process(tree, 1, "app", ["/app", "--serve"], ppid=0, threads=9, start=700000,
            utime=70000 + 120 * second, stime=9000 + 20 * second, rss=70000)
        plain_process(tree, 27, "worker", ["/app", "--worker"], utime=900 + 20 * second, rss=9000)


def hybrid(tree):
    """cgroup v1 controllers beside a unified hierarchy that has pressure and pids but no cpu and no
    memory; limits stand at a parent group."""
    names = {"cpu,cpuacct": "cpu,cpuacct", "memory": "memory", "blkio": "blkio"}
    for second in range(2):
        tree.begin()
        steady(tree, second, range(4), SMALL, "5.4.0")
        own = "".join(f"{12 - i}:{what}:/docker/4f1c/job\n"
                      for i, what in enumerate(names.values()))
        tree.put("proc/self/cgroup",
                 own + "1:name=systemd:/docker/4f1c/job\n0::/docker/4f1c/job\n")
        tree.put("proc/self/mountinfo", "27 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
            "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n"
            "32 31 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
            "33 31 0:30 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
            + "".join(f"{34 + i} 31 0:{31 + i} / /sys/fs/cgroup/{at} rw - cgroup cgroup rw,{what}\n"
                for i, (at, what) in enumerate(names.items())))
        for group, quota, limit in (("docker/4f1c", 200000, 2 << 30),
                                    ("docker/4f1c/job", -1, (1 << 63) - 4096)):
            tree.put_all(f"sys/fs/cgroup/cpu,cpuacct/{group}", {"cpu.cfs_quota_us": quota,
                "cpu.cfs_period_us": 100000,
                "cpu.stat": f"nr_periods {800 + 10 * second}\nnr_throttled 0\nthrottled_time 0",
                "cpuacct.usage": 61000000000 + 800000000 * second,
                "cpuacct.stat": f"user {5000 + 60 * second}\nsystem {1100 + 20 * second}"})
            tree.put_all(
                f"sys/fs/cgroup/memory/{group}", {
                    "memory.usage_in_bytes": 300 << 20, "memory.limit_in_bytes": limit,
                    "memory.failcnt": 0,
                    "memory.stat": f"total_cache {90 << 20}\ntotal_rss {180 << 20}\n"
                                   f"total_inactive_file {60 << 20}"})
            moved = f"8:0 Read {1 << 20}\n8:0 Write {(1 << 24) + 65536 * second}\n8:0 Discard 0\n"
            tree.put(f"sys/fs/cgroup/blkio/{group}/blkio.throttle.io_service_bytes",
                     moved + "Total 0\n")
            tree.put(f"sys/fs/cgroup/blkio/{group}/blkio.throttle.io_serviced",
                f"8:0 Read 80\n8:0 Write {900 + 2 * second}\n8:0 Discard 0\nTotal 0\n")
            tree.put_all(f"sys/fs/cgroup/unified/{group}", {"cgroup.controllers": "pids",
                "pids.current": 6, "pids.max": 64 if quota > 0 else "max",
                "cpu.stat": "usage_usec 61000000\nuser_usec 50000000\nsystem_usec 11000000",
                "cpu.pressure": pressure((2.0, 1.0, 0.5, 100000 + 2000 * second)).rstrip()})
        plain_process(tree, 1, "sh", ["/bin/sh"], ppid=0)


def sensors(tree):
    """Hardware that virtual machines hide: temperatures of two drivers and a disk, thermal zones,
    frequency and its limits, throttle counts, energy counters of which one wraps around."""
    for second in range(3):
        tree.begin()
        steady(tree, second, range(4), SMALL, "6.6.0")
        hot = 61000 + 4000 * second
        for number, name, temps in ((0, "coretemp", (("Package id 0", hot + 2000), ("Core 0", hot),
                ("Core 1", hot - 3000))), (1, "k10temp", (("Tctl", 55125), ("Tccd1", 51250))),
                (2, "nvme", (("Composite", 38850), ("Sensor 1", 41850))),
                (3, "acpitz", ((None, 27800),))):
            at = f"sys/class/hwmon/hwmon{number}"
            tree.put(f"{at}/name", name + "\n")
            for i, (label, value) in enumerate(temps, 1):
                tree.put(f"{at}/temp{i}_input", f"{value}\n")
                tree.put(f"{at}/temp{i}_crit", "100000\n")
                if label:
                    tree.put(f"{at}/temp{i}_label", label + "\n")
        tree.put_all("sys/class/hwmon/hwmon0", {"fan1_input": 2100, "in0_input": 1024})
        tree.put_all("sys/class/thermal/thermal_zone0",
                     {"type": "x86_pkg_temp", "temp": hot + 2000})
        tree.put_all("sys/class/thermal/thermal_zone1", {"type": "acpitz", "temp": 27800})
        tree.put_all("sys/class/thermal/cooling_device0", {"type": "Processor", "cur_state": 0})
        for n in range(4):
            at = f"sys/devices/system/cpu/cpu{n}"
            tree.put_all(
                f"{at}/cpufreq", {
                    "scaling_cur_freq": 3600000 - 200000 * n - 400000 * (second == 2),
                    "scaling_min_freq": 800000, "scaling_max_freq": 4200000,
                    "cpuinfo_min_freq": 800000, "cpuinfo_max_freq": 4200000,
                    "base_frequency": 2800000, "scaling_governor": "powersave",
                    "scaling_driver": "intel_pstate"})
            tree.put_all(f"{at}/topology", {"core_id": n // 2, "physical_package_id": 0,
                "thread_siblings_list": "0-1" if n < 2 else "2-3"})
            tree.put_all(
                f"{at}/thermal_throttle", {
                    "core_throttle_count": 12 + (n // 2 + 1) * second,
                    "core_throttle_total_time_ms": 40 + 90 * second,
                    "package_throttle_count": 30 + 2 * second,
                    "package_throttle_total_time_ms": 80 + 95 * second})
        tree.put_all(
            "sys/devices/system/cpu", {
                "online": "0-3", "possible": "0-3", "isolated": "", "smt/active": 1,
                "smt/control": "on", "intel_pstate/no_turbo": 0, "intel_pstate/status": "active"})
        wrap = 262143328850
        for zone, name, energy in (
                ("intel-rapl:0", "package-0", (wrap - 20000000 + 15000000 * second) % wrap),
                ("intel-rapl:0:0", "core", 91000000 + 9000000 * second),
                ("intel-rapl:0:1", "dram", 41000000 + 2000000 * second)):
            tree.put_all(f"sys/class/powercap/{zone}", {"name": name, "energy_uj": energy,
                "max_energy_range_uj": wrap})
        clock_and_event_sources(tree)


ESC = "\x1b"
EVIL_NAMES = (b"a) R 1 (b", b"\x1b]0;owned\x07", b"\x1b[2J\x1b[31mred", b"\xc2\x9b31mC1",
              b"\x9b31mraw", "\u202eexe.txt".encode(), "a\u200bzero".encode(), b"\xff\xfe\xc3",
              b"new\nline 1", b"tab\tbell\x07", "\u65e5\u672c\u8a9ee\u0301".encode(), b"", b"(((",
              b")))", b" ", b"\\x1b[31m")


def hostile(tree):
    """What a kernel would not say but a broken or evil one might: names with escape sequences,
    bidirectional marks and broken UTF-8, files cut short, numbers too large or below zero, missing
    line ends, folders in place of files, counters that run backwards, a process without files."""
    tree.begin()
    common(tree, "6.1.0\x1b[31m-evil", host="\x1b]0;host\x07\u202etxt")
    tree.put(
        "proc/stat", "cpu  100 0 100 1000 0 0 0 0 0 0\ncpu0 50 0 50 99999999999999999999999 0 0\n"
        "cpu1 -5 0 50 500\ncpu2\ncpu\x1b[31m3 1 2 3 4 5 6 7 8\n"
        "cpu99999999999999999999 1 2 3 4\nctxt abc\n"
        "btime -1\nprocesses 18446744073709551616\nprocs_run")
    tree.put(
        "proc/meminfo",
        "MemTotal:  99999999999999999999 kB\nMemFree: -12 kB\nCached:\nBuffers: 12\n"
        "SwapTotal: 1e9 kB\n: 5 kB\nMemAvailable: 8000 kB")
    tree.put("proc/loadavg", "")
    tree.put("proc/uptime", "-5.00 nan\n")
    tree.put("proc/vmstat/not-a-file", "")
    tree.put(
        "proc/diskstats",
        "   8       0 sda 1 2 3\n   8      16 sdb 18446744073709551615 0 0 0 0 0 0 0 0 0 0\n"
        f"   8      32 {ESC}[31msdc 1 0 8 1 1 0 8 1 0 2 2\n 259       0 " + "n" * 300 +
        " 1 0 8 1 1 0 8 1 0 2 2")
    tree.put(
        "proc/net/dev",
        NET_HEAD + "eth0:123456789 1 2 3 4 5 6 7 99999999999999999999999 1 2 3 4 5 6 7\n"
        f"{ESC}]0;x\x07: 1 2 3\n:1 2 3 4\n  lo:-1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\nno colon here\n" +
        "e" * 200 + ": 1")
    tree.put("proc/net/snmp",
             "Tcp: RetransSegs InSegs OutSegs\nTcp: 12\nTcp: 1 2 3\nUdp: InErrors\n")
    tree.put("proc/net/netstat", "TcpExt: ListenDrops\nIpExt: 5\n")
    tree.put("proc/pressure/cpu", "some avg10=nan avg60=-1.00 avg300=1e400 total=-5\nfull avg10=\n")
    tree.put("proc/pressure/memory", "total=5")
    tree.put("proc/pressure/io", b"\x00\x00\x00\xff")
    tree.put("proc/cpuinfo",
             "processor\nmodel name\t: \x1b[2Jevil\ncpu MHz\t: -1\n\n\nprocessor : 4294967296\n")
    tree.put("proc/self/cgroup", "0::/../../../etc\n1:cpu\nx\n:::\n9:memory:/" + "d/" * 300 + "\n")
    tree.put(
        "proc/self/mountinfo", "1 2 3\n31 23 0:28 / /sys/fs/cgroup\\040x rw - cgroup2 cgroup2 rw\n"
        "32 23 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw")
    tree.put("sys/fs/cgroup/cpu.max", "max\n")
    tree.put("sys/fs/cgroup/memory.max", "-1\n")
    tree.put("sys/fs/cgroup/cpu.stat",
             "usage_usec\nuser_usec 18446744073709551615\n\n\nnr_periods x")
    tree.put("sys/fs/cgroup/io.stat", "259:0 rbytes= wbytes=5 rios\n8:0\n")
    tree.put("sys/class/hwmon/hwmon0/name", "\x1b[31mcoretemp\n")
    tree.put("sys/class/hwmon/hwmon0/temp1_input", "N/A\n")
    tree.put("sys/class/hwmon/hwmon0/temp2_input", "-999999999\n")
    tree.put("sys/class/hwmon/hwmon0/temp2_label", "Core \x1b]52;c;aGk=\x07\n")
    tree.put("sys/devices/system/cpu/online", "0-,5-2,99999999999,x\n")
    tree.put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "\n")
    for i, name in enumerate(EVIL_NAMES):
        at = f"proc/{200 + i}"
        tree.put(f"{at}/stat", pid_stat(200 + i, name, start=100 + i))
        tree.put(f"{at}/comm", name + b"\n")
        tree.put(f"{at}/cmdline", b"/bin/" + name + b"\0--x=" + name + b"\0")
        tree.put(f"{at}/status", b"Name:\t" + name + b"\nUid:\t-1\t0\n")
        tree.put(f"{at}/cgroup", b"0::/" + name + b"\n")
    tree.put("proc/300/comm", "vanished\n")
    tree.put("proc/301/stat", "301 (cut) S 1 301")
    tree.put("proc/302/stat", "302 no parentheses S 1 302 0 0\n")
    tree.put("proc/303/stat", "")
    tree.put("proc/304/stat",
             pid_stat(304, "huge", utime=1 << 63, stime=1 << 63, rss=1 << 60, threads=-3))
    tree.put("proc/305/stat", pid_stat(9999, "liar"))
    tree.put("proc/306/stat", pid_stat(306, "longline"))
    tree.put("proc/306/cmdline", b"x" * 8000)
    tree.put("proc/99999999999/stat", pid_stat(1, "bigpid"))
    tree.put("proc/00012/stat", pid_stat(12, "zeros"))
    tree.put("proc/-5/stat", pid_stat(5, "minus"))
    # One clock leaps ahead by decades, the other falls back to 1970.
    tree.begin(REAL_START, MONO_START)
    tree.put("proc/stat",
             "cpu  90 0 90 900 0 0 0 0 0 0\ncpu0 40 0 40 400 0 0\ncpu4 1 1 1 1 1 1 1 1\n")
    tree.put("proc/diskstats", "   8      16 sdb 0 0 0 0 0 0 0 0 0 0 0\n")
    tree.put("proc/200/stat", pid_stat(200, b"reborn", start=90000))
    tree.take("proc/201")


def cores256(tree):
    """256 processors on 8 nodes and 2 sockets, one of them offline, with frequency, temperature,
    topology and 1 TiB of memory."""
    memory = {
        "MemTotal": 1031000, "MemFree": 600000, "Cached": 250000, "Anon": 120000, "Slab": 16000}
    cpus = [n for n in range(256) if n != 200]
    for second in range(3):
        tree.begin()
        steady(tree, second, cpus, memory, "6.1.0")
        total = (7325 + second) * HZ
        cores = {n: spread(total, [(n % 64) / 80, 0, 0.05, 0, 0.01, 0, 0, 0, 0, 0]) for n in cpus}
        tree.put("proc/stat", proc_stat(cores, 9 << 30, 5 << 20, 120, 1, 7 << 30))
        for n in range(256):
            at = f"sys/devices/system/cpu/cpu{n}"
            tree.put_all(f"{at}/topology", {"core_id": n % 64, "physical_package_id": n // 64 % 2,
                "thread_siblings_list": f"{n % 128},{n % 128 + 128}"})
            if n in cpus:
                tree.put(f"{at}/cpufreq/scaling_cur_freq",
                         f"{2000000 + 5000 * (n % 64) + 1000 * second}\n")
                tree.put(f"{at}/thermal_throttle/core_throttle_count", f"{n // 100}\n")
        tree.put_all("sys/devices/system/cpu", {"online": "0-199,201-255", "possible": "0-255"})
        for node in range(8):
            low = node * 16
            tree.put_all(
                f"sys/devices/system/node/node{node}", {
                    "cpulist": f"{low}-{low + 15},{low + 128}-{low + 143}",
                    "meminfo": f"Node {node} MemTotal:  131072000 kB\n"
                               f"Node {node} MemFree:  76800000 kB"})
        for socket in range(2):
            at = f"sys/class/hwmon/hwmon{socket}"
            tree.put(f"{at}/name", "coretemp\n")
            for i in range(65):
                tree.put(f"{at}/temp{i + 1}_input", f"{48000 + 250 * i + 1000 * socket}\n")
                tree.put(f"{at}/temp{i + 1}_label",
                         f"Core {i - 1}\n" if i else f"Package id {socket}\n")
        plain_process(tree, 1, "systemd", ["/sbin/init"], ppid=0)
