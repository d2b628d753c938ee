//! The oracle: the same rules, implemented with plain maps that are copied for every operation.

use std::collections::BTreeMap;

use hyperparameter::Value;

/// The visible keys and their values.
pub(crate) type View = BTreeMap<String, Value>;

/// What a scope sets. `None` deletes the key.
pub(crate) type Overrides = BTreeMap<String, Option<Value>>;

/// The number of the ambient scope.
pub(crate) const AMBIENT: usize = 0;

/// One entry of a scope.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) scope: usize,
    pub(crate) overrides: Overrides,
    /// The view that the scope shows instead of the scopes outside it.
    pub(crate) background: Option<View>,
}

impl Layer {
    /// Return the view of this scope, entered in `view`.
    pub(crate) fn apply_to(&self, view: &View) -> View {
        let mut view = self.background.as_ref().unwrap_or(view).clone();
        // In this order a key comes before the keys below it, which were set later than the key.
        for (key, value) in &self.overrides {
            match value {
                Some(value) => insert(&mut view, key, value.clone()),
                None => {
                    view.remove(key);
                }
            }
        }
        view
    }
}

/// Set a key. Its value hides everything that was set below the key before.
fn insert<T>(map: &mut BTreeMap<String, T>, key: &str, value: T) {
    let prefix = format!("{key}.");
    map.retain(|name, _| !name.starts_with(&prefix));
    map.insert(key.to_owned(), value);
}

/// Set what other overrides set.
pub(crate) fn extend(overrides: &mut Overrides, changes: &Overrides) {
    for (key, value) in changes {
        insert(overrides, key, value.clone());
    }
}

/// One context, and the baseline.
#[derive(Debug)]
pub(crate) struct Oracle {
    pub(crate) baseline: View,
    /// The baseline of the moment when the outermost scope was entered. `None` outside every scope.
    pinned: Option<View>,
    /// The entered scopes, innermost last. The first is the ambient scope.
    layers: Vec<Layer>,
    /// The number of the entry of each layer.
    entries: Vec<usize>,
    /// How many entries were numbered.
    entered: usize,
}

impl Oracle {
    pub(crate) fn new() -> Self {
        let ambient = Layer {
            scope: AMBIENT,
            overrides: Overrides::new(),
            background: None,
        };
        Self {
            baseline: View::new(),
            pinned: None,
            layers: vec![ambient],
            entries: vec![0],
            entered: 0,
        }
    }

    pub(crate) fn view(&self) -> View {
        self.view_of(self.layers.len())
    }

    /// Return the view from a scope outwards. If the scope is not entered, return the view as if it were.
    pub(crate) fn view_from(&self, layer: &Layer) -> View {
        match self.position(layer.scope) {
            Some(position) => self.view_of(position + 1),
            None => layer.apply_to(&self.view()),
        }
    }

    fn view_of(&self, layers: usize) -> View {
        let base = self.pinned.as_ref().unwrap_or(&self.baseline).clone();
        self.layers[..layers]
            .iter()
            .fold(base, |view, layer| layer.apply_to(&view))
    }

    fn position(&self, scope: usize) -> Option<usize> {
        self.layers.iter().rposition(|layer| layer.scope == scope)
    }

    pub(crate) fn innermost(&self) -> usize {
        self.layers[self.layers.len() - 1].scope
    }

    /// Enter a scope, and return the number of this entry. The ambient scope is never left, so entering it does nothing.
    pub(crate) fn enter(&mut self, layer: &Layer) -> usize {
        if layer.scope == AMBIENT {
            return 0;
        }
        if self.layers.len() == 1 {
            self.pinned = Some(self.baseline.clone());
        }
        self.layers.push(layer.clone());
        self.entered += 1;
        self.entries.push(self.entered);
        self.entered
    }

    /// Leave the innermost entry of a scope.
    pub(crate) fn leave(&mut self, scope: usize) {
        if let Some(position) = self.position(scope) {
            self.leave_entry(self.entries[position]);
        }
    }

    /// Leave one entry of a scope, if it is not left yet.
    pub(crate) fn leave_entry(&mut self, entry: usize) {
        let position = self.entries.iter().position(|other| *other == entry);
        if let Some(position) = position.filter(|position| *position > 0) {
            self.layers.remove(position);
            self.entries.remove(position);
        }
        if self.layers.len() == 1 {
            self.pinned = None;
        }
    }

    /// Change the overrides of a scope until it is left. Return whether the scope is entered.
    pub(crate) fn write(&mut self, scope: usize, change: impl FnOnce(&mut Overrides)) -> bool {
        let Some(position) = self.position(scope) else {
            return false;
        };
        change(&mut self.layers[position].overrides);
        true
    }

    pub(crate) fn set(&mut self, scope: usize, key: &str, value: &Value) -> bool {
        self.write(scope, |overrides| {
            insert(overrides, key, Some(value.clone()));
        })
    }

    /// Delete a key and its subtree. Keys that are set outside of the scope are hidden. Other keys are removed from its
    /// overrides.
    pub(crate) fn delete(&mut self, scope: usize, key: &str) -> bool {
        let Some(position) = self.position(scope) else {
            return false;
        };
        let prefix = format!("{key}.");
        let background = self.layers[position].background.clone();
        let below = background.unwrap_or_else(|| self.view_of(position));
        let view = self.view_of(position + 1);
        let subtree = view.into_keys().filter(|name| name.starts_with(&prefix));
        for name in subtree.chain([key.to_owned()]) {
            let overrides = &mut self.layers[position].overrides;
            if below.contains_key(&name) {
                overrides.insert(name, None);
            } else {
                overrides.remove(&name);
            }
        }
        true
    }
}

/// Return the subtree below a key as a nested mapping. A value hides the keys below it.
pub(crate) fn nested(view: &View, prefix: &str) -> Option<Value> {
    let prefix = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix}.")
    };
    // The direct children: the segment and the key of each.
    let mut children: Vec<(&str, &str)> = Vec::new();
    for key in view.keys().filter(|key| key.starts_with(&prefix)) {
        let segment = key[prefix.len()..].split('.').next().unwrap_or_default();
        if !children.iter().any(|(known, _)| *known == segment) {
            children.push((segment, &key[..prefix.len() + segment.len()]));
        }
    }
    let value_of = |key: &str| view.get(key).cloned().or_else(|| nested(view, key));
    let items = children
        .into_iter()
        .filter_map(|(segment, key)| Some((segment, value_of(key)?)));
    Some(items.collect()).filter(|tree| !matches!(tree, Value::Map(map) if map.is_empty()))
}
