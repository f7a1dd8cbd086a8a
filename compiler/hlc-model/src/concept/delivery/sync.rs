//! What Argo CD does by itself when it brings an Application into the cluster.

use hlc_diag::Span;
use hlc_schema::scalar::Mismatch;
use hlc_schema::suggest::nearest;
use hlc_schema::{Data, DataValue, Node, Scalar, Spanned, TypeDecl};

/// What Argo CD does by itself (`spec.syncPolicy` of an Application).
///
/// In a `delivery` it holds for every workload; in a workload, for that one alone. What a workload does not say, the `delivery` does.
#[derive(Debug, Node)]
#[node(name = "sync", example = r#"sync prune=#true self-heal=#true server-side=#true"#)]
pub struct Sync {
    /// Deletes objects that are no longer in Git.
    #[prop(default = "#false")]
    pub prune: Option<Spanned<bool>>,
    /// Undoes changes made in the cluster.
    #[prop(default = "#false")]
    pub self_heal: Option<Spanned<bool>>,
    /// Uses server-side apply.
    #[prop(default = "#false")]
    pub server_side: Option<Spanned<bool>>,
    /// Makes the namespace of an Application when it is not there.
    #[prop(default = "#true")]
    pub create_namespace: Option<Spanned<bool>>,
    /// When its turn is: lower ones come first, and the next wave begins when they are healthy. The `delivery` has to be
    /// `progressive`.
    #[prop(default = "0")]
    pub wave: Option<Spanned<Wave>>,
    /// Leaves out of the comparison what the cluster is known to fill in by itself, such as the CA of a webhook.
    #[prop(default = "#true")]
    pub ignore_filled: Option<Spanned<bool>>,
    /// Further options, such as `Prune=confirm` (Argo CD, "Sync Options").
    #[prop]
    pub options: Vec<Spanned<SyncOption>>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A turn in the order of Applications or objects (Argo CD, "Sync Phases and Waves").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wave(i32);

impl Wave {
    /// What Argo CD assumes where nothing is said.
    pub(crate) const USUAL: Self = Self(0);

    /// As the value of an annotation.
    pub(crate) fn text(self) -> String {
        self.0.to_string()
    }

