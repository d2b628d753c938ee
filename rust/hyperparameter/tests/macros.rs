use hyperparameter::*;
#[test]
fn smoke() {
    fn train() -> f64 {
        with_params! { get lr = train.lr or 0.001f64; get bs = train.batch_size or 32i64; lr * bs as f64 }
    }
    assert_eq!(train(), 0.032);
    with_params! { set train.lr = 0.5; set train.batch_size = "2"; assert_eq!(train(), 1.0); };
    with_params! { @set train.lr = 0.5f32; @get x = train.lr or 0.0; let y: f64 = x; assert_eq!(y, 0.5); }
    let n: i64 = with_params! { get n = a.n or 3; n };
    assert_eq!(n, 3);
    fn takes(x: u8) -> u8 {
        x
    }
    with_params! { set layers.0.1.size = 7; get n = layers.0.1.size or 3; assert_eq!(takes(n), 7); }
    with_params! { get s = a.b or "x"; let t: String = s; assert_eq!(t, "x"); }
    let get = 1;
    let mut set = std::collections::HashSet::new();
    let params = 4u8;
    let z = with_params! { set.insert(get); let _ = params; set type.x = 3; params & 4 };
    assert_eq!(z, 4);
}
async fn later() -> i64 {
    get_param!(a, 0)
}
async fn q(fail: bool) -> Result<i64, String> {
    let v = with_params! { set a = 3; if fail { Err("no")? } let x = later().await; for i in 0..3 { if i == 1 { break; } } if x == 4 { return Ok(0) } x + 1 };
    Ok(v + later().await)
}
#[test]
fn awaits() {
    assert_eq!(futures::executor::block_on(q(false)), Ok(4));
    assert_eq!(futures::executor::block_on(q(true)), Err("no".into()));
}
