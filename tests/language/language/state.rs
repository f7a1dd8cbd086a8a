//! Where the states of a homelab are, whatever is said about it.

use hlc_model::concept::StatesAt;
use hlc_tests_language::example_inputs;
use libtest_mimic::Trial;

use crate::Outcome;

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("state::place", place)]
}

fn place() -> Outcome {
    for (homelab, expected) in [
        ("\"home\"", ".hlc/state/home"),
        ("\"home\" { state \"local\"; }", ".hlc/state/home"),
        ("\"staging\" { state \"local\" path=\"/srv/states/\"; }", "/srv/states/staging"),
        ("\"../x\" { state \"local\" path=\"../states\"; }", "../states/%2E.%2Fx"),
        ("\"home\" { state \"s3\" bucket=\"states\"; }", "bucket states, home, without keys"),
        (
            "\"home\" { secrets \"secrets/example.sops.yaml\"; state \"s3\" bucket=\"states\" region=\"auto\" prefix=\"/all/\" \
             endpoint=\"https://s3.example.net\" access-key=(secret)TOKEN secret-key=(secret)CHARTS_TOKEN; }",
            "bucket states, all/home, at https://s3.example.net, in auto, with TOKEN and CHARTS_TOKEN",
        ),
    ] {
        let (name, block) = homelab.split_once(' ').unwrap_or((homelab, ""));
        let text = format!("homelab {name} domain=\"example.net\" {block}");
        let compilation = hlc_model::compile(&example_inputs(&text), "homelab.kdl");
        assert!(compilation.plan.is_some(), "{text}: {:?}", compilation.diagnostics);
        let homelab = compilation.model.homelab.as_ref().ok_or("no homelab")?;
        let place = match homelab.states_at() {
            StatesAt::Folder(path) => path,
            StatesAt::Bucket { bucket, region, endpoint, prefix, keys } => {
                let mut text = format!("bucket {bucket}, {prefix}");
                text.extend(endpoint.map(|endpoint| format!(", at {}", endpoint.as_str())));
                text.extend(region.map(|region| format!(", in {region}")));
                text + &keys
                    .map_or(", without keys".to_owned(), |(id, key)| format!(", with {} and {}", id.name, key.name))
            }
        };
        assert_eq!(place, expected, "{text}");
    }
    Ok(())
}
