//! Judges an object by the schema of its kind, or by what all objects share: fields, types, words, numbers, names, labels.
//!
//! One walk over the object ([`walk`]), one file per finding: its code, its long text, how it is worded, its tests. Findings
//! about one mistake are one finding: a misspelt or misplaced field is not also a missing one.

mod base64;
mod custom;
mod duplicate;
mod field;
mod file_key;
mod image;
mod label;
mod limits;
mod missing;
mod name;
mod null;
mod one_of;
mod paths;
mod pods;
mod quantity;
mod range;
mod schedule;
mod show;
mod types;
mod walk;
mod word;

#[cfg(test)]
mod fixture;

use hlc_diag::{Code, Diagnostic};
use hlc_schema::Data;

pub use custom::validate_custom;
pub use quantity::{amount, is_quantity};

use crate::schema::{self, Definition};
use crate::{Lookup, lookup};
use walk::Walk;

/// Every finding about Kubernetes objects, ordered by id.
pub static CODES: &[&Code] = &[
    &field::UNKNOWN_FIELD,
    &types::WRONG_TYPE,
    &missing::MISSING_FIELD,
    &word::UNKNOWN_WORD,
    &quantity::BAD_QUANTITY,
    &range::OUT_OF_RANGE,
    &null::NULL_VALUE,
    &base64::BAD_BASE64,
    &duplicate::DUPLICATE_ITEM,
    &name::BAD_NAME,
    &label::BAD_LABEL,
    &file_key::BAD_FILE_KEY,
    &image::BAD_IMAGE,
    &schedule::BAD_SCHEDULE,
    &paths::BAD_PATH,
    &limits::OVER_LIMIT,
    &one_of::ONE_OF,
    &pods::RESTART_POLICY,
    &pods::SAME_NAME,
    &paths::RELATIVE_MOUNT,
];

/// Judges an evaluated object, of a kind that hlc knows or not; in the order of its text.
///
/// `body` is the object without or with `apiVersion`, `kind` and `metadata`, which are never missed. Of a kind without
/// schema what all objects share is judged: `metadata`, the name, the namespace, nulls.
#[must_use]
pub fn validate(api_version: &str, kind: &str, body: &Data) -> Vec<Diagnostic> {
    match lookup(kind, Some(api_version)) {
        Lookup::Found(info) => judge(info.group(), info.kind, schema::of_kind(&info), body),
        Lookup::Ambiguous(_) | Lookup::Unknown { .. } => {
            let group = api_version.split_once('/').map_or("", |(group, _)| group);
            judge(group, kind, None, body)
        }
    }
}

