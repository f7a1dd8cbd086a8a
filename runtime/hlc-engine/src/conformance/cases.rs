//! The cases. Each is given a way to make subjects.

use std::collections::BTreeSet;

use hlc_change::{Action, Effect, Reason, Scope};
use hlc_plan::{Address, Ownership, PlannedStack};

use super::desk::{Desk, sorted, told};
use super::subject::{Hurt, Subject};
use crate::{Ended, EngineError, Halt, Outcome, UpkeepOr};

/// From one plan to another; from nothing where there is none.
struct Step {
    about: String,
    from: Option<PlannedStack>,
    to: PlannedStack,
}

/// One step of every sort: making, changing, making anew, deleting.
fn steps(subject: &impl Subject) -> Vec<Step> {
    let base = || Some(subject.plan());
    let mut steps = vec![Step { about: "making".to_owned(), from: None, to: subject.plan() }];
    for (about, to) in subject.updates().into_iter().chain(subject.replacements()) {
        steps.push(Step { about, from: base(), to });
    }
    steps.push(Step { about: "deleting".to_owned(), from: base(), to: subject.less() });
    steps
}

fn nothing(plan: &PlannedStack) -> PlannedStack {
    PlannedStack { stack: plan.stack, resources: Vec::new() }
}

/// A desk whose subject is as a plan says.
async fn at<'s, S: Subject>(subject: &'s S, plan: Option<&PlannedStack>) -> Desk<'s, S> {
    let desk = Desk::new(subject);
    if let Some(plan) = plan {
        let outcome = desk.apply(plan).await.unwrap_or_else(|error| panic!("{}", told(&error)));
        assert!(outcome.is_success(), "{outcome:?}");
    }
    desk
}

/// What a vendor without faults has after a step, and how many requests that takes.
async fn control<S: Subject>(make: &impl AsyncFn() -> S, step: &Step) -> (Vec<String>, usize) {
    let subject = make().await;
    let desk = at(&subject, step.from.as_ref()).await;
    let before = subject.writes().await;
    let outcome = desk.apply(&step.to).await.unwrap_or_else(|error| panic!("{}: {}", step.about, told(&error)));
    assert!(outcome.is_success(), "{}: {outcome:?}", step.about);
    (sorted(subject.objects().await), subject.writes().await - before)
}

fn ended(outcome: &Outcome, like: impl Fn(&Ended) -> bool) -> BTreeSet<&Address> {
    outcome.ended.iter().filter(|(_, ended)| like(ended)).map(|(address, _)| address).collect()
}

/// It makes what is planned, in one go, and is content with it.
pub async fn makes_what_should_exist<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    assert!(objects.len() >= plan.resources.len(), "{objects:?}");
    desk.is_settled(&plan, &objects, "made").await;
    for resource in &plan.resources {
        assert!(subject.id(&resource.address).await.is_some(), "{} was not made", resource.address);
    }
}

/// It sends and writes nothing where there is nothing to do.
pub async fn does_nothing_when_nothing_is_to_be_done<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    for round in 0..3 {
        let changes = desk.plan(&plan).await.unwrap();
        assert!(changes.counts().is_empty(), "{:?}", changes.counts());
        desk.is_settled(&plan, &objects, &format!("round {round}")).await;
    }
}

/// It changes each property in place, there and back.
pub async fn changes_each_property<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    for (about, update) in subject.updates() {
        for (way, plan) in [("there", &update), ("back", &plan)] {
            let changes = desk.plan(plan).await.unwrap_or_else(|error| panic!("{about}: {}", told(&error)));
            let counts = changes.counts();
            assert!(counts.update > 0 && counts.create + counts.delete + counts.replace == 0, "{about}: {counts:?}");
            let outcome = desk.apply(plan).await.unwrap();
            assert!(outcome.is_success(), "{about}, {way}: {outcome:?}");
            desk.is_settled(plan, &objects, &format!("{about}, {way}")).await;
        }
    }
}

