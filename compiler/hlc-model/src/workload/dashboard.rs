//! Dashboards of Grafana.

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_plan::PlannedObject;
use hlc_schema::{Data, Def, FreeBlock, Node, Spanned};

use crate::lower::Lower;

pub(crate) const CODES: &[&Code] = &[&NO_JSON];

/// A dashboard that is no JSON.
pub(crate) static NO_JSON: Code = Code {
    id: "HLC0413",
    name: "dashboard-json",
    severity: Severity::Error,
    summary: "a dashboard whose file is no JSON",
    explain: "Grafana reads dashboards as JSON, one per file, as its \"Export\" gives them. It would skip this one and say so in \
              its log only.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    dashboard \"web\" file=\"example.kdl\"\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    ConfigMap \"web\" {\n        metadata { labels \
           grafana_dashboard=\"1\" }\n        data { (json-text)web.json { title Web } }\n    }\n}",
};

/// A dashboard that Grafana's sidecar finds: a ConfigMap with the label `grafana_dashboard`.
#[derive(Debug, Node)]
#[node(
    name = "dashboard",
    names = Subdomain,
    scope = Local,
    example = r#"dashboard "nodes" file="dashboards/nodes.json" folder="Cluster""#
)]
pub struct Dashboard {
    /// The ConfigMap's name.
    #[arg]
    pub name: Def<Dashboard>,
    /// The dashboard's JSON, a file of the project.
    #[prop]
    pub file: Spanned<String>,
    /// The folder that Grafana shows it in.
    #[prop]
    pub folder: Option<Spanned<String>>,
    /// What is merged over the ConfigMap.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

impl Dashboard {
    /// The ConfigMap.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let text = lower.resolver.file(&self.file.value, self.file.span)?;
        if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
            lower.resolver.report(
                Diagnostic::new(&NO_JSON, self.file.span, format!("`{}` is no JSON", self.file.value))
                    .here(error.to_string())
                    .help("export the dashboard from Grafana anew"),
            );
            return None;
        }
        let mut object = lower.object("v1", "ConfigMap", &self.name.name, self.name.span);
        object.metadata("labels", Data::map([("grafana_dashboard", Data::string("1", at))], at));
        if let Some(folder) = &self.folder {
            let folder = Data::string(folder.value.as_str(), folder.span);
            object.metadata("annotations", Data::map([("grafana_folder", folder)], at));
        }
        let key = format!("{}.json", self.name.name);
        object.field("data", Data::map([(key, Data::string(text, self.file.span))], at));
        object.finish_with(self.extra.as_ref())
    }
}
