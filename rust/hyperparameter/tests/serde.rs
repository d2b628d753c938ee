//! Types that serde reads from a buffer: `flatten`, and enums that are untagged or have an inner tag.

use hyperparameter::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Rate {
    lr: f64,
    steps: Option<u32>,
    label: String,
    nesterov: bool,
    sizes: Vec<u8>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    rate: Rate,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Optimizer {
    Sgd { lr: f64, label: String },
    Adam { betas: (f64, f64), inner: Inner },
}

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    eps: f64,
    tag: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Size {
    Pair { width: u32, height: u32 },
    Named { label: String },
}

fn view(texts: &[&str]) -> Snapshot {
    ParamScope::from_texts(texts).unwrap().snapshot()
}

/// Each text is converted to the type of its own field, whatever the texts beside it look like.
#[test]
fn a_flattened_field_is_converted_by_what_it_asks_for() {
    let texts = [
        "a.name=1",
        "a.lr=1",
        "a.steps=1",
        "a.label=1",
        "a.nesterov=1",
        "a.sizes=[1, 1]",
    ];
    let rate = |steps, nesterov, sizes: &[u8]| Rate {
        lr: 1.0,
        steps,
        label: "1".to_owned(),
        nesterov,
        sizes: sizes.to_vec(),
    };
    let named = view(&texts).deserialize::<Named>("a").unwrap();
    assert_eq!(
        (named.name.as_str(), named.rate),
        ("1", rate(Some(1), true, &[1, 1]))
    );
    let texts = [
        "a.name=none",
        "a.lr=1.0",
        "a.steps=none",
        "a.label=1",
        "a.nesterov=off",
        "a.sizes=[]",
    ];
    let named = view(&texts).deserialize::<Named>("a").unwrap();
    assert_eq!(
        (named.name.as_str(), named.rate),
        ("none", rate(None, false, &[]))
    );
}

/// A value of another type is converted by the rule too: a number is read as text, and a whole float as an integer.
#[test]
fn a_number_is_converted_in_a_flattened_type() {
    let mut scope =
        ParamScope::from_texts(["a.name=x", "a.nesterov=Yes", "a.sizes=[\"3\", 4.0]"]).unwrap();
    scope.put("a.lr", 2).unwrap();
    scope.put("a.steps", 3.0).unwrap();
    scope.put("a.label", 0.5).unwrap();
    let named = scope.snapshot().deserialize::<Named>("a").unwrap();
    let rate = Rate {
        lr: 2.0,
        steps: Some(3),
        label: "0.5".to_owned(),
        nesterov: true,
        sizes: vec![3, 4],
    };
    assert_eq!(named.rate, rate);
}

/// The error names the part that does not fit, its value and the type that it should have.
#[test]
fn the_error_names_the_field_at_fault() {
    let texts = [
        "a.name=x",
        "a.lr=0.1",
        "a.steps=3",
        "a.label=5",
        "a.nesterov=maybe",
        "a.sizes=[1]",
    ];
    let error = view(&texts).deserialize::<Named>("a").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("'a.nesterov' = 'maybe' is not a valid bool (set at "),
        "{error}"
    );
    let error = view(&["b.kind=sgd", "b.label=1", "b.lr=fast"])
        .deserialize::<Optimizer>("b")
        .unwrap_err();
    assert_eq!((error.key(), error.wanted()), ("b.lr", Some("float")));
    let error = view(&[
        "b.kind=adam",
        "b.betas=[0.9, \"x\"]",
        "b.inner.eps=1",
        "b.inner.tag=1",
    ])
    .deserialize::<Optimizer>("b")
    .unwrap_err();
    assert_eq!(
        (error.key(), error.value()),
        ("b.betas[1]", Some(&Value::from("x")))
    );
}

/// The same holds in an enum with an inner tag, at any depth, and in an untagged enum.
#[test]
fn the_content_of_a_tagged_enum_is_converted_by_what_it_asks_for() {
    let sgd = view(&["b.kind=sgd", "b.lr=7", "b.label=7"]);
    let label = "7".to_owned();
    assert_eq!(
        sgd.deserialize::<Optimizer>("b").unwrap(),
        Optimizer::Sgd { lr: 7.0, label }
    );
    let adam = view(&[
        "b.kind=adam",
        "b.betas=[\"0.9\", 1]",
        "b.inner.eps=1e-8",
        "b.inner.tag=1e-8",
    ]);
    let inner = Inner {
        eps: 1e-8,
        tag: "1e-8".to_owned(),
    };
    assert_eq!(
        adam.deserialize::<Optimizer>("b").unwrap(),
        Optimizer::Adam {
            betas: (0.9, 1.0),
            inner
        }
    );
    let pair = view(&["c.width=3", "c.height=4"]);
    assert_eq!(
        pair.deserialize::<Size>("c").unwrap(),
        Size::Pair {
            width: 3,
            height: 4
        }
    );
    let label = "3".to_owned();
    assert_eq!(
        view(&["c.label=3"]).deserialize::<Size>("c").unwrap(),
        Size::Named { label }
    );
}
