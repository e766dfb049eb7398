/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: what is used and what the cache holds, of all there is. */
#include "pane_metric.h"

/* In a container: its working set of its limit. */
static const struct pv_spec contained = {
	.graph = PV_STACK,
	.layers = {{"cgroup_memory_working_set_bytes", NULL, "used", PT_ROLE_GRAPH_1, 'u', false},
		   {"cgroup_memory_bytes", NULL, "with cache", PT_ROLE_GRAPH_5, 0, true},
		   {"cgroup_swap_bytes", NULL, "swap", PT_ROLE_GRAPH_4, 0, true}},
	.stat = "cgroup_memory_working_set_bytes",
	.max_metric = "cgroup_memory_limit_bytes",
	.of_total = true,
	.fixed = {{"working set", "cgroup_memory_working_set_bytes", NULL},
		  {"with cache", "cgroup_memory_bytes", NULL},
		  {"limit", "cgroup_memory_limit_bytes", NULL},
		  {"of limit", "cgroup_memory_limit_ratio", NULL},
		  {"swap", "cgroup_swap_bytes", NULL},
		  {"oom kills", "cgroup_oom_kills_total", NULL},
		  {"machine used", "memory_used_bytes", NULL},
		  {"machine total", "memory_total_bytes", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_1,
	.culprit = PT_RESOURCE_MEMORY + 1,
};

static const struct pv_spec spec = {
	.graph = PV_STACK,
	.layers = {{"memory_used_bytes", NULL, "used", PT_ROLE_GRAPH_1, 'u', false},
		   {"memory_cache_bytes", NULL, "cache", PT_ROLE_GRAPH_5, 'c', false},
		   {"swap_used_bytes", NULL, "swap", PT_ROLE_GRAPH_4, 's', true},
		   {"memory_available_bytes", NULL, "avail", PT_ROLE_TEXT, 0, true}},
	.stat = "memory_used_bytes",
	.max_metric = "memory_total_bytes",
	.of_total = true,
	.fixed = {{"used", "memory_used_bytes", NULL},
		  {"available", "memory_available_bytes", NULL},
		  {"cache", "memory_cache_bytes", NULL},
		  {"buffers", "memory_buffers_bytes", NULL},
		  {"shared", "memory_shared_bytes", NULL},
		  {"dirty", "memory_dirty_bytes", NULL},
		  {"writeback", "memory_writeback_bytes", NULL},
		  {"committed", "memory_committed_bytes", NULL},
		  {"commit limit", "memory_commit_limit_bytes", NULL},
		  {"huge pages", "hugepages_total_bytes", NULL},
		  {"huge free", "hugepages_free_bytes", NULL},
		  {"transparent", "hugepages_transparent_bytes", NULL},
		  {"swap used", "swap_used_bytes", NULL},
		  {"swap total", "swap_total_bytes", NULL}},
	.row_range = true,
	.row_role = PT_ROLE_GRAPH_1,
	.culprit = PT_RESOURCE_MEMORY + 1,
	.contained_by = "cgroup_memory_limit_bytes",
	.contained = &contained,
};

PV_PANE(memory, "memory", "Memory used, cache, swap", 1, 1);
