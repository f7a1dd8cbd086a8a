//! Files that others published with their keys.

use std::fs;
use std::path::Path;

use hlc_secrets::{Identities, OpenError, Opened};
use libtest_mimic::Trial;

use crate::written::shown;
use crate::{Outcome, needs, repository};

pub(crate) fn trials() -> Vec<Trial> {
    let folder = Some(repository().join("../shared/contracts")).filter(|folder| folder.exists());
    let trial = |name, run: fn(&Path) -> Outcome| {
        needs(name, folder.clone(), "../shared/contracts is not there", move |folder| run(folder))
    };
    vec![
        trial("vectors::files_of_flux", flux),
        trial("vectors::keys_of_sops", keysource),
        trial("vectors::files_for_other_keys", other_keys),
    ]
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn flux(folder: &Path) -> Outcome {
    let open = |file: &str, key: &str| {
        let identities = Identities::from_text(key, &read(folder, &format!("sops/flux/keys/{key}")));
        Opened::open(&read(folder, &format!("sops/flux/{file}")), &identities).map(|opened| shown(&opened))
    };
    let age = open("algorithms/age.yaml", "age.txt")?;
    assert_eq!(age, "apiVersion=v1\nkind=Secret\nmetadata.name=age\nstringData.key=value\n");
    assert!(open("patches/merge1.yaml", "age.txt")?.contains("kind=Secret"));
    assert!(open("global/secret.yaml", "age-global.txt")?.contains("kind=Secret"));
    assert!(matches!(open("global/secret.yaml", "age.txt").unwrap_err(), OpenError::NoKey { .. }));
    let quantum = open("algorithms/age-pq.yaml", "age-pq.txt").unwrap_err();
    assert!(quantum.to_string().contains("post-quantum age keys are not supported"), "{quantum}");
    Ok(())
}

/// The constants of sops' own test of its age keys.
fn keysource(folder: &Path) -> Outcome {
    let vectors: serde_json::Value = serde_json::from_str(&read(folder, "sops/getsops/age-keysource-vectors.json"))?;
    let text = |name: &str| vectors[name].as_str().unwrap().to_owned();
    let opens = |identity: &str| {
        let key: age::x25519::Identity = identity.parse().unwrap();
        age::decrypt(&key, text("mockEncryptedKey").as_bytes()).ok()
    };
    assert_eq!(opens(&text("mockIdentity")).unwrap(), text("mockEncryptedKeyPlain").as_bytes());
    assert_eq!(opens(&text("mockOtherIdentity")), None);
    assert!(!Identities::from_text("mock", &text("mockIdentity")).is_empty());
    assert!(Identities::from_text("mock", &text("mockHybridIdentity")).is_empty());
    assert!(text("mockSshRecipient").parse::<age::ssh::Recipient>().is_ok());
    Ok(())
}

fn other_keys(folder: &Path) -> Outcome {
    for file in ["getsops/example.yaml", "getsops/example.json", "flux/algorithms/pgp.yaml"] {
        let refused = Opened::open(&read(folder, &format!("sops/{file}")), &Identities::default()).unwrap_err();
        let OpenError::NoKey { recipients, .. } = refused else { return Err(format!("{file}: {refused}").into()) };
        assert!(!recipients.is_empty(), "{file}");
    }
    Ok(())
}
