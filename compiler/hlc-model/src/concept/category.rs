//! Categories of workloads.

use hlc_schema::{Def, Node};

/// A group of workloads that start from the same defaults.
#[derive(Debug, Node)]
#[node(
    name = "category",
    example = r#"category "ai" {
    defaults {
        namespace pod-security="baseline"
    }
}"#
)]
pub struct Category {
    /// The category's name.
    #[arg]
    pub name: Def<Category>,
    /// What nodes in the category's workloads start from.
    #[defaults(decls = super::defaultable)]
    pub defaults: (),
}
