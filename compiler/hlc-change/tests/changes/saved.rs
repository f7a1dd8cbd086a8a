//! Plans that were looked at, to be carried out later.

use hlc_change::{SavedPlan, SavedPlanError, State, digest};
use hlc_plan::Stack;

use crate::kind::{CANARY, Homelab, Thing, full, secret, thing};

fn saved(homelab: &Homelab) -> SavedPlan {
    SavedPlan::new(&homelab.plan, &homelab.state, &homelab.scope, &homelab.decide().unwrap())
}

#[test]
fn it_is_for_one_homelab_and_one_state() {
    let homelab = Homelab::default().wants(full("a"));
    let plan = SavedPlan::read(&saved(&homelab).write()).unwrap();
    assert_eq!(plan.stack(), Some(Stack::Hetzner));
    assert_eq!(plan.fits(&homelab.plan, &homelab.state), Ok(()));
    // Before the first apply each look at the state begins another line.
    assert_eq!(plan.fits(&homelab.plan, &State::new(Stack::Hetzner, "another".to_owned())), Ok(()));
    let mut later = homelab.state.clone();
    later.serial = 3;
    assert_eq!(plan.fits(&homelab.plan, &later), Err(SavedPlanError::Serial { planned: 0, now: 3 }));
    let other = Homelab::default().wants(Thing { note: None, ..full("a") });
    assert_eq!(plan.fits(&other.plan, &homelab.state), Err(SavedPlanError::Source));
    let mut elsewhere = homelab.plan.clone();
    elsewhere.stack = Stack::Talos;
    assert_eq!(plan.fits(&elsewhere, &homelab.state), Err(SavedPlanError::OtherStack("hetzner".to_owned())));
    let mut first = homelab.state.clone();
    first.serial = 1;
    let plan = SavedPlan::new(&homelab.plan, &first, &homelab.scope, &homelab.decide().unwrap());
    let mut other = State::new(Stack::Hetzner, "another".to_owned());
    other.serial = 1;
    assert_eq!(plan.fits(&homelab.plan, &other), Err(SavedPlanError::Lineage));
}

#[test]
fn it_is_for_exactly_these_changes() {
    let homelab = Homelab::default().wants(full("a")).wants(thing("b"));
    let plan = saved(&homelab);
    assert!(plan.is_for(&homelab.decide().unwrap()));
    let made = Homelab::default().wants(full("a")).wants(thing("b")).made(thing("b")).sees(thing("b"));
    assert!(!plan.is_for(&made.decide().unwrap()));
}

/// The key of fingerprints is made with the first state: until then every run has another.
#[test]
fn secrets_are_compared_once_there_is_a_key_to_compare_them_by() {
    let mut homelab = Homelab::default().wants(full("a"));
    let before = saved(&homelab);
    homelab.state.key = Some("sealed".to_owned());
    let after = saved(&homelab);
    homelab.lookup.secrets.insert("password".to_owned(), "changed".to_owned());
    let changes = homelab.decide().unwrap();
    assert!(before.is_for(&changes));
    assert!(!after.is_for(&changes));
    assert_ne!(digest(&changes), digest(&Homelab::default().wants(full("a")).decide().unwrap()));
}

#[test]
fn it_holds_no_secret_and_damage_is_told() {
    let homelab = Homelab::default().wants(Thing { password: secret("password"), ..full("a") });
    let bytes = saved(&homelab).write();
    assert!(!String::from_utf8(bytes.clone()).unwrap().contains(CANARY));
    for end in 0..bytes.len() - 2 {
        assert!(matches!(SavedPlan::read(&bytes[..end]), Err(SavedPlanError::Malformed(_))), "{end}");
    }
    assert_eq!(SavedPlan::read(br#"{"version": 9}"#), Err(SavedPlanError::Newer(9)));
}
