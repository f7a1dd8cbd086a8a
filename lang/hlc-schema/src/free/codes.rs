//! The findings of free data.

use hlc_diag::{Code, Severity};

/// Every finding about free data.
pub static CODES: &[&Code] = &[
    &BARE_KEY,
    &MANY_VALUES,
    &VALUE_AND_ENTRIES,
    &DASHES_AND_NAMES,
    &DUPLICATE_KEY,
    &UNKNOWN_DATA_ANNOTATION,
    &TOO_DEEP,
    &OBJECT_HEAD,
];

/// A key without a value.
pub(crate) static BARE_KEY: Code = Code {
    id: "HLC0201",
    name: "bare-key",
    severity: Severity::Error,
    summary: "a key of data without a value",
    explain: "A bare word could mean an empty map, an empty list, null or true, and each means something else to \
              Kubernetes. Write `x {}`, `(list)x`, `x #null` or `x #true`.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { emptyDir }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { emptyDir {} }",
};

/// Several values without a dash.
pub(crate) static MANY_VALUES: Code = Code {
    id: "HLC0202",
    name: "many-values",
    severity: Severity::Error,
    summary: "several values where data has one",
    explain: "A list is written with a dash, so that one item and many look alike: `verbs { - get list }`. A text with \
              spaces needs quotes.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { verbs get list }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { verbs { - get list } }",
};

/// A value and entries in one node.
pub(crate) static VALUE_AND_ENTRIES: Code = Code {
    id: "HLC0203",
    name: "value-and-entries",
    severity: Severity::Error,
    summary: "a value and entries in one node of data",
    explain: "A key holds a scalar, a map or a list. Only a base to start from may stand before the entries of a map: \
              `resources (ref)data.tiny { limits cpu=\"1\" }`.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { strategy Recreate { rollingUpdate {} } }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { strategy type=Recreate { rollingUpdate {} } }",
};

/// A list and a map in one block.
pub(crate) static DASHES_AND_NAMES: Code = Code {
    id: "HLC0204",
    name: "dashes-and-names",
    severity: Severity::Error,
    summary: "items of a list beside entries of a map",
    explain: "A block is a list when it holds `-` lines and a map when it holds names. A key that is really called `-` is \
              written `(map)x { - … }` or `\"-\"=1`.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { ports { - 80; name http } }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { ports { - { port 80; name http } } }",
};

/// A key twice in one map.
pub(crate) static DUPLICATE_KEY: Code = Code {
    id: "HLC0205",
    name: "duplicate-key",
    severity: Severity::Error,
    summary: "a key twice in one map",
    explain: "Readers of YAML differ in which of the two they keep; hlc keeps none. Note that a property and a child of one \
              name are the same key.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { labels app=a { app b } }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { labels app=a }",
};

/// An annotation that data does not know.
pub(crate) static UNKNOWN_DATA_ANNOTATION: Code = Code {
    id: "HLC0206",
    name: "unknown-data-annotation",
    severity: Severity::Error,
    summary: "an annotation that data does not know",
    explain: "Before a key: `(list)`, `(map)`, `(yaml-text)`, `(json-text)`. Before a value: `(ref)`, `(fmt)`, `(secret)`, \
              `(file)`, `(yaml)`. There is no `(env)`: a build depends on the repository alone.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { home (env)HOME }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { home \"/root\" }",
};

/// Data that nests too deep.
pub(crate) static TOO_DEEP: Code = Code {
    id: "HLC0207",
    name: "too-deep",
    severity: Severity::Error,
    summary: "data or blocks that nest too deep",
    explain: "Data may nest 128 levels, groups of nodes 64. Kubernetes itself refuses objects that nest much deeper than \
              any real one.",
    bad: "",
    good: "",
};

/// An object without a name, or with more than one value.
pub(crate) static OBJECT_HEAD: Code = Code {
    id: "HLC0208",
    name: "object-head",
    severity: Severity::Error,
    summary: "a Kubernetes object without exactly one name",
    explain: "An object is written `Kind \"name\" { … }`. The name becomes `metadata.name`; the namespace comes from the \
              workload.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap { data a=\"1\" }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data a=\"1\" }\n}",
};
