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
/// On the struct: `#[node(name = "worker", id = "talos-worker", example = "…", annotations("existing"), attributes = ATTRIBUTES, scope = Local, names = Label)]`;
/// the doc comment becomes the node's documentation; with `open` other nodes and properties may stand in it too. On a field one of
/// - `#[arg]`: the next argument (all that are left for a `Vec`),
/// - `#[prop]`: a property or a child with the same value (several values for a `Vec`),
/// - `#[block]`: a child node: `T`, `Option<T>` or `Vec<T>`,
/// - `#[block(members)]`: a `Vec<T>` of nodes that start from the fields of this one (see below),
/// - `#[free]`: an `Option<FreeBlock>`, or `Layers` for blocks that their owner merges; `#[objects]`: a `Vec<ObjectNode>`, `#[entries]`: a `Vec<FreeEntry>`, the entries with keys
///   of the user's own in the node itself,
/// - `#[defaults(Oidc, Source)]` on a `()`: `defaults { oidc … }` and `defaults "oidc" { … }`, which every `oidc` inside
///   this node starts from, before those of the homelab; `#[defaults(decls = PATH)]` leaves reading them to the model,
/// - `#[annotated("existing")]`: a `bool`, `#[span]` the whole node, `#[head]` its name.
///
/// `name = "…"` in `prop`, `block` and `free` renames; the rule is kebab-case. `default = "…"` documents what absence means. `was = "…"` is a name
/// that the field had before, which is still read, with a warning.
///
/// # Groups
///
/// A group is a node whose fields are its members' defaults: `pool "workers" { cores 4; machine "w1" ip="…" }`. It opts in
/// at the field that holds the members, and may hold groups of its own kind:
///
/// ```
/// use hlc_schema::{Def, FreeBlock, Node, Spanned};
///
/// /// Machines that are alike.
/// #[derive(Node)]
/// pub struct Pool {
///     /// The pool's name.
///     #[arg]
///     pub name: Def<Pool>,
///     /// Its machines.
///     #[block(members)]
///     pub machine: Vec<Machine>,
///     /// Pools that start from this one.
///     #[block(members)]
///     pub pool: Vec<Pool>,
/// }
///
/// /// A machine.
/// #[derive(Node)]
/// pub struct Machine {
///     /// The machine's name.
///     #[arg]
///     pub name: Def<Machine>,
///     /// How many cores it has; its own, or those of the nearest pool around it that says.
///     #[prop]
///     pub cores: Spanned<String>,
///     /// Kernel modules.
///     #[prop]
///     pub kernel_modules: Vec<Spanned<String>>,
///     /// Labels of the node.
///     #[free]
///     pub labels: Option<FreeBlock>,
/// }
/// ```
///
/// - Every field of a member but its arguments and its own members may be given in the group, and in a group of groups. It
///   is checked once where it stands, also when the group has no members.
/// - A field of the group with the name of a member's is the default too if both are of one form (`#[prop]` and `#[prop]`).
/// - The nearest place wins: the member, the groups from the inside out, then `defaults`.
/// - Values, lists (`#[prop] Vec`) and blocks (`#[block]`, all blocks of a `Vec` together) are replaced as a whole. Free
///   data (`#[free]`) is merged: maps deep, lists replaced, the nearer words win; `Layers` come as they are written.
#[proc_macro_derive(Node, attributes(node, arg, prop, block, free, entries, objects, defaults, annotated, span, head))]
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