/// It makes anew what cannot be changed, and nothing of the old stays.
pub async fn makes_anew_what_cannot_be_changed<S: Subject>(make: impl AsyncFn() -> S) {
    let updates = make().await.replacements();
    for (about, to) in updates {
        let step = Step { about: about.clone(), from: Some(make().await.plan()), to };
        let (expected, _) = control(&make, &step).await;
        let subject = make().await;
        let desk = at(&subject, step.from.as_ref()).await;
        let changes = desk.plan(&step.to).await.unwrap_or_else(|error| panic!("{about}: {}", told(&error)));
        let replaces = changes.changes.iter().filter(|change| matches!(change.action, Action::Replace { .. }));
        for change in replaces.clone() {
            assert!(change.fields.iter().any(|field| field.effect == Effect::Replace), "{about}: {change:?}");
        }
        assert!(replaces.count() > 0, "{about}: {:?}", changes.counts());
        desk.settles(&step.to, &expected, &about).await;
        let fresh = make().await;
        at(&fresh, Some(&step.to)).await;
        assert_eq!(sorted(fresh.objects().await).len(), expected.len(), "{about}: something stayed behind");
    }
}

/// It deletes what is no longer planned, and nothing else.
pub async fn deletes_what_is_not_wanted_any_more<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let (plan, less) = (subject.plan(), subject.less());
    let desk = at(&subject, Some(&plan)).await;
    let before = sorted(subject.objects().await);
    let changes = desk.plan(&less).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    let counts = changes.counts();
    assert!(counts.delete > 0 && counts.create + counts.update + counts.replace == 0, "{counts:?}");
    assert!(desk.apply(&less).await.unwrap().is_success());
    let after = sorted(subject.objects().await);
    assert_eq!(after.len() + counts.delete, before.len());
    assert!(after.iter().all(|object| before.contains(object)));
    desk.is_settled(&less, &after, "deleted").await;
}

/// It deletes everything that it has made, users first.
pub async fn deletes_everything<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let before = sorted(subject.objects().await);
    let desk = at(&subject, Some(&plan)).await;
    assert!(desk.apply(&nothing(&plan)).await.unwrap().is_success());
    desk.is_settled(&nothing(&plan), &before, "deleted").await;
}

/// It refuses to make what is there, takes it over when told to, and then has next to nothing to do.
pub async fn takes_over_what_is_there<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    at(&subject, Some(&plan)).await;
    subject.catch_up().await;
    let objects = sorted(subject.objects().await);
    let desk = Desk::new(&subject);
    let writes = subject.writes().await;
    let Err(EngineError::Problems(problems)) = desk.apply(&plan).await else { panic!("it is there") };
    assert!(problems.iter().all(|problem| problem.code.id == "HLC1200"), "{problems:?}");
    assert_eq!(subject.writes().await, writes);
    for resource in plan.resources.iter().filter(|resource| resource.ownership == Ownership::Managed) {
        import(&desk, &plan, &resource.address).await;
    }
    assert_eq!(subject.writes().await, writes, "taking over changes nothing");
    let changes = desk.plan(&plan).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    let counts = changes.counts();
    assert_eq!(counts.create + counts.delete + counts.replace, 0, "{counts:?}");
    // What an API does not tell has to be set once more.
    let told_fields = changes.changes.iter().flat_map(|change| &change.fields).filter(|field| field.before.is_some());
    assert_eq!(told_fields.count(), 0);
    desk.settles(&plan, &objects, "taken over").await;
}

async fn import<S: Subject>(desk: &Desk<'_, S>, plan: &PlannedStack, address: &Address) {
    let Some(id) = desk.subject.id(address).await else { panic!("{address} is not there") };
    let result = desk
        .with(plan, &Scope::default(), async |session, how| match session.import(how, address.as_str(), &id).await {
            Ok(_) => Ok(session.save().await?),
            Err(UpkeepOr::Engine(error)) => Err(error),
            Err(UpkeepOr::Upkeep(error)) => panic!("{address}: {error}"),
        })
        .await;
    result.unwrap_or_else(|error| panic!("{address}: {}", told(&error)));
}

/// It neither changes nor deletes what it did not make.
pub async fn leaves_alone_what_somebody_else_made<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let address = subject.intrude().await;
    subject.catch_up().await;
    let (objects, writes) = (sorted(subject.objects().await), subject.writes().await);
    let desk = Desk::new(&subject);
    let Err(EngineError::Problems(problems)) = desk.apply(&plan).await else { panic!("something is in the way") };
    assert!(problems.iter().any(|it| it.code.id == "HLC1200" && it.message.contains(address.as_str())), "{problems:?}");
    assert_eq!((sorted(subject.objects().await), subject.writes().await), (objects.clone(), writes));
    assert!(desk.apply(&nothing(&plan)).await.unwrap().is_success());
    assert_eq!((sorted(subject.objects().await), subject.writes().await), (objects, writes));
}