fn judge(group: &str, kind: &str, definition: Option<&'static Definition>, body: &Data) -> Vec<Diagnostic> {
    let mut walk = Walk::new(group, kind);
    match definition {
        Some(definition) => walk.root(definition, body),
        None => walk.root_without_schema(body),
    }
    walk.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::fixture;

    #[test]
    fn codes_are_ordered_and_documented() {
        let ids: Vec<_> = CODES.iter().map(|code| code.id).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
        assert!(ids.iter().all(|id| ("HLC0500".."HLC0600").contains(id)), "{ids:?}");
        for code in CODES {
            assert!(!code.summary.is_empty() && code.explain.len() > 80, "{}", code.id);
            let found: Vec<_> = fixture::check(code.bad).iter().map(|finding| finding.code.id).collect();
            assert_eq!(found, [code.id], "{}", code.bad);
            assert_eq!(fixture::check(code.good), [], "{}", code.good);
        }
    }

    /// Mistakes people make, and what they are told.
    #[test]
    fn wording() {
        let cases = [
            r#"Deployment "web" { spec { containers { - name=web image=nginx }; selector { matchLabels app=web } } }"#,
            r#"Deployment "web" { spec { selector { matchLabels app=web }; template { metadata { labels app=web }; containers { - name=web image=nginx } } } }"#,
            r#"Pod "web" { spec replicas=2 { containers { - name=web image=nginx { volumes { - name=data } } } } }"#,
            r#"Pod "web" { spec { contianers { - name=web image=nginx } } }"#,
            r#"Pod "web" { spec { image nginx; containers { - name=web { port { - containerPort=80 } } } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx imagePullpolicy=always } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx imagePullPolicy=Allways } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx frobnicate=1 } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx { securityContext { capabilities { drop ALL } } } } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx { env { - name=A value=180; - name=B value=#true; - name=C value=1.10; - name=A value=x } } } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx { ports { - name=http containerPort="80"; - name=http containerPort=80800 } } } } }"#,
            r#"Pod "web" { spec { containers name=web image=nginx } }"#,
            r#"Pod "web" { spec { hostNetwork "yes"; containers { - name=web image=nginx { resources limits="1" } } } }"#,
            r#"Pod "web" { spec { containers { - name=web image=nginx { resources { limits memory="10G i" cpu="1,5" } } } } }"#,
            r#"Pod "web" { spec { containers { - name=web } ; nodeSelector { - a=b } ; securityContext { - runAsUser=0 } } }"#,
            r#"Service "web" labels=1 { spec { targetPort 80; port 80; selector app=web } }"#,
            r#"Service "Web_UI" { spec { ports { - port=80; - port=80 protocol=UDP; - port=80 protocol=TCP } } }"#,
            r#"ClusterRole "system:web" { rules { - { verbs get; apiGroups { - "" }; resources { - pods } } } }"#,
            r#"HTTPRoute "web" { spec { hostnames #null }; metadata { labels a=1 } }"#,
            r#"ConfigMap "web" { data { a #null } }"#,
            r#"PersistentVolumeClaim "web" { spec storageClassName=longhorn { resources { requests storage="1Gi" } } }"#,
            r#"Deployment "web""#,
            r#"Deployment "web" { spec replicas=99999999999 { selector { matchLabels app=web }; template { spec { containers { - name=web image=nginx } } } } }"#,
            // What all objects share, whatever their kind.
            r#"Application "web" { metadata labels=x finalizers=y frobnicate=1; spec { a #null } }"#,
            r#"Thing "Web" apiVersion="example.net/v1" { metadata namespace="UPPER x" { labels a=1 "b c"=d e="f g"; annotations "h/i/j"=k; finalizers { - "l m" } } ; spec { a #null } }"#,
            r#"Thing "web" apiVersion="example.net/v1" { metadata namespace="" }"#,
            r#"Namespace "a.b""#,
            r#"Role "a/b""#,
            r#"Service "1web" { metadata { labels { "Example.net/a" b; "-a" b; "" b; a "" ; b "-" } ; annotations { "Example.net/a" "any text"; "a b" c } } ; spec { ports { - name=http port=80; - nam=x port=81; - name=http port=82; - port=83 }; selector app="a b" } }"#,
            r#"StatefulSet "a.b" { spec serviceName=a { selector { matchLabels app="a:b"; matchExpressions { - key="a b" operator=In { values { - "c d" } } } }; template { metadata { labels app="a:b" } ; spec { nodeSelector "a b"=c; containers { - name=web image=nginx } } } } }"#,
            r#"ConfigMap "web" { data "a/b.c"=d "e f"=g ".."=h ""=i; binaryData "i j"="YQ==" }"#,
            r#"Secret "web" { stringData "a b"=c; data "d e"=f }"#,
        ];
        let text: Vec<_> = cases.iter().map(|case| format!("{case}\n{}", fixture::report(case))).collect();
        insta::assert_snapshot!(text.join("\n"));
    }

    /// hlc gives what it composes the place of the node that asked for it: nothing there is replaced.
    #[test]
    fn composed_text_is_not_replaced() {
        let place = |length: u32| hlc_diag::Span::new(hlc_diag::FileId::new(0), 10, 10 + length);
        let fixes = |key: &str, name_length, key_length| {
            let mut metadata = hlc_schema::Map::new();
            metadata.insert("name", place(4), Data::string("web_ui", place(name_length)));
            metadata.insert(key, place(key_length), Data::map([("a", Data::string("b", place(1)))], place(1)));
            let mut body = hlc_schema::Map::new();
            body.insert("metadata", place(8), Data::new(hlc_schema::DataValue::Map(metadata), place(8)));
            let body = Data::new(hlc_schema::DataValue::Map(body), place(8));
            let found = validate("example.net/v1", "Thing", &body);
            assert_eq!(found.len(), 2, "{found:?}");
            found.iter().map(|finding| finding.fixes.len()).sum::<usize>()
        };
        assert_eq!(fixes("label", 6, 5), 2);
        assert_eq!(fixes("label", 8, 7), 2);
        assert_eq!(fixes("label", 7, 5), 1);
        assert_eq!(fixes("label", 30, 30), 0);
    }

    #[test]
    fn one_entry_for_all_objects() {
        let body = Data::map([("spec", Data::new(hlc_schema::DataValue::Null, place()))], place());
        for (api_version, kind) in [("v1", "Service"), ("argoproj.io/v1alpha1", "Application"), ("a.b/v1", "Thing")] {
            let found = validate(api_version, kind, &body);
            assert_eq!(found.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["HLC0507"], "{kind}");
        }
        let metadata = |value| Data::map([("metadata", Data::new(value, place()))], place());
        for value in [hlc_schema::DataValue::Null, hlc_schema::DataValue::List(Vec::new())] {
            assert_eq!(validate("a.b/v1", "Thing", &metadata(value)).len(), 1);
        }
        // A kind of this name in a group of somebody else's has that group's fields and rules.
        let name = Data::map([("metadata", Data::map([("name", Data::string("1.a", place()))], place()))], place());
        assert_eq!(validate("serving.knative.dev/v1", "Service", &name), []);
        assert_eq!(validate("v1", "Service", &name).len(), 2);
    }

    fn place() -> hlc_diag::Span {
        hlc_diag::Span::new(hlc_diag::FileId::new(0), 0, 0)
    }

    #[test]
    fn good_objects() {
        for case in [
            r#"Deployment "web" { spec replicas=2 { selector { matchLabels app=web }; template { metadata { labels app=web }; spec { containers { - name=web image=nginx { ports { - containerPort=53 protocol=UDP; - containerPort=53 } ; resources { limits cpu=2 memory="1.5Gi" "nvidia.com/gpu"=1 } } }; volumes { - name=run { emptyDir {} } } } } } }"#,
            r#"Service "web" { spec { ports { - port=80 targetPort=http } } }"#,
            r#"Secret "web" type=Opaque { data a="YQ=="; stringData b="x" }"#,
            r#"CustomResourceDefinition "x.example.net" { spec group="example.net" scope=Namespaced { names kind=X plural=x; versions { - name=v1 served=#true storage=#true { schema { openAPIV3Schema type=object { properties { a { default 1; type integer } } } } } } } }"#,
            r#"Application "x" { spec anything=1 { goes { - here } } }"#,
            r#"Thing "x.y" apiVersion="example.net/v1" { metadata namespace=web { labels a="" "example.net/b"="C_d.e"; annotations "Example.net/a"="any text"; finalizers { - "example.net/x"; - orphan } } }"#,
            r#"Service "web" { spec { ports { - name=http port=80; - name=dns port=53 protocol=UDP } } }"#,
            r#"ConfigMap "web" { data ".env"=x "A_b-c.d"=y }"#,
            r#"CertificateSigningRequest "a:b" { spec request="YQ==" signerName="a/b" { usages { - "client auth" } } }"#,
        ] {
            assert_eq!(fixture::report(case), "", "{case}");
        }
    }
}
