//! The same rules over plain maps, copied on every occasion.

use std::collections::BTreeMap;

use hyperparameter::Value;

/// What is visible.
pub(crate) type View = BTreeMap<String, Value>;

/// What a scope sets; `None` for a key that it deletes.
pub(crate) type Own = BTreeMap<String, Option<Value>>;

/// The number of the scope that stands for the context.
pub(crate) const CONTEXT: usize = 0;

/// A scope as it is entered.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) scope: usize,
    pub(crate) own: Own,
    /// What it shows in place of what is outside.
    pub(crate) outside: Option<View>,
}

impl Layer {
    /// Return what is visible in this scope, entered in a view.
    pub(crate) fn over(&self, view: &View) -> View {
        let mut view = self.outside.as_ref().unwrap_or(view).clone();
        for (key, value) in &self.own {
            match value {
                Some(value) => view.insert(key.clone(), value.clone()),
                None => view.remove(key),
            };
        }
        view
    }
}

/// A context, and the baseline.
#[derive(Debug)]
pub(crate) struct Oracle {
    pub(crate) baseline: View,
    pinned: Option<View>,
    layers: Vec<Layer>, // the first is the context's own
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let context = Layer {
            scope: CONTEXT,
            own: Own::new(),
            outside: None,
        };
        Self {
            baseline: View::new(),
            pinned: None,
            layers: vec![context],
        }
    }

    pub(crate) fn view(&self) -> View {
        self.view_of(self.layers.len())
    }

    /// Return what is visible from a scope outwards; from one that is not entered, as if it were.
    pub(crate) fn view_from(&self, layer: &Layer) -> View {
        match self.place(layer.scope) {
            Some(place) => self.view_of(place + 1),
            None => layer.over(&self.view()),
        }
    }

    fn view_of(&self, layers: usize) -> View {
        let base = self.pinned.as_ref().unwrap_or(&self.baseline).clone();
        self.layers[..layers]
            .iter()
            .fold(base, |view, layer| layer.over(&view))
    }

    fn place(&self, scope: usize) -> Option<usize> {
        self.layers.iter().rposition(|layer| layer.scope == scope)
    }

    pub(crate) fn innermost(&self) -> usize {
        self.layers[self.layers.len() - 1].scope
    }

    /// Enter a scope. That of the context is never left, so entering it does nothing.
    pub(crate) fn enter(&mut self, layer: &Layer) {
        if layer.scope == CONTEXT {
            return;
        }
        if self.layers.len() == 1 {
            self.pinned = Some(self.baseline.clone());
        }
        self.layers.push(layer.clone());
    }

    pub(crate) fn leave(&mut self, scope: usize) {
        if let Some(place) = self.place(scope).filter(|place| *place > 0) {
            self.layers.remove(place);
        }
        if self.layers.len() == 1 {
            self.pinned = None;
        }
    }

    /// Change what a scope sets until it is left, and tell whether it is entered.
    pub(crate) fn write(&mut self, scope: usize, change: impl FnOnce(&mut Own)) -> bool {
        let Some(place) = self.place(scope) else {
            return false;
        };
        change(&mut self.layers[place].own);
        true
    }

    pub(crate) fn set(&mut self, scope: usize, key: &str, value: &Value) -> bool {
        self.write(scope, |own| {
            own.insert(key.to_owned(), Some(value.clone()));
        })
    }

    /// Make a key and those beneath it missing: what is set below is hidden, and nothing else is kept.
    pub(crate) fn delete(&mut self, scope: usize, key: &str) -> bool {
        let Some(place) = self.place(scope) else {
            return false;
        };
        let beneath = format!("{key}.");
        let outside = self.layers[place].outside.clone();
        let below = outside.unwrap_or_else(|| self.view_of(place));
        let view = self.view_of(place + 1);
        let gone = view.into_keys().filter(|name| name.starts_with(&beneath));
        for name in gone.chain([key.to_owned()]) {
            let own = &mut self.layers[place].own;
            if below.contains_key(&name) {
                own.insert(name, None);
            } else {
                own.remove(&name);
            }
        }
        true
    }
}

/// Return what lies beneath a key as a nested mapping; a value hides what lies beneath it.
pub(crate) fn nested(view: &View, prefix: &str) -> Option<Value> {
    let prefix = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}.")
    };
    let mut names: Vec<(&str, &str)> = Vec::new(); // of what is right beneath: its segment, its key
    for key in view.keys().filter(|key| key.starts_with(&prefix)) {
        let segment = key[prefix.len()..].split('.').next().unwrap_or_default();
        if !names.iter().any(|(known, _)| *known == segment) {
            names.push((segment, &key[..prefix.len() + segment.len()]));
        }
    }
    let value_of = |key: &str| view.get(key).cloned().or_else(|| nested(view, key));
    let items = names
        .into_iter()
        .filter_map(|(segment, key)| Some((segment, value_of(key)?)));
    Some(items.collect()).filter(|tree| !matches!(tree, Value::Map(map) if map.is_empty()))
}