    /// As the value of a label, which cannot begin with a minus (Kubernetes, "Labels and Selectors").
    pub(crate) fn label(self) -> String {
        format!("wave{}", self.0)
    }
}

impl Scalar for Wave {
    const TYPE: TypeDecl = TypeDecl::new("wave", "a whole number such as `-1` or `2`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let fits = |number: i128| i32::try_from(number).ok();
        match value {
            DataValue::Integer(number) => fits(number.get())
                .map(Self)
                .ok_or_else(|| Mismatch { reason: Some("it has to fit into 32 bits".to_owned()), instead: None }),
            DataValue::String(text) => {
                let instead = text.parse().ok().and_then(fits).map(|number| number.to_string());
                Err(Mismatch { reason: None, instead })
            }
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Float(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_) => Err(Mismatch::default()),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(i128::from(self.0))
    }
}

/// An option that hlc has no word of its own for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncOption(String);

/// Argo CD, "Sync Options" (v3.5). Others are handed on as they are.
const OPTIONS: &[&str] = &[
    "ApplyOutOfSyncOnly",
    "ClientSideApplyMigration",
    "Delete",
    "FailOnSharedResource",
    "Force",
    "Prune",
    "PruneLast",
    "PrunePropagationPolicy",
    "Replace",
    "RespectIgnoreDifferences",
    "SkipDryRunOnMissingResource",
    "Validate",
];

/// Those that hlc has words for.
const WORDS: &[(&str, &str)] = &[("CreateNamespace", "create-namespace"), ("ServerSideApply", "server-side")];

impl Scalar for SyncOption {
    const TYPE: TypeDecl = TypeDecl::new("sync option", "an option of Argo CD such as `Prune=confirm`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let Some((name, setting)) = text.split_once('=') else { return Err(Mismatch::default()) };
        let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_word(name) || !is_word(setting) {
            return Err(Mismatch::default());
        }
        if let Some((_, word)) = WORDS.iter().find(|(option, _)| option.eq_ignore_ascii_case(name)) {
            return Err(Mismatch { reason: Some(format!("this is said as `{word}=#{setting}`")), instead: None });
        }
        match nearest(name, OPTIONS.iter().copied()) {
            Some(near) if near != name => {
                Err(Mismatch { reason: None, instead: Some(format!("\"{near}={setting}\"")) })
            }
            Some(_) | None => Ok(Self(text.as_str().to_owned())),
        }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

/// What holds for one Application: its own word first, then that of the delivery.
#[derive(Clone, Copy)]
pub(crate) struct Policy<'a> {
    pub(crate) own: Option<&'a Sync>,
    pub(crate) shared: Option<&'a Sync>,
}

/// Argo CD leaves what it ignores in a comparison alone in a sync too (Argo CD, "Respect ignore differences configs").
const RESPECT: &str = "RespectIgnoreDifferences=true";

impl<'a> Policy<'a> {
    fn find<T>(self, choose: impl Fn(&'a Sync) -> Option<T>) -> Option<T> {
        self.own.and_then(&choose).or_else(|| self.shared.and_then(choose))
    }

    fn flag(self, choose: fn(&Sync) -> Option<Spanned<bool>>, usual: bool) -> bool {
        self.find(choose).map_or(usual, |flag| flag.value)
    }

    /// When its turn is.
    pub(crate) fn wave(self) -> Wave {
        self.find(|sync| sync.wave).map_or(Wave::USUAL, |wave| wave.value)
    }

    /// True when what the cluster fills in is left out of the comparison.
    pub(crate) fn ignores_filled(self) -> bool {
        self.flag(|sync| sync.ignore_filled, true)
    }

    /// `syncOptions`; `respect` when a sync may not touch what is ignored.
    pub(crate) fn options(self, respect: bool, at: Span) -> Vec<Data> {
        let mut options = Vec::new();
        if self.flag(|sync| sync.create_namespace, true) {
            options.push(Data::string("CreateNamespace=true", at));
        }
        if self.flag(|sync| sync.server_side, false) {
            options.push(Data::string("ServerSideApply=true", at));
        }
        let written = self.find(|sync| (!sync.options.is_empty()).then_some(&sync.options));
        let written = written.map(Vec::as_slice).unwrap_or_default();
        options.extend(written.iter().map(|option| Data::string(option.value.0.as_str(), option.span)));
        if respect && !written.iter().any(|option| option.value.0.starts_with("RespectIgnoreDifferences=")) {
            options.push(Data::string(RESPECT, at));
        }
        options
    }

    /// `automated`; `None` when Argo CD only does what somebody asks for.
    pub(crate) fn automated(self, at: Span) -> Option<Data> {
        let flags =
            [("prune", self.flag(|sync| sync.prune, false)), ("selfHeal", self.flag(|sync| sync.self_heal, false))];
        let is_asked = flags.iter().any(|(_, on)| *on);
        is_asked.then(|| Data::map(flags.map(|(key, on)| (key, Data::bool(on, at))), at))
    }

    /// The whole `syncPolicy`.
    pub(crate) fn data(self, at: Span) -> Data {
        let options = Some(self.options(false, at)).filter(|options| !options.is_empty());
        let options = options.map(|options| ("syncOptions", Data::list(options, at)));
        Data::map(options.into_iter().chain(self.automated(at).map(|automated| ("automated", automated))), at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(text: &str) -> Result<SyncOption, Mismatch> {
        SyncOption::from_value(&DataValue::string(text))
    }

    #[test]
    fn options_of_argo_cd() {
        assert!(option("Prune=confirm").is_ok());
        // One that a newer Argo CD has.
        assert!(option("Rollback=true").is_ok());
        assert_eq!(option("PrunLast=true").unwrap_err().instead.as_deref(), Some("\"PruneLast=true\""));
        assert_eq!(option("validate=false").unwrap_err().instead.as_deref(), Some("\"Validate=false\""));
        let said = option("ServerSideApply=true").unwrap_err().reason.unwrap();
        assert_eq!(said, "this is said as `server-side=#true`");
        for text in ["Prune", "=false", "Prune=", "Prune=false,Validate=false"] {
            assert!(option(text).is_err(), "{text}");
        }
    }

    #[test]
    fn waves() {
        assert_eq!(Wave::from_value(&DataValue::integer(-2)), Ok(Wave(-2)));
        assert_eq!(Wave::from_value(&DataValue::string("3")).unwrap_err().instead.as_deref(), Some("3"));
        assert!(Wave::from_value(&DataValue::integer(1_i64 << 40)).is_err());
        assert_eq!((Wave(-2).text(), Wave(-2).label()), ("-2".to_owned(), "wave-2".to_owned()));
    }
}
