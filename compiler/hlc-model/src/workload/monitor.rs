//! What metrics are read from.

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::{Choice, Data, Def, FreeBlock, Node, Spanned};

use crate::lower::Lower;
use crate::resolve::Place;

/// Services whose metrics are read: a ServiceMonitor, or a VMServiceScrape of VictoriaMetrics' operator.
#[derive(Debug, Node)]
#[node(
    name = "monitor",
    names = Subdomain,
    scope = Local,
    example = r#"monitor "argocd-server" port="metrics" {
    labels "app.kubernetes.io/name"=argocd-server-metrics
}"#
)]
pub struct Monitor {
    /// The object's name.
    #[arg]
    pub name: Def<Monitor>,
    /// The name of the Services' port.
    #[prop]
    pub port: Spanned<String>,
    /// The path of the metrics.
    #[prop(default = "\"/metrics\"")]
    pub path: Option<Spanned<String>>,
    /// How often they are read.
    #[prop(default = "\"30s\"")]
    pub interval: Option<Spanned<String>>,
    /// Whose object it becomes.
    #[prop(default = "\"prometheus\"")]
    pub operator: Option<Spanned<MonitorOperator>>,
    /// The labels that the Services have.
    #[free]
    pub labels: Option<FreeBlock>,
    /// What is merged over the endpoint.
    #[free]
    pub endpoint: Option<FreeBlock>,
    /// What is merged over the object: fields that hlc has no word for.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// An operator that reads metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum MonitorOperator {
    /// Prometheus' operator, and all that read its objects: ServiceMonitor.
    Prometheus,
    /// VictoriaMetrics' operator: VMServiceScrape.
    Victoriametrics,
}

impl Monitor {
    /// The object of the operator.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let or = |value: &Option<Spanned<String>>, default: &str| match value {
            Some(value) => Data::string(value.value.as_str(), value.span),
            None => Data::string(default, at),
        };
        let mut endpoint = Data::map(
            [
                ("interval", or(&self.interval, "30s")),
                ("path", or(&self.path, "/metrics")),
                ("port", Data::string(self.port.value.as_str(), self.port.span)),
            ],
            at,
        );
        if let Some(block) = &self.endpoint {
            let more = lower.resolver.data(&block.value, lower.scope, Place::Manifest)?;
            crate::resolve::merge(&mut endpoint, more, lower.resolver)?;
        }
        let labels = match &self.labels {
            Some(block) => lower.resolver.data(&block.value, lower.scope, Place::Manifest)?,
            None => Data::map([("app", Data::string(self.name.name.as_str(), self.name.span))], at),
        };
        let namespaces = Data::list(vec![Data::string(lower.namespace(), at)], at);
        let spec = Data::map(
            [
                ("endpoints", Data::list(vec![endpoint], at)),
                ("namespaceSelector", Data::map([("matchNames", namespaces)], at)),
                ("selector", Data::map([("matchLabels", labels)], at)),
            ],
            at,
        );
        let (api_version, kind) = match self.operator.map(|operator| operator.value) {
            None | Some(MonitorOperator::Prometheus) => ("monitoring.coreos.com/v1", "ServiceMonitor"),
            Some(MonitorOperator::Victoriametrics) => ("operator.victoriametrics.com/v1beta1", "VMServiceScrape"),
        };
        let mut object = lower.object(api_version, kind, &self.name.name, self.name.span);
        object.field("spec", spec);
        object.finish_with(self.extra.as_ref())
    }
}
