//! The findings about components.

use hlc_diag::{Code, Severity};

pub(crate) static CODES: &[&Code] = &[
    &ARGUMENT,
    &UNKNOWN_PARAM,
    &UNUSED_PARAM,
    &NO_SLOT,
    &DUPLICATE_SLOT,
    &RECURSION,
    &NESTED_COMPONENT,
    &PART_OF_TEXT,
    &TOO_MUCH,
];

/// A use that does not fit its component.
pub(super) static ARGUMENT: Code = Code {
    id: "HLC0331",
    name: "use-argument",
    severity: Severity::Error,
    summary: "a `use` that does not give what its component wants",
    explain: "A `use` names a component and gives values for its parameters as properties: each that has no default, none twice, \
              and none that the component does not have.",
    bad: "component \"c\" {\n    param \"size\"\n    data \"d\" { size (ref)param.size }\n}\nhomelab \"home\" \
          domain=\"example.net\"\nuse \"c\" sise=\"1Gi\"",
    good: "component \"c\" {\n    param \"size\"\n    data \"d\" { size (ref)param.size }\n}\nhomelab \"home\" \
           domain=\"example.net\"\nuse \"c\" size=\"1Gi\"",
};

/// A parameter that a component does not have.
pub(super) static UNKNOWN_PARAM: Code = Code {
    id: "HLC0332",
    name: "unknown-param",
    severity: Severity::Error,
    summary: "a parameter that the component does not have",
    explain: "Between the braces of a component `param.NAME` is one of the parameters that it declares with `param \"NAME\"`.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"size\"\n    data \"d\" { size (ref)param.size; \
          max (ref)param.seize }\n}",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"size\"\n    data \"d\" { size \
           (ref)param.size; max (ref)param.size }\n}",
};

/// A parameter that nothing uses.
pub(super) static UNUSED_PARAM: Code = Code {
    id: "HLC0333",
    name: "unused-param",
    severity: Severity::Warning,
    summary: "a parameter that nothing in the component uses",
    explain: "Whoever uses the component has to give a value, and it changes nothing.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"size\"\n    data \"d\" { size \"1Gi\" }\n}",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"size\"\n    data \"d\" { size \
           (ref)param.size }\n}",
};

/// Children of a use for which the component has no place.
pub(super) static NO_SLOT: Code = Code {
    id: "HLC0334",
    name: "no-slot",
    severity: Severity::Error,
    summary: "nodes in a `use` for which the component has no place",
    explain: "What stands between the braces of a `use` replaces the component's `slot`. A component without one takes nothing.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" { data \"d\" { a 1 } }\nuse \"c\" { data \"e\" { a 1 } }",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    data \"d\" { a 1 }\n    slot\n}\nuse \"c\" { data \
           \"e\" { a 1 } }",
};

/// A second slot.
pub(super) static DUPLICATE_SLOT: Code = Code {
    id: "HLC0335",
    name: "duplicate-slot",
    severity: Severity::Error,
    summary: "a component with two places for what a `use` holds",
    explain: "What stands between the braces of a `use` goes to one place. For two places write two components.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    slot\n    data \"d\" { slot }\n}",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    data \"d\" { slot }\n}",
};

/// A component that uses itself.
pub(super) static RECURSION: Code = Code {
    id: "HLC0336",
    name: "recursive-component",
    severity: Severity::Error,
    summary: "a component that uses itself, perhaps by way of others",
    explain: "A component is replaced by its nodes. One that holds itself would never end: there are no conditions.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"a\" { use \"b\" }\ncomponent \"b\" { use \"a\" }\nuse \"a\"",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"a\" { use \"b\" }\ncomponent \"b\" { data \"d\" { a 1 } }\nuse \
           \"a\"",
};

/// A component within a component.
pub(super) static NESTED_COMPONENT: Code = Code {
    id: "HLC0337",
    name: "nested-component",
    severity: Severity::Error,
    summary: "a component within a component",
    explain: "Components stand at the top of files, where all can use them. A component may `use` others.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" { component \"d\" { data \"e\" { a 1 } } }",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" { use \"d\" }\ncomponent \"d\" { data \"e\" { a 1 } }",
};

/// An argument that cannot be a part of a text.
pub(super) static PART_OF_TEXT: Code = Code {
    id: "HLC0338",
    name: "param-in-text",
    severity: Severity::Error,
    summary: "a parameter in a text whose value cannot be a part of one",
    explain: "In `(fmt)\"{param.NAME}\"` a value, a `(ref)` and a `(fmt)` can stand. A `(secret)` or a `(file)` is taken whole, by \
              `(ref)param.NAME`.",
    bad: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"token\"\n    data \"d\" { token \
          (fmt)\"x-{param.token}\" }\n}\nuse \"c\" token=(file)\"homelab.kdl\"",
    good: "homelab \"home\" domain=\"example.net\"\ncomponent \"c\" {\n    param \"token\"\n    data \"d\" { token \
           (ref)param.token }\n}\nuse \"c\" token=(file)\"homelab.kdl\"",
};

/// Components that make too much.
pub(super) static TOO_MUCH: Code = Code {
    id: "HLC0339",
    name: "too-many-nodes",
    severity: Severity::Error,
    summary: "components that make more than any homelab has",
    explain: "Components may make 100,000 nodes and 16 MiB of text, and use each other 32 times in a row. A component that uses \
              another one twice, which uses another one twice, doubles at each step.",
    bad: "",
    good: "",
};