/// Lets every request of every step fail in turn.
async fn at_every_request<S: Subject>(make: &impl AsyncFn() -> S, hurt: Hurt, holds: impl Fn(&S, &Outcome, &str)) {
    let all = steps(&make().await);
    for step in all {
        let (expected, requests) = control(make, &step).await;
        assert!(requests > 0, "{}", step.about);
        for nth in 1..=requests {
            let context = format!("{hurt:?} at request {nth} of {requests}, {}", step.about);
            let subject = make().await;
            let desk = at(&subject, step.from.as_ref()).await;
            subject.hurt(nth, hurt).await;
            let outcome = desk.apply(&step.to).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
            desk.tells_no_secret(&context).await;
            holds(&subject, &outcome, &context);
            subject.heal().await;
            desk.settles(&step.to, &expected, &context).await;
        }
    }
}

/// It finds what was made when the answer was lost, and takes it for its own.
pub async fn finds_what_a_lost_answer_made<S: Subject>(make: impl AsyncFn() -> S) {
    at_every_request(&make, Hurt::Lost, |_, outcome, context| {
        assert!(outcome.is_success(), "{context}: {outcome:?}");
    })
    .await;
}

/// The same when the answer ends in the middle.
pub async fn finds_what_a_cut_answer_made<S: Subject>(make: impl AsyncFn() -> S) {
    at_every_request(&make, Hurt::Cut, |_, outcome, context| {
        assert!(outcome.is_success(), "{context}: {outcome:?}");
    })
    .await;
}

/// It sends again what did not arrive, once it has seen that.
pub async fn sends_again_what_never_arrived<S: Subject>(make: impl AsyncFn() -> S) {
    at_every_request(&make, Hurt::Never, |_, outcome, context| {
        assert!(outcome.is_success(), "{context}: {outcome:?}");
    })
    .await;
}

/// What a request that was carried out twice made is either taken for its own or named, never made again.
pub async fn is_not_fooled_by_a_doubled_request<S: Subject>(make: impl AsyncFn() -> S) {
    if !make().await.refuses_doubles() {
        return;
    }
    let replacements: Vec<String> = make().await.replacements().into_iter().map(|(about, _)| about).collect();
    // Beside an object that is to be replaced, another one of its address cannot be taken over.
    for step in steps(&make().await).into_iter().filter(|step| !replacements.contains(&step.about)) {
        let (expected, requests) = control(&make, &step).await;
        for nth in 1..=requests {
            let context = format!("request {nth} of {requests} twice, {}", step.about);
            let subject = make().await;
            let desk = at(&subject, step.from.as_ref()).await;
            subject.hurt(nth, Hurt::Doubled).await;
            let outcome = desk.apply(&step.to).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
            subject.heal().await;
            for address in ended(&outcome, |ended| matches!(ended, Ended::Failed { .. })) {
                if subject.id(address).await.is_some() && step.to.resources.iter().any(|it| it.address == *address) {
                    import(&desk, &step.to, address).await;
                }
            }
            desk.settles(&step.to, &expected, &context).await;
        }
    }
}

/// It begins nothing more once the login is not accepted.
pub async fn ends_when_the_login_does<S: Subject>(make: impl AsyncFn() -> S) {
    at_every_request(&make, Hurt::Denied, |_, outcome, context| {
        assert_eq!(outcome.halted, Some(Halt::Denied), "{context}");
    })
    .await;
}

/// It does not wait for ever.
pub async fn survives_a_vendor_that_hangs<S: Subject>(make: impl AsyncFn() -> S) {
    let step = Step { about: "making".to_owned(), from: None, to: make().await.plan() };
    let (expected, requests) = control(&make, &step).await;
    for nth in BTreeSet::from([1, requests.div_ceil(2), requests]) {
        let context = format!("hangs at request {nth}");
        let subject = make().await;
        let desk = Desk::new(&subject);
        subject.hurt(nth, Hurt::Hangs).await;
        let outcome = desk.apply(&step.to).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
        assert!(outcome.is_success(), "{context}: {outcome:?}");
        subject.heal().await;
        desk.settles(&step.to, &expected, &context).await;
    }
}

