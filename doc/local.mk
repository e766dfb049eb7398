# SPDX-License-Identifier: GPL-3.0-or-later
#
# Pages and schemas are kept as they are installed, and made from FILE.in by `make docs`, so that
# nobody needs the generator to read or to install them. tests/checks/docs.sh compares.
GENERATED_DOCS = \
	doc/perftop.1 \
	doc/perftop-config.5 \
	doc/schema/layout.schema.json \
	doc/schema/project-config.schema.json \
	doc/schema/user-config.schema.json

dist_man_MANS = doc/perftop.1 doc/perftop-benchmarks.5 doc/perftop-config.5
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	doc/schema/baseline.schema.json \
	doc/schema/benchmarks.schema.json \
	doc/schema/layout.schema.json \
	doc/schema/project-config.schema.json \
	doc/schema/user-config.schema.json
examplesdir = $(docdir)/examples
dist_examples_DATA = doc/examples/benchmarks.json doc/examples/config.json
EXTRA_DIST += $(GENERATED_DOCS:=.in) doc/perftop.png doc/benchmarks.png doc/flame.png

EXTRA_PROGRAMS += tools/gen-doc
CLEANFILES += tools/gen-doc$(EXEEXT)
check_SCRIPTS += tools/gen-doc$(EXEEXT)
tools_gen_doc_SOURCES = tools/gen-doc.c
tools_gen_doc_LDADD = $(PT_LIBS)

docs: tools/gen-doc$(EXEEXT)
	$(AM_V_GEN)for file in $(GENERATED_DOCS); do \
		./tools/gen-doc$(EXEEXT) $(top_srcdir)/$$file.in >doc.tmp && \
		{ cmp -s doc.tmp $(top_srcdir)/$$file || cp doc.tmp $(top_srcdir)/$$file; } || \
		exit 1; \
	done; rm -f doc.tmp
.PHONY: docs

# Examples of continuous integration, installed as documentation.
cidir = $(docdir)/ci
dist_ci_DATA = doc/ci/Jenkinsfile doc/ci/README doc/ci/benchmarking.yml doc/ci/gitlab-ci.yml
