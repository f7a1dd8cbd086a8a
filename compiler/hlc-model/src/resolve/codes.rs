//! The findings about references.

use hlc_diag::{Code, Severity};

/// Findings that keep a secret from being shown.
pub(crate) static LEAKS: &[&Code] = &[&SECRET_IN_MANIFEST];

pub(crate) static CODES: &[&Code] = &[
    &UNKNOWN_REFERENCE,
    &UNKNOWN_FIELD,
    &AMBIGUOUS,
    &REFERENCE_CYCLE,
    &SECRET_IN_MANIFEST,
    &NOT_TEXT,
    &NOT_A_MAP,
    &MERGE_SHAPE,
    &RAW_YAML,
    &FILE,
    &TOO_LARGE,
    &NO_FMT,
    &KNOWN_LATER,
];

/// A path whose node nobody declares.
pub(crate) static UNKNOWN_REFERENCE: Code = Code {
    id: "HLC0312",
    name: "unknown-reference",
    severity: Severity::Error,
    summary: "a reference to something nobody declares",
    explain: "A path is `NODE.NAME.FIELD`: the kind of node, its name, and a fact about it. The node has to be declared in this \
              workload, in another one or for the whole homelab.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"10.0.0.0/8\" }\ndata \"x\" { cidr \
          (ref)network.lna.cidr; }",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"10.0.0.0/8\" }\ndata \"x\" { cidr \
           (ref)network.lan.cidr; }",
};

/// A fact that the node does not have.
pub(crate) static UNKNOWN_FIELD: Code = Code {
    id: "HLC0313",
    name: "unknown-reference-field",
    severity: Severity::Error,
    summary: "a reference to a fact that its node does not have",
    explain: "`hlc explain NODE` lists what a node can be asked for.",
    bad: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"10.0.0.0/8\" }\ndata \"x\" { cidr \
          (ref)network.lan.cdir; }",
    good: "homelab \"home\" domain=\"example.net\" { network \"lan\" cidr=\"10.0.0.0/8\" }\ndata \"x\" { cidr \
           (ref)network.lan.cidr; }",
};

/// A name that several workloads have.
pub(crate) static AMBIGUOUS: Code = Code {
    id: "HLC0314",
    name: "ambiguous-reference",
    severity: Severity::Error,
    summary: "a reference that could mean several things",
    explain: "Names of the workload itself come first. Past that, a name that several workloads have means none of them.",
    bad: "workload \"a\" category=\"apps\" { namespace \"a\"; endpoint \"db\" service=\"db\" port=1; Service \"db\" { spec { ports \
          { - port=1 } } } }\nworkload \"b\" category=\"apps\" { namespace \"b\"; endpoint \"db\" service=\"db\" port=1; \
          Service \"db\" { spec { ports { - port=1 } } } }\ndata \"x\" { url (ref)endpoint.db.url }",
    good: "workload \"a\" category=\"apps\" { namespace \"a\"; endpoint \"db\" service=\"db\" port=1; Service \"db\" { spec { \
           ports { - port=1 } } } }\ndata \"x\" { url (ref)endpoint.db.url }",
};

/// References that lead in a ring.
pub(crate) static REFERENCE_CYCLE: Code = Code {
    id: "HLC0315",
    name: "reference-cycle",
    severity: Severity::Error,
    summary: "references that lead back to where they started",
    explain: "Each value would wait for the other for ever. Write one of them out.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x (ref)data.b.x }\ndata \"b\" { x (ref)data.a.x }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x 1 }\ndata \"b\" { x (ref)data.a.x }",
};

/// A secret on its way into Git.
pub(crate) static SECRET_IN_MANIFEST: Code = Code {
    id: "HLC0316",
    name: "secret-in-manifest",
    severity: Severity::Error,
    summary: "a secret that would be written to Git in plain text",
    explain: "Manifests and chart values are published to a Git branch. Let the pod read the secret while it runs: \
              `secretKeyRef` in a container's `env`, or the chart's `existingSecret`.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data token=(secret)TOKEN }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" { data host=(ref)homelab.domain; \
           }\n}",
};

