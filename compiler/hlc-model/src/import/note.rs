//! What an import decided where its input left it open, one sentence per kind of decision.

/// More objects than this are counted, not named.
const NAMED: usize = 4;

/// The objects of which something was decided.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// They belong to the whole cluster and say a namespace.
    pub(super) strays: Vec<String>,
    /// They say no namespace.
    pub(super) homeless: Vec<String>,
    /// They say no namespace, and nobody knows whether they live in one.
    pub(super) unknown: Vec<String>,
}

impl Decisions {
    /// The sentences; `namespace` is the workload's.
    pub(super) fn notes(&self, namespace: &str) -> Vec<String> {
        let of = |objects: &[String], what: &str| (!objects.is_empty()).then(|| format!("{what}: {}", named(objects)));
        let homeless = format!("the workload's namespace, `{namespace}`, goes to what says none");
        let notes = [
            of(&self.strays, "`metadata.namespace` is left out of what belongs to the whole cluster"),
            of(&self.homeless, &homeless),
            of(
                &self.unknown,
                "the kind is not known and no namespace said, so this is taken for something of the whole cluster; \
                 remove `(cluster)` where it is not",
            ),
        ];
        notes.into_iter().flatten().collect()
    }
}

fn named(objects: &[String]) -> String {
    let first: Vec<&str> = objects.iter().take(NAMED).map(String::as_str).collect();
    let more = objects.len().saturating_sub(NAMED);
    if more == 0 { first.join(", ") } else { format!("{} and {more} more", first.join(", ")) }
}
