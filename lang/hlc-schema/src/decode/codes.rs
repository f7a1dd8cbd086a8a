//! The findings of decoding.

use hlc_diag::{Code, Severity};

/// Every finding about the shape of typed nodes.
pub(super) static CODES: &[&Code] = &[
    &UNKNOWN_NODE,
    &UNKNOWN_PROPERTY,
    &MISSING_FIELD,
    &DUPLICATE_FIELD,
    &EXTRA_ARGUMENT,
    &WRONG_SHAPE,
    &ANNOTATION,
    &LITERAL_WANTED,
    &NUMBER,
    &super::deprecated::DEPRECATED,
];

/// A node that cannot stand here.
pub(crate) static UNKNOWN_NODE: Code = Code {
    id: "HLC0101",
    name: "unknown-node",
    severity: Severity::Error,
    summary: "a node that cannot stand in this place",
    explain: "Every typed block has a fixed set of nodes; `hlc explain NODE` lists them. Keys chosen by you live only in \
              blocks of data, such as `values`, and names that start upper-case are Kubernetes objects.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    netwrok \"lan\" cidr=\"192.168.1.0/24\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// A property that the node does not have.
pub(crate) static UNKNOWN_PROPERTY: Code = Code {
    id: "HLC0102",
    name: "unknown-property",
    severity: Severity::Error,
    summary: "a property that the node does not have",
    explain: "Every typed node has a fixed set of properties; `hlc explain NODE` lists them.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cdir=\"192.168.1.0/24\" cidr=\"192.168.1.0/24\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// Something the node cannot do without.
pub(crate) static MISSING_FIELD: Code = Code {
    id: "HLC0103",
    name: "missing-field",
    severity: Severity::Error,
    summary: "a node lacks something it cannot do without",
    explain: "Where a sensible default exists, hlc has one; this field has none, so its value has to be written, in the \
              node itself or in the `defaults` that it starts from.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// One field given twice.
pub(crate) static DUPLICATE_FIELD: Code = Code {
    id: "HLC0104",
    name: "duplicate-field",
    severity: Severity::Error,
    summary: "a field is given twice",
    explain: "`cores=4` and `cores 4` mean the same, and each field has one value. Two are a contradiction even when they \
              agree today.",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\" { cidr \"10.0.0.0/8\" }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// More arguments than the node takes.
pub(crate) static EXTRA_ARGUMENT: Code = Code {
    id: "HLC0105",
    name: "extra-argument",
    severity: Severity::Error,
    summary: "a value too many",
    explain: "The argument of a node says which one is meant (its name), or is its value; facts about it are properties \
              (`key=value`) or children. Spaces separate values: text with a space needs quotes.",
    bad: "homelab \"home\" \"example.net\" domain=\"example.net\"",
    good: "homelab \"home\" domain=\"example.net\"",
};

/// A block where a value is wanted, or the other way round.
pub(crate) static WRONG_SHAPE: Code = Code {
    id: "HLC0106",
    name: "wrong-shape",
    severity: Severity::Error,
    summary: "a block where a value is wanted, or the other way round",
    explain: "A plain setting has a value (`cidr \"10.0.0.0/8\"` or `cidr=\"10.0.0.0/8\"`); a block has children \
              (`values { … }`).",
    bad: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\" { gateway { ip \"192.168.1.1\" } }\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\" gateway=\"192.168.1.1\"\n}",
};

/// An annotation that means nothing here.
pub(crate) static ANNOTATION: Code = Code {
    id: "HLC0107",
    name: "unknown-annotation",
    severity: Severity::Error,
    summary: "an annotation that means nothing in this place",
    explain: "`(existing)` before a node says that it is looked up and never made. `(ref)`, `(fmt)` and `(secret)` before a \
              value make it a reference, text with references in it, or a secret. Others exist in data only.",
    bad: "homelab \"home\" domain=(cidr)\"example.net\"",
    good: "homelab \"home\" domain=\"example.net\"",
};

/// A reference where only a literal can stand.
pub(crate) static LITERAL_WANTED: Code = Code {
    id: "HLC0108",
    name: "literal-wanted",
    severity: Severity::Error,
    summary: "a reference where only a literal value can stand",
    explain: "Names, and the facts that others are computed from, are written out, so that a reader and every check see \
              them without following anything.",
    bad: "homelab \"home\" domain=(ref)network.lan.cidr {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
    good: "homelab \"home\" domain=\"example.net\" {\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}",
};

/// A number that cannot be carried over.
pub(crate) static NUMBER: Code = Code {
    id: "HLC0109",
    name: "number",
    severity: Severity::Error,
    summary: "a number that the tools behind hlc would read differently, or not at all",
    explain: "Kubernetes and Helm read whole numbers of 64 bits and finite decimal numbers. `0644` is six hundred and \
              forty-four in KDL but octal in YAML 1.1: write `0o644`, or quote it when it is text.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"mode\" { defaultMode 0644 }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"mode\" { defaultMode 0o644 }",
};
