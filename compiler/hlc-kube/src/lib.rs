//! Kubernetes as hlc sees it: kinds, schemas, YAML, files.
//!
//! - [`lookup`] and [`kinds`]: which kinds there are, so that `Deployment "web" { … }` needs no apiVersion.
//! - [`schema`]: what the fields of built-in kinds are, with a sentence about each.
//! - [`validate`]: an object judged by that, [`validate_custom`] one by a definition of the homelab; findings are in [`CODES`].
//! - [`to_yaml`], [`data_to_yaml`], [`data_from_yaml`], [`data_to_json`]: data out and in.
//! - [`output_tree`]: a plan as files.
//!
//! Architecture invariants:
//! - Pure: text and data in, text and findings out. No file, no network, no process, no clock.
//! - The same object gives the same bytes, whatever order it was written in.
//! - Nothing is downloaded or guessed at run time: the schemas are of one Kubernetes release and embedded. Of an
//!   object whose kind has no schema only what all objects share is judged.
//! - A definition is decoded when an object needs it, so that a check of a few objects costs microseconds, not a parse of
//!   all of Kubernetes.
//!
//! Start reading at [`KindInfo`], then [`schema`] and the walk in `validate`.

mod json;
mod kind;
mod output;
pub mod schema;
mod tree;
mod validate;
mod yaml;

pub use json::data_to_json;
pub use kind::{KindInfo, Lookup, kinds, lookup};
pub use output::{WORKLOAD_FILE, file_stem, output_paths, output_tree, workload_files, workload_text};
pub use schema::KUBERNETES_VERSION;
pub use tree::OutputTree;
pub use validate::{CODES, amount, is_quantity, validate, validate_custom};
pub use yaml::{
    YamlError, count_yaml_comments, data_from_yaml, data_from_yaml_file, data_to_yaml, documents_as_helm,
    documents_from_yaml, map_to_yaml, to_yaml,
};
