//! Public hosts lie in the homelab's domain.

use hlc_diag::{Code, Diagnostic, Severity};

use super::{Check, Facts};

pub(super) const CHECK: Check = Check { codes: &[&FOREIGN_HOST], run };

/// A public host outside the homelab's domain.
pub(crate) static FOREIGN_HOST: Code = Code {
    id: "HLC0623",
    name: "foreign-host",
    severity: Severity::Error,
    summary: "a public host that lies outside the homelab's domain",
    explain: "A host is reachable from the internet by a DNS record and a certificate, and the homelab has both for its own \
              domain only.",
    bad: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
          route \"web\" service=\"web\" port=80 {\n        hosts \"web.example.org\"\n        public\n    }\n}",
    good: "workload \"web\" category=\"apps\" {\n    namespace \"web\"\n    Service \"web\" { spec { ports { - port=80 } } }\n    \
           route \"web\" service=\"web\" port=80 {\n        hosts \"web.example.net\"\n        public\n    }\n}",
};

fn run(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    let Some(homelab) = &facts.model.homelab else { return };
    for workload in facts.sound_workloads() {
        for route in &workload.workload.route {
            let Some(public) = &route.public else { continue };
            for host in route.hosts(facts.resolver, workload.scope).into_iter().flatten() {
                if !host.value.is_within(&homelab.domain.value) {
                    let (host, domain) = (host.span, homelab.domain.value.as_str());
                    found.push(
                        Diagnostic::new(&FOREIGN_HOST, host, format!("a public host has to lie in `{domain}`"))
                            .label(public.head, "made public here")
                            .label(homelab.domain.span, "the homelab's domain")
                            .help("give it a host below the domain, or remove `public`"),
                    );
                }
            }
        }
    }
}
