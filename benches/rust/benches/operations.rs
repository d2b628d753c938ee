use std::hint::black_box;
use criterion::{Criterion, criterion_group, criterion_main};
use hyperparameter::*;
fluid_let::fluid_let!(static LR: f64);
fn bench(c: &mut Criterion) {
    let mut g = c.benchmark_group("read");
    g.warm_up_time(std::time::Duration::from_millis(300)).measurement_time(std::time::Duration::from_millis(900));
    LR.set(0.1, || g.bench_function("fluid", |b| b.iter(|| black_box(LR.copied()))));
    with_params! { set train.lr = 0.1; g.bench_function("ours", |b| b.iter(|| black_box(get_param!(train.lr, 0.001)))); }
    with_params! { set train.lr = "0.1"; g.bench_function("ours text", |b| b.iter(|| black_box(get_param!(train.lr, 0.001)))); }
    with_params! { set train.lr = "x"; g.bench_function("ours string", |b| b.iter(|| black_box(get_param!(train.lr, "y")))); }
    g.bench_function("missing", |b| b.iter(|| black_box(get_param!(train.lr, 0.001))));
    g.bench_function("with one", |b| b.iter(|| with_params! { set train.lr = 0.1; }));
    g.bench_function("with three", |b| b.iter(|| with_params! { set train.lr = 0.1; set train.lx = 3; set train.ly = true; }));
    g.bench_function("with one read two", |b| b.iter(|| with_params! { set train.lr = 0.1; black_box(get_param!(train.lr, 0.001)); black_box(get_param!(train.q, 0.001)); }));
    let ps = ParamScope::from_texts(["train.lr=0.1"]).unwrap();
    g.bench_function("enter kept", |b| b.iter(|| { let _g = ps.enter(); }));
    with_params! { set train.lr = 0.1; let s=snapshot(); let k = String::from("train.lr"); g.bench_function("runtime key", |b| b.iter(|| black_box(s.get(&k, 0.001)))); }
}
criterion_group!(benches, bench);
criterion_main!(benches);
