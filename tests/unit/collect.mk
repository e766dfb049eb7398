# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += tests/unit/collect_probe.h tests/unit/collect_tree.h
check_PROGRAMS += \
	tests/unit/test_collect_cgroup \
	tests/unit/test_collect_collect \
	tests/unit/test_collect_cpu \
	tests/unit/test_collect_disks \
	tests/unit/test_collect_load \
	tests/unit/test_collect_memory \
	tests/unit/test_collect_network \
	tests/unit/test_collect_pressure \
	tests/unit/test_collect_root \
	tests/unit/test_collect_scan \
	tests/unit/test_collect_self \
	tests/unit/test_collect_sensors \
	tests/unit/test_collect_tcp \
	tests/unit/test_collect_vm
tests_unit_test_collect_cgroup_SOURCES = tests/unit/test_collect_cgroup.c
tests_unit_test_collect_cgroup_LDADD = $(TEST_LIBS)
tests_unit_test_collect_collect_SOURCES = tests/unit/test_collect_collect.c \
	tests/unit/allocations.h
tests_unit_test_collect_collect_LDADD = $(TEST_LIBS)
# It counts the allocations of a tick.
tests_unit_test_collect_collect_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
tests_unit_test_collect_cpu_SOURCES = tests/unit/test_collect_cpu.c
tests_unit_test_collect_cpu_LDADD = $(TEST_LIBS)
tests_unit_test_collect_disks_SOURCES = tests/unit/test_collect_disks.c
tests_unit_test_collect_disks_LDADD = $(TEST_LIBS)
tests_unit_test_collect_load_SOURCES = tests/unit/test_collect_load.c
tests_unit_test_collect_load_LDADD = $(TEST_LIBS)
tests_unit_test_collect_memory_SOURCES = tests/unit/test_collect_memory.c
tests_unit_test_collect_memory_LDADD = $(TEST_LIBS)
tests_unit_test_collect_network_SOURCES = tests/unit/test_collect_network.c
tests_unit_test_collect_network_LDADD = $(TEST_LIBS)
tests_unit_test_collect_pressure_SOURCES = tests/unit/test_collect_pressure.c
tests_unit_test_collect_pressure_LDADD = $(TEST_LIBS)
tests_unit_test_collect_root_SOURCES = tests/unit/test_collect_root.c
tests_unit_test_collect_root_LDADD = $(TEST_LIBS)
tests_unit_test_collect_scan_SOURCES = tests/unit/test_collect_scan.c
tests_unit_test_collect_scan_LDADD = $(TEST_LIBS)
tests_unit_test_collect_self_SOURCES = tests/unit/test_collect_self.c
tests_unit_test_collect_self_LDADD = $(TEST_LIBS)
tests_unit_test_collect_sensors_SOURCES = tests/unit/test_collect_sensors.c
tests_unit_test_collect_sensors_LDADD = $(TEST_LIBS)
tests_unit_test_collect_tcp_SOURCES = tests/unit/test_collect_tcp.c
tests_unit_test_collect_tcp_LDADD = $(TEST_LIBS)
tests_unit_test_collect_vm_SOURCES = tests/unit/test_collect_vm.c
tests_unit_test_collect_vm_LDADD = $(TEST_LIBS)
check_PROGRAMS += tests/unit/test_collect_procs
tests_unit_test_collect_procs_SOURCES = \
	tests/unit/test_collect_procs.c \
	tests/unit/collect_tree.h
tests_unit_test_collect_procs_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_collect_custom_parse
tests_unit_test_collect_custom_parse_SOURCES = tests/unit/test_collect_custom_parse.c
tests_unit_test_collect_custom_parse_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_collect_custom
tests_unit_test_collect_custom_SOURCES = tests/unit/test_collect_custom.c
tests_unit_test_collect_custom_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/unit/test_collect_perf
tests_unit_test_collect_perf_SOURCES = tests/unit/test_collect_perf.c
tests_unit_test_collect_perf_LDADD = $(TEST_LIBS)

# A library that stands for NVIDIA's, and is found by its soname.
check_PROGRAMS += tests/unit/test_collect_gpu
tests_unit_test_collect_gpu_SOURCES = tests/unit/test_collect_gpu.c tests/unit/fake_nvml.h
tests_unit_test_collect_gpu_LDADD = $(TEST_LIBS)
EXTRA_tests_unit_test_collect_gpu_DEPENDENCIES = tests/unit/fake-nvml.so
EXTRA_DIST += tests/unit/fake_nvml.c
CLEANFILES += tests/unit/fake-nvml.so

tests/unit/fake-nvml.so: tests/unit/fake_nvml.c tests/unit/fake_nvml.h
	$(AM_V_CCLD)$(MKDIR_P) tests/unit && $(CC) -fPIC -shared -Wl,-soname,libnvidia-ml.so.1 \
		-o $@ $(srcdir)/tests/unit/fake_nvml.c
