//! YAML out and in.
//!
//! One input, one output: keys sorted, one style per value, no folding, so that a line of a manifest changes only when
//! its meaning does. What is written reads the same for Kubernetes, Helm, Argo CD (YAML 1.1) and for YAML 1.2 tools.

mod read;
mod scalar;
mod style;
mod write;

pub use read::{
    YamlError, count_yaml_comments, data_from_yaml, data_from_yaml_file, documents_as_helm, documents_from_yaml,
};
pub(crate) use write::to_yaml_into;
pub use write::{data_to_yaml, map_to_yaml, to_yaml};