/// One that is refused stops only what needs it.
pub async fn goes_on_beside_what_is_refused<S: Subject>(make: impl AsyncFn() -> S) {
    let plan = make().await.plan();
    let step = Step { about: "making".to_owned(), from: None, to: plan };
    let (expected, requests) = control(&make, &step).await;
    for nth in 1..=requests {
        let context = format!("refused at request {nth}");
        let subject = make().await;
        let desk = Desk::new(&subject);
        subject.hurt(nth, Hurt::Refused).await;
        let outcome = desk.apply(&step.to).await.unwrap_or_else(|error| panic!("{context}: {}", told(&error)));
        let failed = ended(&outcome, |ended| matches!(ended, Ended::Failed { .. }));
        let [failed] = failed.into_iter().collect::<Vec<_>>()[..] else { panic!("{context}: {outcome:?}") };
        let mut needs_it = BTreeSet::from([failed]);
        for _ in 0..step.to.resources.len() {
            for resource in &step.to.resources {
                if resource.depends_on.iter().any(|used| needs_it.contains(used)) {
                    needs_it.insert(&resource.address);
                }
            }
        }
        needs_it.remove(failed);
        assert_eq!(ended(&outcome, |ended| matches!(ended, Ended::Skipped(_))), needs_it, "{context}: skipped");
        let done = ended(&outcome, |ended| *ended == Ended::Done).len();
        assert_eq!(done + needs_it.len() + 1, outcome.ended.len(), "{context}: {outcome:?}");
        subject.heal().await;
        desk.settles(&step.to, &expected, &context).await;
    }
}

/// It waits, or says that it was not done.
pub async fn is_patient_when_throttled<S: Subject>(make: impl AsyncFn() -> S) {
    at_every_request(&make, Hurt::Throttled, |_, outcome, context| {
        assert_eq!(outcome.halted, None, "{context}");
        let unclear = ended(outcome, |ended| matches!(ended, Ended::Failed { unclear: true, .. }));
        assert!(unclear.is_empty(), "{context}: {outcome:?}");
    })
    .await;
}

/// It does nothing when anything is otherwise than when it was planned.
pub async fn stops_when_somebody_else_changes_something<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let Some((about, update)) = subject.updates().into_iter().next() else { return };
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    let stopped = desk
        .with(&update, &Scope::default(), async |session, how| {
            let changes = session.plan(how).await?;
            subject.meddle().await;
            subject.catch_up().await;
            let writes = subject.writes().await;
            let outcome = desk.carry_out(session, how, &changes).await;
            assert_eq!(subject.writes().await, writes, "{about}: something was sent");
            outcome
        })
        .await;
    let Err(EngineError::Moved { .. }) = stopped else { panic!("{about}: it was carried out all the same") };
    desk.settles(&update, &objects, &about).await;

    let subject = make().await;
    let desk = Desk::new(&subject);
    let stopped = desk
        .with(&plan, &Scope::default(), async |session, how| {
            let changes = session.plan(how).await?;
            subject.intrude().await;
            subject.catch_up().await;
            let writes = subject.writes().await;
            let outcome = desk.carry_out(session, how, &changes).await;
            assert_eq!(subject.writes().await, writes, "something was sent");
            outcome
        })
        .await;
    let Err(EngineError::Problems(problems)) = stopped else { panic!("something is in the way") };
    assert!(problems.iter().all(|problem| problem.code.id == "HLC1200"), "{problems:?}");
}

/// It tells what somebody else has changed from what the homelab changes, and sets it back.
pub async fn says_what_somebody_else_changed<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    let address = subject.meddle().await;
    let changes = desk.plan(&plan).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    let changed: Vec<_> = changes.changes.iter().filter(|change| change.is_change()).collect();
    let [change] = changed[..] else { panic!("{changed:?}") };
    assert_eq!((&change.address, change.action, &change.reason), (&address, Action::Update, &Reason::ChangedOutside));
    assert!(!change.drift.is_empty());
    desk.settles(&plan, &objects, "changed outside").await;
}

/// It makes again what somebody else has deleted, and says so.
pub async fn makes_again_what_somebody_else_deleted<S: Subject>(make: impl AsyncFn() -> S) {
    let subject = make().await;
    let plan = subject.plan();
    let desk = at(&subject, Some(&plan)).await;
    let objects = sorted(subject.objects().await);
    let address = subject.remove().await;
    let changes = desk.plan(&plan).await.unwrap_or_else(|error| panic!("{}", told(&error)));
    let changed: Vec<_> = changes.changes.iter().filter(|change| change.is_change()).collect();
    let [change] = changed[..] else { panic!("{changed:?}") };
    assert_eq!((&change.address, change.action, &change.reason), (&address, Action::Create, &Reason::DeletedOutside));
    desk.settles(&plan, &objects, "deleted outside").await;
}
