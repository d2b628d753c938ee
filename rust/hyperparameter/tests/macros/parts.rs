//! Values and their parts: what is set below a key merges with the value of the key, and with the default.

use std::collections::{BTreeMap, HashMap};

use hyperparameter::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Net {
    name: String,
    layers: Vec<u16>,
    drop: Option<f64>,
    opt: Opt,
}

#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Opt {
    Sgd { lr: f64, momentum: f64 },
    Adam { lr: f64 },
}

fn net() -> Net {
    Net {
        name: "cnn".into(),
        layers: vec![8, 16],
        drop: Some(0.5),
        opt: Opt::Sgd {
            lr: 0.1,
            momentum: 0.9,
        },
    }
}

/// Parts of a struct come from its default, at any depth, unless they are set.
#[test]
fn a_struct_merges_with_its_default() {
    let texts = [
        "net.layers.1=32",
        "net.layers.+=64",
        "net.drop=none",
        "net.opt.sgd.lr=1",
    ];
    with_params! {
        params ParamScope::from_texts(texts).unwrap();
        let expected = Net {
            layers: vec![8, 32, 64],
            drop: None,
            opt: Opt::Sgd { lr: 1.0, momentum: 0.9 },
            ..net()
        };
        assert_eq!(get_param!(net, net()), expected);
        assert_eq!(get_param!(net, Some(net())), Some(expected));
    }
    with_params! {
        set net.opt.adam.lr = "1e-3";
        assert_eq!(get_param!(net, net()), Net { opt: Opt::Adam { lr: 0.001 }, ..net() });
    }
    with_params! {
        params ParamScope::from_texts([r#"net={"name": "mlp", "opt": {"sgd": {"lr": 2}}}"#]).unwrap();
        set net.name = "rnn";
        let opt = Opt::Sgd { lr: 2.0, momentum: 0.9 };
        assert_eq!(get_param!(net, net()), Net { name: "rnn".into(), opt, ..net() });
        assert_eq!(get_param!(net.opt.sgd.lr, 0.0), 2.0);
    }
}

/// Parts of a struct that a program set as a value are overridden in an inner scope.
#[test]
fn a_struct_that_was_set_merges_with_its_parts() {
    with_params! {
        set opt = Opt::Adam { lr: 0.5 };
        assert_eq!(get_param!(opt, Opt::Adam { lr: 0.1 }), Opt::Adam { lr: 0.5 });
        assert_eq!((get_param!(opt.adam.lr, 0.0), get_param!(opt.adam.wd, 7)), (0.5, 7));
        with_params! {
            set opt.adam.lr = 0.25;
            assert_eq!(get_param!(opt, Opt::Adam { lr: 0.1 }), Opt::Adam { lr: 0.25 });
            assert_eq!(get_param!(opt, None::<Opt>), Some(Opt::Adam { lr: 0.25 }));
        }
    }
}

/// Maps and lists merge with their defaults, and convert their items.
#[test]
fn maps_and_lists_merge_with_their_defaults() {
    type Layers = BTreeMap<String, Vec<u8>>;
    let layers: Layers = [("a".to_owned(), vec![1, 2]), ("b".to_owned(), vec![3])].into();
    with_params! {
        params ParamScope::from_texts(["m.a.0=7", "m.c=[4]", "w.x=1", "l.+=3", "l.-1=9"]).unwrap();
        let expected = [("a", vec![7, 2]), ("b", vec![3]), ("c", vec![4])];
        let expected: Layers = expected.map(|(name, list)| (name.to_owned(), list)).into();
        assert_eq!(get_param!(m, layers.clone()), expected);
        assert_eq!(get_param!(m, Some(layers)), Some(expected));
        let weights = HashMap::from([("y".to_owned(), 0.5)]);
        let merged = HashMap::from([("x".to_owned(), 1.0), ("y".to_owned(), 0.5)]);
        assert_eq!(get_param!(w, weights), merged);
        assert_eq!(get_param!(l, vec![1, 2]), [1, 9, 3]);
        let error = try_get_param!(l, [1, 2]).unwrap_err().to_string();
        assert!(error.contains("expected 2 items, got 3"), "{error}");
        assert_eq!(get_param!(m.a, (1, 2.5)), (7, 2.5));
        let error = try_get_param!(l, (1, 2)).unwrap_err().to_string();
        assert!(error.starts_with("'l.+' is not the index of an item: the list has 2 items"), "{error}");
    }
}

/// An error names the part at fault, its value alone, and the line that set it.
#[test]
fn an_error_names_the_part_at_fault() {
    let cases = [
        (
            "net.layers.0=x",
            "'net.layers[0]' = 'x' is not a valid int (set at ",
        ),
        (
            "net.layers.7=1",
            "'net.layers.7' is not the index of an item: the list has 2 items (set at ",
        ),
        (
            "net.opt.sgd.lr=x",
            "'net.opt.sgd.lr' = 'x' is not a valid float (set at ",
        ),
        (
            "net.nane=x",
            "'net.nane' is not a field; did you mean 'name'? (set at ",
        ),
        (
            r#"net={"secret": 1, "layers": [1, "y"]}"#,
            "'net.layers[1]' = 'y' is not a valid int (set at ",
        ),
    ];
    for (text, expected) in cases {
        with_params! {
            params ParamScope::from_texts([text]).unwrap();
            let error = try_get_param!(net, net()).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
    let scope = ParamScope::from_texts(["net.name=a"]).unwrap();
    let error = scope.snapshot().deserialize::<Net>("net").unwrap_err();
    assert_eq!(
        error.to_string(),
        "'net.layers' is not set, and it has no default"
    );
}
