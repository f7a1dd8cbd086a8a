//! Judges an object by the schema of its kind: fields, types, words, numbers, names.
//!
//! One walk over the object ([`walk`]), one file per finding: its code, its long text, how it is worded, its tests. Findings
//! about one mistake are one finding: a misspelt or misplaced field is not also a missing one.

mod base64;
mod duplicate;
mod field;
mod missing;
mod name;
mod null;
mod quantity;
mod range;
mod show;
mod types;
mod walk;
mod word;

#[cfg(test)]
mod fixture;

use hlc_diag::{Code, Diagnostic};
use hlc_schema::Data;

use crate::KindInfo;
use crate::schema;
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
];

/// Judges an evaluated object of a kind; in the order of its text.
///
/// `body` is the object without or with `apiVersion`, `kind` and `metadata`, which are never missed. Of a kind without
/// schema only `metadata` and nulls are judged.
#[must_use]
pub fn validate(info: &KindInfo, body: &Data) -> Vec<Diagnostic> {
    let mut walk = Walk::new(info);
    match schema::of_kind(info) {
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
        ];
        let text: Vec<_> = cases.iter().map(|case| format!("{case}\n{}", fixture::report(case))).collect();
        insta::assert_snapshot!(text.join("\n"));
    }

    #[test]
    fn good_objects() {
        for case in [
            r#"Deployment "web" { spec replicas=2 { selector { matchLabels app=web }; template { metadata { labels app=web }; spec { containers { - name=web image=nginx { ports { - containerPort=53 protocol=UDP; - containerPort=53 } ; resources { limits cpu=2 memory="1.5Gi" "nvidia.com/gpu"=1 } } }; volumes { - name=run { emptyDir {} } } } } } }"#,
            r#"Service "web" { spec { ports { - port=80 targetPort=http } } }"#,
            r#"Secret "web" type=Opaque { data a="YQ=="; stringData b="x" }"#,
            r#"CustomResourceDefinition "x.example.net" { spec group="example.net" scope=Namespaced { names kind=X plural=x; versions { - name=v1 served=#true storage=#true { schema { openAPIV3Schema type=object { properties { a { default 1; type integer } } } } } } } }"#,
            r#"Application "x" { spec anything=1 { goes { - here } } }"#,
        ] {
            assert_eq!(fixture::report(case), "", "{case}");
        }
    }
}
