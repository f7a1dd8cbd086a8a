//! Where in an object.

use std::fmt;

/// The way to a field: `spec.template.spec.containers[name=web].image`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(Vec<Step>);

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into a map, by its key.
    Key(String),
    /// Into a list, by what tells its items apart.
    Item(Vec<(String, String)>),
    /// Into a list whose items have no keys, counted from 0: in the new list, or in the old one for what is gone.
    Index(usize),
}

impl FieldPath {
    /// Its steps.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The last key on the way.
    #[must_use]
    pub fn last_key(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None })
    }

    /// True when it leads through these keys from the top, or to one of them. Lists take no step.
    #[must_use]
    pub fn starts_with(&self, keys: &[&str]) -> bool {
        let mut own = self.keys();
        keys.iter().all(|key| own.next() == Some(key))
    }

    /// True when `keys` lead on from where it ends: the whole of what it names came or went, and they lead into that.
    #[must_use]
    pub fn leads_to(&self, keys: &[&str]) -> bool {
        let mut wanted = keys.iter();
        self.keys().all(|key| wanted.next() == Some(&key))
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None })
    }

    pub(crate) fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    pub(crate) fn pop(&mut self) {
        self.0.pop();
    }
}

impl<const N: usize> From<[&str; N]> for FieldPath {
    fn from(keys: [&str; N]) -> Self {
        Self(keys.map(|key| Step::Key(key.to_owned())).to_vec())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if is_plain(key) => {
                    f.write_str(if index > 0 { "." } else { "" })?;
                    f.write_str(key)?;
                }
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Item(keys) => {
                    f.write_str("[")?;
                    for (index, (key, value)) in keys.iter().enumerate() {
                        f.write_str(if index > 0 { "," } else { "" })?;
                        if is_plain(value) { write!(f, "{key}={value}")? } else { write!(f, "{key}={value:?}")? }
                    }
                    f.write_str("]")?;
                }
            }
        }
        Ok(())
    }
}

/// True for a word that needs no quotes in a path.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written() {
        let mut path = FieldPath::from(["metadata", "annotations", "example.net/a"]);
        assert_eq!(path.to_string(), "metadata.annotations[\"example.net/a\"]");
        path.push(Step::Item(vec![("containerPort".to_owned(), "80".to_owned()), ("x".to_owned(), "a b".to_owned())]));
        path.push(Step::Index(3));
        path.push(Step::Key("image".to_owned()));
        assert_eq!(path.to_string(), "metadata.annotations[\"example.net/a\"][containerPort=80,x=\"a b\"][3].image");
        assert_eq!(path.last_key(), Some("image"));
    }

    #[test]
    fn ways() {
        let path = FieldPath::from(["spec", "selector", "matchLabels"]);
        assert!(path.starts_with(&["spec", "selector"]) && !path.starts_with(&["spec", "template"]));
        assert!(!FieldPath::from(["spec"]).starts_with(&["spec", "selector"]));
        assert!(FieldPath::from(["spec"]).leads_to(&["spec", "selector"]));
        assert!(!path.leads_to(&["spec", "selector"]));
    }
}