/// A map or list inside a text.
pub(crate) static NOT_TEXT: Code = Code {
    id: "HLC0317",
    name: "not-text",
    severity: Severity::Error,
    summary: "a map, list or null inside a `(fmt)` text",
    explain: "Between the braces of a `(fmt)` text stands a path to one text, number or boolean. To make text of data, use \
              `(yaml-text)key { … }` or `(json-text)key { … }`.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x { y 1 } }\ndata \"b\" { text (fmt)\"{data.a.x}\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x { y 1 } }\ndata \"b\" { text (fmt)\"{data.a.x.y}\" }",
};

/// A base that is no map.
pub(crate) static NOT_A_MAP: Code = Code {
    id: "HLC0318",
    name: "base-not-a-map",
    severity: Severity::Error,
    summary: "a base to start from that is no map",
    explain: "What stands before the entries of a map is merged with them, so it has to be a map itself.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { labels (ref)homelab.domain { app web } }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"common\" { team home }\ndata \"x\" { labels (ref)data.common { app \
           web; }; }",
};

/// A map against something else.
pub(crate) static MERGE_SHAPE: Code = Code {
    id: "HLC0319",
    name: "merge-shape",
    severity: Severity::Error,
    summary: "a map merged with something that is none",
    explain: "Maps are merged key by key, lists and scalars are replaced. A map against a scalar or a list is always a slip in \
              one of the two.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x { y 1 } }\ndata \"b\" { z (ref)data.a { x 2 } }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"a\" { x { y 1 } }\ndata \"b\" { z (ref)data.a { x { y 2 } } }",
};

/// Raw YAML that cannot be taken.
pub(crate) static RAW_YAML: Code = Code {
    id: "HLC0320",
    name: "raw-yaml",
    severity: Severity::Error,
    summary: "raw YAML that cannot be read",
    explain: "`(yaml)` and a `(file)` base hold one YAML document with text keys, each once.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { y (yaml)\"a: [1\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { y (yaml)\"a: [1]\" }",
};

/// A file that cannot be read.
pub(crate) static FILE: Code = Code {
    id: "HLC0321",
    name: "file",
    severity: Severity::Error,
    summary: "a `(file)` that cannot be read",
    explain: "`(file)` takes a path from the root file's folder that stays inside it, to a UTF-8 text.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { text (file)\"../motd.txt\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { text \"hello\" }",
};

/// Data that grows without end.
pub(crate) static TOO_LARGE: Code = Code {
    id: "HLC0322",
    name: "too-large",
    severity: Severity::Error,
    summary: "references that expand to more than any homelab needs",
    explain: "Data that refers several times to data that refers several times doubles at each step.",
    bad: "",
    good: "",
};

/// A path in braces, in a text that is not looked into.
pub(crate) static NO_FMT: Code = Code {
    id: "HLC0323",
    name: "no-fmt",
    severity: Severity::Warning,
    summary: "a path in braces, in a text without `(fmt)`",
    explain: "Text goes out as it stands, so that `${env:HOME}` and Go templates stay what they are. Only a `(fmt)` text is \
              looked into. Braces around something that looks like a path of the homelab were hardly meant as they stand.",
    bad: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { url \"https://{homelab.domain}\" }",
    good: "homelab \"home\" domain=\"example.net\"\ndata \"x\" { url (fmt)\"https://{homelab.domain}\" }",
};

/// A fact that only an API can tell, where it has to be known now.
pub(crate) static KNOWN_LATER: Code = Code {
    id: "HLC0350",
    name: "known-later",
    severity: Severity::Error,
    summary: "a fact that is only known after `hlc apply`, where it has to be known now",
    explain: "Some facts are given out by the API that makes a thing: the address of a server that states none, a token, an id. \
              They can be used by other things that `hlc apply` makes, never in a name, a manifest or the values of a chart, \
              which are written before anything is applied.",
    bad: "cloudflare token=(secret)TOKEN { zone \"example.net\" }\nworkload \"web\" category=\"apps\" {\n    namespace \
          \"web\"\n    ConfigMap \"zone\" { data id=(ref)zone.example.net.id }\n}",
    good: "cloudflare token=(secret)TOKEN { zone \"example.net\" id=\"0123456789abcdef0123456789abcdef\" }\nworkload \"web\" \
           category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"zone\" { data id=(ref)zone.example.net.id }\n}",
};
