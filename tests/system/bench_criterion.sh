#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real Criterion project, built offline from the distribution's crates, from bench init to the
# gate. What cargo has built is kept in PT_CARGO_TARGET, so that it is built once for all
# configurations.
. "$PT_SRCDIR/tests/tap.sh"
. "$PT_SRCDIR/tests/bench_real.sh"
wants cargo cargo
wants git git
wants /usr/share/cargo/registry librust-criterion-dev
ls -d /usr/share/cargo/registry/criterion-[0-9]* >/dev/null 2>&1 ||
	skip_all "no crate criterion: install librust-criterion-dev"

# A toolchain of rustup's is found below the home that tests do not have.
home=$(getent passwd "$(id -u)" | cut -d: -f6)
[ ! -d "$home/.rustup" ] || export RUSTUP_HOME=${RUSTUP_HOME:-$home/.rustup}
run cargo --version
[ "$status" = 0 ] || skip_all "cargo does not start: $stderr"

project
mkdir -p src benches .cargo "${PT_CARGO_TARGET:=$PT_BUILDDIR/tests/system/criterion.target}"
ln -s "$(cd "$PT_CARGO_TARGET" && pwd)" target
export CARGO_NET_OFFLINE=true CARGO_PROFILE_BENCH_OPT_LEVEL=0 CARGO_PROFILE_BENCH_DEBUG=0
cat >.cargo/config.toml <<'TOML'
[source.crates-io]
replace-with = "distribution"

[source.distribution]
directory = "/usr/share/cargo/registry"
TOML
cat >Cargo.toml <<'TOML'
[package]
name = "sums"
version = "0.1.0"
edition = "2018"

[dev-dependencies]
criterion = { version = "*", default-features = false }

[[bench]]
name = "sums"
harness = false
TOML
cat >src/lib.rs <<'RS'
const ROUNDS: u64 = 100;
pub fn sum(n: u64) -> u64 {
    (0..n * ROUNDS).fold(0, |sum, i| sum + i * i % 7)
}
RS
cat >benches/sums.rs <<'RS'
use criterion::{black_box, criterion_group, criterion_main, BenchmarkId, Criterion};
use std::time::Duration;

fn sums(c: &mut Criterion) {
    c.bench_function("a sum?", |b| b.iter(|| sums::sum(black_box(1))));
    let mut group = c.benchmark_group("group/with slash");
    group.bench_with_input(BenchmarkId::new("sum", 2), &2, |b, n| b.iter(|| sums::sum(*n)));
    group.finish();
}

criterion_group! {
    name = all;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1001)
        .warm_up_time(Duration::from_millis(10))
        .measurement_time(Duration::from_millis(50));
    targets = sums
}
criterion_main!(all);
RS
printf 'target\nCargo.lock\n' >.gitignore
rm -rf target/criterion
commit "start"

slower() { sed -i 's/= 100;/= 5000;/' src/lib.rs; }

# A cold build takes half a minute of CPU time. On a machine so busy that the tests' time would not
# do, cargo goes on where it stood the next time.
timeout 150 cargo bench --bench sums --no-run >"$PT_TMP/cargo.log" 2>&1
case $? in
0) ;;
124) skip_all "cargo has not built Criterion within 150 s" ;;
*) note "$(tail -n 20 "$PT_TMP/cargo.log")" ;;
esac

real_init sums 5
real_gate slower
like "$stdout" "*group/with slash/sum/2*" "names as Criterion tells them, not as its folders"
finish
