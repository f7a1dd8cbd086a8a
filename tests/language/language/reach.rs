//! What answers from outside, of whole homelabs.

use std::fmt::Write as _;

use hlc_diag::{Sources, Span};
use hlc_model::MemoryInputs;
use hlc_model::reach::{Host, Reach, State};
use hlc_tests_language::{example_inputs, project, repository, sample};
use libtest_mimic::Trial;

use crate::Outcome;
use crate::cases::snapshot;

pub(crate) fn trials() -> Vec<Trial> {
    let exposure = || project(&repository().join("tests/language/cases/exposure"));
    vec![
        Trial::test("reach::sample", of_the_sample),
        Trial::test("reach::written_as_objects", written_as_objects),
        Trial::test("reach::exposure", move || drawn("reach-exposure", &exposure())),
    ]
}

/// Of the sample what is reached from where, and who guards it; its lines are its own.
fn of_the_sample() -> Outcome {
    let (compilation, reach) = hlc_model::compile_reach(&sample(), "homelab.kdl");
    let mut text = String::new();
    for host in &reach.hosts {
        for way in &host.ways {
            assert!(!way.is_broken(), "{}", self::text(&reach, &compilation.sources));
            let _ = writeln!(text, "{} from {}: {}", host.name, way.view.word(), way.guard);
        }
    }
    snapshot("reach-sample", &text);
    Ok(())
}

/// Routes that are Kubernetes objects reach hosts too.
fn written_as_objects() -> Outcome {
    let compiled = hlc_model::compile_reach(&example_inputs(OBJECTS), "homelab.kdl");
    snapshot("reach-objects", &text(&compiled.1, &compiled.0.sources));
    Ok(())
}

const OBJECTS: &str = r#"workload "web" category="apps" {
    namespace "web"
    Pod "web" {
        metadata { labels app=web }
        spec { containers { - name=web image="web:1.0" } }
    }
    Service "web" { spec { selector app=web; ports { - port=80 } } }
    HTTPRoute "web" {
        spec {
            parentRefs { - name=homelab-gateway namespace=kube-system }
            hostnames { - web.example.net }
            rules { - { backendRefs { - name=web port=80 } } }
        }
    }
    TLSRoute "raw" {
        spec {
            parentRefs { - name=homelab-gateway namespace=kube-system }
            hostnames { - raw.example.net }
            rules { - { backendRefs { - name=web port=443 } } }
        }
    }
    Ingress "old" {
        spec ingressClassName=nginx {
            rules {
                - host=old.example.net {
                    http { paths { - path="/" pathType=Prefix { backend { service name=web { port number=80 } } } } }
                }
            }
        }
    }
}
"#;

fn drawn(name: &str, inputs: &MemoryInputs) -> Outcome {
    let (compilation, reach) = hlc_model::compile_reach(inputs, "homelab.kdl");
    snapshot(name, &text(&reach, &compilation.sources));
    Ok(())
}

/// Everything that is known, a line for each hop.
fn text(reach: &Reach, sources: &Sources) -> String {
    let mut text = String::new();
    for host in &reach.hosts {
        self::host(&mut text, host, sources);
    }
    for port in &reach.ports {
        let _ = writeln!(
            text,
            "port {} {}/{} rule={} from={} services={} answers={}",
            port.server,
            port.protocol,
            port.ports,
            port.rule.as_deref().unwrap_or("-"),
            if port.from.is_empty() { "everywhere".to_owned() } else { port.from.join(",") },
            port.services.join(","),
            port.answers,
        );
    }
    text
}

fn host(text: &mut String, host: &Host, sources: &Sources) {
    let _ = writeln!(text, "{} of {:?}, route {}", host.name, host.owner, host.route);
    for way in &host.ways {
        let _ = writeln!(text, "  from {}, guard {}", way.view.word(), way.guard);
        for (index, hop) in way.hops.iter().enumerate() {
            let after = hop.after.map_or_else(String::new, |after| format!(" <{after}"));
            let state = match &hop.state {
                State::Ok => String::new(),
                State::Broken { code, message, span } => {
                    format!(" BROKEN {} at {}: {message}", code.id, line(sources, *span))
                }
                State::Unknown(reason) => format!(" UNKNOWN {reason}"),
            };
            let at = hop.span.map_or_else(|| "-".to_owned(), |span| line(sources, span));
            let (kind, name, detail) = (hop.kind.word(), &hop.name, &hop.detail);
            let _ = writeln!(text, "    {index}{after} {kind}: {name} | {detail} | {at}{state}");
        }
        if let Some(note) = way.note {
            let _ = writeln!(text, "    note: {note}");
        }
    }
}

/// `path:line`
fn line(sources: &Sources, span: Span) -> String {
    let place = sources.locate(span);
    place.rsplit_once(':').map_or(place.clone(), |(line, _)| line.to_owned())
}
