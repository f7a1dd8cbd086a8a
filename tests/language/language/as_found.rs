//! The homelab of this repository as it was found, with the faults that it had before hlc described it.
//!
//! Each fault is a few changes to the sample's own files, so that there is no copy of it that could grow old: a change whose
//! place is no longer in the sample fails and says so. Every fault is looked for by itself, with all that may be reported of it;
//! `cases/baseline-as-found.snap` is how all of them together are shown to their owner.

use hlc_model::{Compilation, Inputs as _, MemoryInputs};
use hlc_tests_language::{rendered, sample};
use libtest_mimic::Trial;

use crate::Outcome;
use crate::cases::snapshot;

/// A fault, by what it is.
struct Fault {
    name: &'static str,
    changes: &'static [Change],
    /// What hlc reports of it, and nothing else: the code's name, the file, and the text that it points at.
    found: &'static [(&'static str, &'static str, &'static str)],
}

/// A change to a file of the sample.
enum Change {
    /// The second text in the place of the first.
    Write(&'static str, &'static str, &'static str),
    /// Nothing from the first text up to the second.
    Drop(&'static str, &'static str, &'static str),
}

use Change::{Drop, Write};

const PLATFORM: &str = "core/platform.kdl";
const BIFROST: &str = "edge/bifrost.kdl";
const COMPOSE: &str = "edge/bifrost/docker-compose.yml";

/// The faults that hlc can see. It cannot see those whose other half is in a chart's templates: keys of values that a chart does not
/// read, and Services that it does not render.
const FAULTS: &[Fault] = &[
    Fault {
        name: "pool_over_the_workers",
        changes: &[
            Write(
                PLATFORM,
                r#"range="192.168.1.240-192.168.1.250" // off every node"#,
                r#"range="192.168.1.220-192.168.1.230""#,
            ),
            Write(PLATFORM, r#"ip="192.168.1.240""#, r#"ip="192.168.1.220""#),
        ],
        found: &[("pool-taken", PLATFORM, r#""192.168.1.220-192.168.1.230""#)],
    },
    Fault {
        name: "tls_route_to_a_generated_name",
        changes: &[Write(
            PLATFORM,
            r#"route "argocd-server-route" service="argo-cd-argocd-server" port=80 { hosts "argocd.example.net" }"#,
            r#"route "argocd-server-route" service="argocd-server" port=80 { hosts "argocd.local" }
        TLSRoute "argocd-route" {
            spec {
                parentRefs { - name=homelab-gateway namespace=kube-system }
                hostnames { - argocd.example.net }
                rules { - { backendRefs { - name=argo-cd-964152f1-argocd-server port=443 } } }
            }
        }"#,
        )],
        found: &[
            ("no-passthrough", PLATFORM, "homelab-gateway"),
            ("generated-name", PLATFORM, "argo-cd-964152f1-argocd-server"),
        ],
    },
    Fault {
        name: "env_files_that_nobody_makes",
        changes: &[Drop(BIFROST, r#"            env-file "netbird/dashboard.env""#, "            compose ")],
        found: &[
            ("env-file-missing", COMPOSE, "./netbird/dashboard.env"),
            ("env-file-missing", COMPOSE, "./netbird/proxy.env"),
        ],
    },
    Fault {
        name: "agent_that_nothing_starts",
        changes: &[Drop("edge/bifrost/bootstrap.sh", "if has .env NB_BIFROST_SETUP_KEY", "log \"7/7")],
        found: &[("never-started", COMPOSE, "netbird-agent")],
    },
    Fault {
        name: "setup_key_where_compose_does_not_look",
        changes: &[
            Write(BIFROST, "                NB_BIFROST_SETUP_KEY (secret)NB_BIFROST_SETUP_KEY\n", ""),
            Write(
                BIFROST,
                "NB_PROXY_TOKEN (secret)NB_PROXY_TOKEN\n",
                "NB_PROXY_TOKEN (secret)NB_PROXY_TOKEN\n                NB_BIFROST_SETUP_KEY (secret)NB_BIFROST_SETUP_KEY\n",
            ),
            Write(COMPOSE, "${NB_BIFROST_SETUP_KEY:-}", "${NB_BIFROST_SETUP_KEY}"),
        ],
        found: &[("compose-variable", COMPOSE, "${NB_BIFROST_SETUP_KEY}")],
    },
    Fault {
        name: "ssh_for_everybody",
        changes: &[Write(BIFROST, r#" { from "198.51.100.0/24" } // the uplink at home"#, "")],
        found: &[("open-ssh", BIFROST, "22")],
    },
    Fault {
        name: "namespaces_by_folder",
        changes: &[Write(PLATFORM, r#" generator="files" {"#, r#" generator="directories" {"#)],
        found: &[("delivery-namespace", "workloads/management/rancher.kdl", r#""cattle-system""#)],
    },
    Fault {
        name: "gpu_that_its_machine_keeps_back",
        changes: &[Write(
            "workloads/ai/comfyui.kdl",
            "                    tolerations { - key=dedicated operator=Equal value=ai effect=NoSchedule }\n",
            "",
        )],
        found: &[("not-tolerated", "workloads/ai/comfyui.kdl", "1")],
    },
    Fault {
        name: "gpu_that_its_machine_keeps_back_from_a_chart",
        changes: &[Write(
            "workloads/ai/ollama.kdl",
            "            tolerations { - key=dedicated operator=Equal value=ai effect=NoSchedule }\n",
            "",
        )],
        found: &[("not-tolerated", "workloads/ai/ollama.kdl", "1")],
    },
    Fault {
        name: "image_that_moves",
        changes: &[Write("workloads/networking/netbird.kdl", "netbirdio/netbird:0.66.2", "netbirdio/netbird:latest")],
        found: &[("floating-tag", "workloads/networking/netbird.kdl", r#""netbirdio/netbird:latest""#)],
    },
    Fault {
        name: "key_that_the_store_does_not_hold",
        changes: &[Write("core/secrets.kdl", r#"keys "ADMIN_USER" "ADMIN_PASSWORD""#, r#"keys "ADMIN_PASSWORD""#)],
        found: &[("store-key", "workloads/monitoring/grafana.kdl", r#""ADMIN_USER""#)],
    },
];

pub(crate) fn trials() -> Vec<Trial> {
    let alone = FAULTS.iter().map(|fault| {
        Trial::test(format!("as_found::{}", fault.name), move || {
            expect(&compile(std::slice::from_ref(fault))?, fault.found.to_vec())
        })
    });
    alone.chain([Trial::test("as_found::all_together", together)]).collect()
}

/// Each is reported as when it is alone: none hides another, and none is reported twice.
fn together() -> Outcome {
    let compilation = compile(FAULTS)?;
    expect(&compilation, FAULTS.iter().flat_map(|fault| fault.found).copied().collect())?;
    snapshot("baseline-as-found", &rendered(&compilation));
    Ok(())
}

/// The sample with these faults.
fn compile(faults: &[Fault]) -> Result<Compilation, String> {
    let mut inputs = sample();
    for change in faults.iter().flat_map(|fault| fault.changes) {
        change.make(&mut inputs)?;
    }
    Ok(hlc_model::compile(&inputs, "homelab.kdl"))
}

impl Change {
    fn make(&self, inputs: &mut MemoryInputs) -> Result<(), String> {
        let (Self::Write(path, from, _) | Self::Drop(path, from, _)) = self;
        let text = inputs.read(path).map_err(|_| format!("the sample has no {path}"))?;
        let Some((before, rest)) = text.split_once(from).filter(|(_, rest)| !rest.contains(from)) else {
            return Err(format!("{path} of the sample does not hold exactly once: {from}"));
        };
        let changed = match self {
            Self::Write(_, _, to) => format!("{before}{to}{rest}"),
            Self::Drop(_, _, until) => {
                let end = rest
                    .find(until)
                    .ok_or_else(|| format!("{path} of the sample does not hold, after {from}: {until}"))?;
                format!("{before}{}", &rest[end..])
            }
        };
        inputs.insert(*path, changed);
        Ok(())
    }
}

fn expect(compilation: &Compilation, mut expected: Vec<(&str, &str, &str)>) -> Outcome {
    let sources = &compilation.sources;
    let mut found: Vec<_> = compilation
        .diagnostics
        .iter()
        .map(|found| {
            let span = found.primary.span;
            (found.code.name, sources.path(span.file), sources.text(span))
        })
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected:#?}\n{}", rendered(compilation)).into())
}
