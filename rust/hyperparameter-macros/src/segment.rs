//! Spells a name as a segment of a key, in the one way that the grammar of keys in the crate `hyperparameter` accepts.

/// Return a name as a segment: in quotes, unless it is a plain segment.
pub(crate) fn quoted(name: &str) -> String {
    let needs_quotes =
        |character: char| matches!(character, '.' | '=' | '"') || character.is_control();
    if !name.is_empty() && !name.contains(needs_quotes) && name.trim().len() == name.len() {
        return name.to_owned();
    }
    let mut segment = String::from('"');
    for character in name.chars() {
        match character {
            '\u{8}' => segment.push_str("\\b"),
            '\t' => segment.push_str("\\t"),
            '\n' => segment.push_str("\\n"),
            '\u{c}' => segment.push_str("\\f"),
            '\r' => segment.push_str("\\r"),
            '"' | '\\' => segment.extend(['\\', character]),
            _ if character.is_control() => {
                segment.push_str(&format!("\\u{:04x}", character as u32));
            }
            _ => segment.push(character),
        }
    }
    segment + "\""
}
