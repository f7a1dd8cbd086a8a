//! `#[derive(Node)]` and `#[derive(Choice)]`: the declarations of the language, made from Rust types.
//!
//! The macros only translate: doc comments, names and types of a struct become a `NodeDecl`, and reading becomes one call
//! per field. What a declaration means is decided in hlc-schema.

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

mod attributes;
mod choice;
mod node;

/// Declares a typed node.
///
/// On the struct: `#[node(name = "worker", example = "…", annotations("existing"), attributes = ATTRIBUTES, scope = Local, names = Label)]`;
/// the doc comment becomes the node's documentation. On a field one of
/// - `#[arg]`: the next argument (all that are left for a `Vec`),
/// - `#[prop]`: a property or a child with the same value (several values for a `Vec`),
/// - `#[block]`: a child node: `T`, `Option<T>` or `Vec<T>`,
/// - `#[free]`: an `Option<FreeBlock>`, `#[objects]`: a `Vec<ObjectNode>`,
/// - `#[defaults(decls = PATH)]`: a `defaults` child, read by the model,
/// - `#[annotated("existing")]`: a `bool`, `#[span]` the whole node, `#[head]` its name.
///
/// `name = "…"` in `prop`, `block` and `free` renames; the rule is kebab-case. `default = "…"` documents what absence means.
#[proc_macro_derive(Node, attributes(node, arg, prop, block, free, objects, defaults, annotated, span, head))]
pub fn derive_node(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    node::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// Declares a value that is one of a few words: the variants in kebab-case, or `#[choice("word")]`.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn derive_choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    choice::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
