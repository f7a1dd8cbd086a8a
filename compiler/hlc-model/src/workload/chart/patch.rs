//! Changes to what a chart renders.

use hlc_schema::free::{FreeEntry, FreeKind};
use hlc_schema::scalar::Mismatch;
use hlc_schema::{DataValue, Free, Node, Scalar, Spanned, TypeDecl};

/// An object that a chart renders: `Kind/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectName {
    /// The kind.
    pub kind: String,
    /// The name.
    pub name: String,
}

impl Scalar for ObjectName {
    const TYPE: TypeDecl =
        TypeDecl::new("object", "an object that the chart renders, as `KIND/NAME`, such as `\"IngressClass/nginx\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let (kind, name) = text.split_once('/').ok_or_else(Mismatch::default)?;
        let is_kind =
            kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.chars().all(|c| c.is_ascii_alphanumeric());
        if !is_kind || name.is_empty() || name.contains(['/', ' ']) {
            return Err(Mismatch::default());
        }
        Ok(Self { kind: kind.to_owned(), name: name.to_owned() })
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(format!("{}/{}", self.kind, self.name))
    }
}

/// Changes an object that a chart renders: what is written is merged over it, maps deep, lists replaced.
#[derive(Debug, Node)]
#[node(
    name = "patch",
    example = r#"patch "Deployment/web" {
    spec replicas=2
}"#
)]
pub struct Patch {
    /// The object, as `KIND/NAME`.
    #[arg]
    pub object: Spanned<ObjectName>,
    /// What is merged over it.
    #[entries]
    pub entries: Vec<FreeEntry>,
}

impl Patch {
    /// What is merged over the object.
    #[must_use]
    pub fn over(&self) -> Free {
        Free { kind: FreeKind::Map { bases: Vec::new(), entries: self.entries.clone() }, span: self.object.span }
    }
}

/// Leaves out an object that a chart renders.
#[derive(Debug, Node)]
#[node(name = "remove", example = r#"remove "IngressClass/nginx""#)]
pub struct Remove {
    /// The object, as `KIND/NAME`.
    #[arg]
    pub object: Spanned<ObjectName>,
}
