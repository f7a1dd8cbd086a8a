//! What holds of a run when something besides the vendor fails: the store, the lock, whoever runs it; and what only shows in a
//! certain order.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod toy;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hlc_change::{Action, Change, Scope};
use hlc_engine::conformance::{Desk, Hurt, Memory, Operation, Quiet, Subject as _};
use hlc_engine::{
    Carrying, Ended, EngineError, Halt, How, Others, Outcome, Session, Source, Stop, StoreError, Vault, Watch,
};
use hlc_plan::{Address, PlannedStack};
use toy::{Note, Plan, Rules, Toy};

fn base() -> PlannedStack {
    Plan::default().planned()
}

fn nothing() -> PlannedStack {
    PlannedStack { stack: base().stack, resources: Vec::new() }
}

async fn sorted(toy: &Toy) -> Vec<String> {
    let mut objects = toy.objects().await;
    objects.sort();
    objects
}

/// What there is once a plan was carried out where nothing fails.
async fn expected(plan: &PlannedStack) -> Vec<String> {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    assert!(desk.apply(plan).await.unwrap().is_success());
    sorted(&toy).await
}

fn failed(outcome: &Outcome) -> Vec<(&str, &str)> {
    let failed = outcome.ended.iter().filter_map(|(address, ended)| match ended {
        Ended::Failed { message, .. } => Some((address.as_str(), message.as_str())),
        Ended::Done | Ended::Skipped(_) | Ended::NotTried => None,
    });
    failed.collect()
}

mod store {
    use super::*;

    /// The journal cannot be written from some moment on, and a part of a line stays; then the state cannot be, either.
    #[tokio::test]
    async fn no_space_for_the_journal() {
        let expected = expected(&base()).await;
        for state_too in [false, true] {
            for nth in 1..=12 {
                for part in [0, 40] {
                    let context = format!("append {nth}, {part} bytes, state too: {state_too}");
                    let toy = Toy::new(Rules::default());
                    let desk = Desk::new(&toy);
                    let appends = AtomicUsize::new(0);
                    desk.store.fails(move |operation, _| match operation {
                        Operation::Append => (appends.fetch_add(1, Ordering::SeqCst) + 1 >= nth).then_some(part),
                        Operation::Write => state_too.then_some(0),
                        Operation::Remove => None,
                    });
                    let outcome = desk.apply(&base()).await.unwrap();
                    if outcome.halted.is_none() {
                        assert!(nth > 4 && failed(&outcome).is_empty(), "{context}: {outcome:?}");
                        continue;
                    }
                    assert!(matches!(outcome.halted, Some(Halt::Journal(_))), "{context}: {outcome:?}");
                    // The key of the fingerprints is new with the first run.
                    assert_eq!(outcome.unsaved.is_some(), state_too, "{context}");
                    if nth == 1 {
                        assert_eq!(toy.writes().await, 0, "{context}: sent before it was written down");
                    }
                    desk.store.heal();
                    desk.settles(&base(), &expected, &context).await;
                }
            }
        }
    }

    #[tokio::test]
    async fn no_space_for_the_state() {
        let toy = Toy::new(Rules::default());
        let desk = Desk::new(&toy);
        desk.store.fails(|operation, _| (operation == Operation::Write).then_some(0));
        let outcome = desk.apply(&base()).await.unwrap();
        assert!(outcome.unsaved.is_some() && outcome.ended.values().all(|ended| *ended == Ended::Done));
        // As long as it is full nothing is begun: what was done could not be kept.
        let writes = toy.writes().await;
        let more = Plan::with(|plan| plan.boxes.push(toy::boxed("more"))).planned();
        assert!(matches!(desk.apply(&more).await, Err(EngineError::Store(StoreError::Failed { .. }))));
        assert_eq!(toy.writes().await, writes);
        desk.store.heal();
        let objects = sorted(&toy).await;
        assert!(desk.apply(&base()).await.unwrap().is_success());
        assert_eq!(toy.writes().await, writes, "it was done already");
        desk.is_settled(&base(), &objects, "kept in the journal").await;
    }

    /// A journal that stays is of an older writing. The next run begins another one, and that one is believed.
    #[tokio::test]
    async fn a_journal_that_cannot_be_removed() {
        let toy = Toy::new(Rules::default());
        let desk = Desk::new(&toy);
        desk.store.fails(|operation, _| (operation == Operation::Remove).then_some(0));
        assert!(desk.apply(&base()).await.unwrap().is_success());
        assert!(desk.store.document("hetzner.journal").is_some());
        let writes = toy.writes().await;
        assert!(matches!(desk.apply(&nothing()).await, Err(EngineError::Store(_))), "nothing is begun on top of it");
        assert_eq!(toy.writes().await, writes);
        desk.store.fails(|operation, _| (operation == Operation::Write).then_some(0));
        let update = Plan::with(|plan| plan.items[0].within = "right".to_owned()).planned();
        assert!(desk.apply(&update).await.unwrap().unsaved.is_some());
        desk.store.heal();
        desk.settles(&update, &sorted(&toy).await, "from the second journal").await;
    }

    #[tokio::test]
    async fn damage_is_refused() {
        let toy = Toy::new(Rules::default());
        let desk = Desk::new(&toy);
        desk.store.fails(|operation, _| (operation == Operation::Write).then_some(0));
        desk.apply(&base()).await.unwrap();
        let journal = desk.store.document("hetzner.journal").unwrap();
        desk.store.heal();
        let unknown = |error: EngineError| match error {
            error if error.help().is_none() => panic!("{error}: no way out"),
            EngineError::Journal { place, .. } | EngineError::State { place, .. } => place,
            other => panic!("{other}"),
        };
        let lines: Vec<usize> = (0..journal.len()).filter(|at| journal[*at] == b'\n').collect();
        for at in (0..journal.len()).step_by(7).chain(lines.iter().copied()) {
            let mut damaged = journal.clone();
            damaged[at] ^= 1;
            desk.store.put("hetzner.journal", Some(damaged));
            match desk.session(&base()).await {
                // What follows the last line end was never finished, and nothing was done because of it.
                Ok(session) => {
                    assert_eq!(Some(&at), lines.last(), "byte {at}");
                    session.close().await.unwrap();
                }
                Err(error) => assert_eq!(unknown(error), "memory/hetzner.journal"),
            }
        }
        desk.store.put("hetzner.journal", Some(journal));
        desk.settles(&base(), &sorted(&toy).await, "as it was").await;
        let state = desk.store.document("hetzner.json").unwrap();
        let writes = toy.writes().await;
        for end in [0, 1, state.len() / 2, state.len() - 3] {
            desk.store.put("hetzner.json", Some(state[..end].to_vec()));
            let error = desk.apply(&base()).await.unwrap_err();
            assert_eq!(unknown(error), "memory/hetzner.json");
        }
        assert_eq!(toy.writes().await, writes);
        // An older state put back under a newer journal is told, too.
        desk.store.put("hetzner.json", Some(state));
        desk.store.fails(|operation, _| (operation == Operation::Write).then_some(0));
        let older = desk.store.document("hetzner.json").unwrap();
        desk.apply(&nothing()).await.unwrap();
        desk.store.heal();
        desk.settles(&nothing(), &[], "deleted").await;
        desk.store.put("hetzner.json", Some(older));
    }

    #[tokio::test]
    async fn two_at_once() {
        let toy = Toy::new(Rules::default());
        let desk = Desk::new(&toy);
        let first = desk.session(&base()).await.unwrap();
        let Err(EngineError::Store(StoreError::Locked { holder, .. })) = desk.apply(&base()).await else {
            panic!("both have it")
        };
        assert_eq!((holder.what.as_str(), holder.pid), ("test", std::process::id()));
        first.close().await.unwrap();
        assert!(desk.apply(&base()).await.unwrap().is_success());
    }
}

/// Does something at the first thing that ends.
struct At<F>(F, AtomicUsize);

impl<F: Fn() + Send + Sync> Watch for At<F> {
    fn started(&self, _: &Change) {}
    fn ended(&self, _: &Change, _: &Ended, _: Duration) {
        if self.1.fetch_add(1, Ordering::SeqCst) == 0 {
            (self.0)();
        }
    }
    fn note(&self, _: &Change, _: &str) {}
}

async fn watched(desk: &Desk<'_, Toy>, plan: &PlannedStack, stop: &Stop, watch: &dyn Watch) -> Outcome {
    desk.with(plan, &Scope::default(), async |session, how| {
        let changes = session.plan(how).await?;
        let carrying = Carrying { parallel: 2, watch, stop, patience: Duration::from_millis(1) };
        session.apply(how, &changes, &carrying).await
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn asked_to_stop_it_finishes_what_is_under_way_and_keeps_it() {
    let expected = expected(&base()).await;
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    let stop = Stop::default();
    let outcome = watched(&desk, &base(), &stop, &At(|| stop.ask(), AtomicUsize::new(0))).await;
    assert_eq!(outcome.halted, Some(Halt::Stopped));
    let done = outcome.ended.values().filter(|ended| **ended == Ended::Done).count();
    let not_tried = outcome.ended.values().filter(|ended| **ended == Ended::NotTried).count();
    assert_eq!((done, done + not_tried), (2, base().resources.len()), "{outcome:?}");
    assert_eq!(toy.objects().await.len(), 2);
    desk.settles(&base(), &expected, "stopped").await;
}

#[tokio::test]
async fn asked_to_stop_while_it_waits_it_waits_no_longer() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    (1..=3).for_each(|nth| toy.vendor.hurt(nth, Hurt::Never));
    let stop = Stop::default();
    let since = Instant::now();
    let (plan, scope) = (base(), Scope::default());
    let run = desk.with(&plan, &scope, async |session, how| {
        let changes = session.plan(how).await?;
        let carrying = Carrying { parallel: 3, watch: &Quiet, stop: &stop, patience: Duration::from_secs(60) };
        session.apply(how, &changes, &carrying).await
    });
    let ask = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        stop.ask();
    };
    let (outcome, ()) = tokio::join!(run, ask);
    let outcome = outcome.unwrap();
    assert!(since.elapsed() < Duration::from_secs(15));
    assert_eq!(toy.writes().await, 3, "nothing is sent again");
    assert_eq!(failed(&outcome).len(), 3, "{outcome:?}");
    desk.settles(&plan, &expected(&plan).await, "stopped while waiting").await;
}

#[tokio::test]
async fn nothing_is_begun_once_the_lock_is_lost() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    let store = desk.store.clone();
    let outcome = watched(&desk, &base(), &Stop::default(), &At(move || store.lose_locks(), AtomicUsize::new(0))).await;
    assert_eq!(outcome.halted, Some(Halt::LockLost));
    assert!(toy.writes().await <= 2, "{outcome:?}");
    desk.settles(&base(), &expected(&base()).await, "lock lost").await;
}

/// What is unclear at the end of a run is still known to the next one, though the state was written.
#[tokio::test]
async fn what_is_unclear_stays_known() {
    let expected = expected(&base()).await;
    for batch in [0, 3] {
        for nth in 1..=7 {
            let toy = Toy::new(Rules { batch, ..Rules::default() });
            let desk = Desk::new(&toy);
            toy.vendor.hurt(nth, Hurt::Lost);
            toy.vendor.turn_deaf_with_next_loss();
            let outcome = desk.apply(&base()).await.unwrap();
            let context = format!("request {nth}, batches of {batch}: {outcome:?}");
            if toy.vendor.is_deaf() {
                assert!(!failed(&outcome).is_empty() && outcome.unsaved.is_none(), "{context}");
                assert!(desk.store.document("hetzner.journal").is_none(), "{context}");
            }
            toy.vendor.heal();
            desk.settles(&base(), &expected, &context).await;
        }
    }
}

/// It is not certain that nothing was done because the second attempt was refused.
#[tokio::test]
async fn a_clear_answer_after_an_unclear_one_settles_nothing() {
    for then in [Hurt::Throttled, Hurt::Denied] {
        let toy = Toy::new(Rules { behind: 9, ..Rules::default() });
        let desk = Desk::new(&toy);
        let plan = Plan { boxes: vec![toy::boxed("left")], items: Vec::new() }.planned();
        toy.vendor.hurt(1, Hurt::Lost);
        toy.vendor.hurt(2, then);
        let outcome = desk.apply(&plan).await.unwrap();
        assert!(matches!(outcome.ended.values().next(), Some(Ended::Failed { unclear: true, .. })), "{outcome:?}");
        toy.vendor.heal();
        toy.catch_up().await;
        desk.settles(&plan, &["box left in north".to_owned()], "then refused").await;
    }
}

/// What looks the same and was made by somebody else in the same moment is not taken for what the lost answer made.
#[tokio::test]
async fn what_somebody_else_makes_meanwhile_is_theirs() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    let plan = Plan { boxes: vec![toy::boxed("left")], items: Vec::new() }.planned();
    toy.vendor.hurt(1, Hurt::Never);
    let vendor = toy.vendor.clone();
    toy.vendor.before_next_list(move || {
        vendor.intrude("box", [("name", "left".into()), ("region", "north".into()), ("label", "theirs".into())]);
    });
    let outcome = desk.apply(&plan).await.unwrap();
    assert_eq!(failed(&outcome).len(), 1, "{outcome:?}");
    let things = toy.vendor.things();
    for _ in 0..2 {
        let Err(EngineError::Problems(problems)) = desk.apply(&plan).await else { panic!("it is theirs") };
        assert_eq!(problems[0].code.id, "HLC1200");
    }
    assert!(desk.apply(&nothing()).await.unwrap().is_success());
    assert_eq!(toy.vendor.things(), things);
}

/// A list that is behind does not make a second one of what is recorded.
#[tokio::test]
async fn what_is_recorded_is_asked_for_before_it_is_called_gone() {
    let toy = Toy::new(Rules { behind: 50, refuses_doubles: false, ..Rules::default() });
    let desk = Desk::new(&toy);
    assert!(desk.apply(&base()).await.unwrap().is_success());
    desk.is_settled(&base(), &sorted(&toy).await, "no list shows it yet").await;
}

/// Somebody renamed it: it is found by its id, and named back.
#[tokio::test]
async fn another_name_at_the_vendor_is_a_difference() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.apply(&base()).await.unwrap();
    let objects = sorted(&toy).await;
    toy.vendor.edit("item", "plain.one", "name", "theirs".into());
    let changes = desk.plan(&base()).await.unwrap();
    let change = changes.at(&Address::new("hetzner/item.plain.one")).unwrap();
    assert!(matches!(change.action, Action::Replace { .. }), "{change:?}");
    desk.settles(&base(), &objects, "renamed outside").await;
}

/// What cannot stand beside what is to come goes first, there and back.
#[tokio::test]
async fn what_is_in_the_way_goes_first() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.apply(&base()).await.unwrap();
    let link = Plan::with(|plan| plan.items[0].form = "link").planned();
    for plan in [&link, &base()] {
        let changes = desk.plan(plan).await.unwrap();
        let counts = changes.counts();
        assert_eq!((counts.create, counts.delete, counts.replace), (1, 1, 0));
        desk.settles(plan, &expected(plan).await, "a link").await;
    }
}

#[tokio::test]
async fn a_new_name_moves_what_is_there() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.apply(&base()).await.unwrap();
    let (objects, writes) = (sorted(&toy).await, toy.writes().await);
    // The address only; at the vendor it keeps its name.
    let moved = Plan::with(|plan| {
        plan.boxes[0].name = "new".to_owned();
        plan.boxes[0].was = Some("left".to_owned());
        plan.items[0].within = "new".to_owned();
        plan.items[1].within = "new".to_owned();
    });
    assert!(desk.apply(&moved.planned()).await.unwrap().is_success());
    assert_eq!(toy.writes().await, writes, "nothing is sent for a new name");
    desk.is_settled(&moved.planned(), &objects, "moved").await;
    // Together with a change, and with something made anew.
    let mut further = moved.clone();
    further.boxes[0].name = "newer".to_owned();
    further.boxes[0].was = Some("new".to_owned());
    further.boxes[0].decl.label = Some("another".to_owned());
    further.items.iter_mut().take(2).for_each(|item| item.within = "newer".to_owned());
    desk.settles(&further.planned(), &objects, "moved and changed").await;
    further.boxes[0].was = Some("newer".to_owned());
    further.boxes[0].name = "newest".to_owned();
    further.boxes[0].decl.region = "south".to_owned();
    further.items.iter_mut().take(2).for_each(|item| item.within = "newest".to_owned());
    desk.settles(&further.planned(), &expected(&further.planned()).await, "moved and made anew").await;
    let left = expected(&nothing()).await;
    desk.settles(&nothing(), &left, "users go first, whatever they called it").await;
}

/// Who is left out of a run keeps what it uses until it is in one.
#[tokio::test]
async fn what_is_replaced_stays_as_long_as_somebody_uses_it() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.apply(&base()).await.unwrap();
    let south = Plan::with(|plan| plan.boxes[0].decl.region = "south".to_owned()).planned();
    let scope = Scope { targets: vec!["box.left".to_owned()], ..Scope::default() };
    let outcome = desk.apply_part(&south, &scope).await.unwrap();
    assert!(outcome.is_success(), "{outcome:?}");
    let objects = sorted(&toy).await;
    assert!(objects.contains(&"box left in north".to_owned()) && objects.contains(&"box left in south".to_owned()));
    desk.settles(&south, &expected(&south).await, "everything").await;
}

/// What could not be deleted after it was replaced is deleted by the next run, whatever that is about.
#[tokio::test]
async fn what_a_replacement_left_behind_is_not_forgotten() {
    for then in [base(), nothing(), Plan::with(|plan| plan.boxes[2].decl.region = "east".to_owned()).planned()] {
        let toy = Toy::new(Rules::default());
        let desk = Desk::new(&toy);
        desk.apply(&base()).await.unwrap();
        let south = Plan::with(|plan| plan.boxes[2].decl.region = "south".to_owned()).planned();
        toy.vendor.hurt(2, Hurt::Refused);
        let outcome = desk.apply(&south).await.unwrap();
        assert_eq!(failed(&outcome).len(), 1, "{outcome:?}");
        toy.vendor.heal();
        desk.settles(&then, &expected(&then).await, "then another plan").await;
    }
}

/// Secrets that a vendor tells once are kept sealed, and are at hand in a later run.
#[tokio::test]
async fn a_secret_that_is_told_once_is_kept() {
    let toy = Toy::new(Rules { tells_once: true, ..Rules::default() });
    let desk = Desk::new(&toy);
    assert!(desk.apply(&base()).await.unwrap().is_success());
    let objects = sorted(&toy).await;
    desk.is_settled(&base(), &objects, "told once").await;
    let more = Plan::with(|plan| {
        plan.items[0].notes = Some(Note::Token);
        plan.items[3].content = Some("else".to_owned());
    });
    desk.settles(&more.planned(), &objects, "used later").await;
    let token = toy.vendor.things()[0].token.clone();
    let note = toy.vendor.things().into_iter().find(|thing| thing.name() == "plain.one").unwrap();
    let note = note.properties["notes"][1].as_str().unwrap().to_owned();
    assert_eq!(note, format!("bearer {}", hlc_change::percent(token.as_bytes())));
}

/// When the answer that told it is lost, that is said with the way out.
#[tokio::test]
async fn a_secret_that_was_told_once_and_lost_is_named() {
    let toy = Toy::new(Rules { tells_once: true, ..Rules::default() });
    let desk = Desk::new(&toy);
    toy.vendor.hurt(2, Hurt::Lost);
    for _ in 0..2 {
        let outcome = desk.apply(&base()).await.unwrap();
        let [(address, message)] = failed(&outcome)[..] else { panic!("{outcome:?}") };
        assert_eq!(address, "hetzner/item.plain.four");
        assert!(message.contains("hetzner/box.right#token"), "{message}");
        let Some(Ended::Failed { help: Some(help), .. }) = outcome.ended.get(&Address::new(address)) else {
            panic!("{outcome:?}")
        };
        assert!(help.contains("only once"), "{help}");
    }
}

/// Without keys nothing secret can be kept, and so nothing is begun.
#[tokio::test]
async fn nothing_is_done_without_keys_for_what_has_to_be_kept() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.apply(&base()).await.unwrap();
    let (state, writes) = (desk.store.document("hetzner.json"), toy.writes().await);
    let plan = Plan { boxes: Plan::default().boxes, items: Vec::new() }.planned();
    let mut session = desk.session(&plan).await.unwrap();
    let why = hlc_change::Unresolved { message: "no key".to_owned(), help: "get one".to_owned() };
    let vault = Vault::new(Source::Closed(why), session.sealed_key()).unwrap();
    let (provider, others, scope) = (toy.provider(), Others::default(), Scope::default());
    let how = How { provider: &provider, plan: &plan, vault: &vault, others: &others, scope: &scope, refresh: true };
    let changes = session.plan(&how).await.unwrap();
    assert!(matches!(desk.carry_out(&mut session, &how, &changes).await, Err(EngineError::Vault(_))));
    assert_eq!((desk.store.document("hetzner.json"), toy.writes().await), (state, writes));
}

/// A plan without the lock reads state and journal of one moment, though another run writes them.
#[tokio::test]
async fn a_plan_without_the_lock_sees_one_moment() {
    let toy = Toy::new(Rules::default());
    let desk = Desk::new(&toy);
    desk.store.fails(|operation, _| (operation == Operation::Write).then_some(0));
    desk.apply(&base()).await.unwrap();
    desk.store.heal();
    let before = (desk.store.count_all(), toy.writes().await);
    let store: Arc<Memory> = Arc::new(desk.store.clone());
    let mut session = Session::open(store, base().stack).await.unwrap();
    assert_eq!(session.state.resources.len(), base().resources.len(), "what the journal says is taken in");
    let vault = desk.vault(&session);
    let plan = base();
    let (provider, others, scope) = (toy.provider(), Others::default(), Scope::default());
    let how = How { provider: &provider, plan: &plan, vault: &vault, others: &others, scope: &scope, refresh: true };
    assert!(session.plan(&how).await.unwrap().counts().is_empty());
    assert_eq!((desk.store.count_all(), toy.writes().await), before, "a plan writes nothing");
}

mod costs {
    use super::*;

    fn many(boxes: usize, items: usize) -> PlannedStack {
        let boxes: Vec<_> = (0..boxes).map(|place| toy::boxed(&format!("b{place}"))).collect();
        let items = (0..items).map(|place| toy::item(&format!("i{place}"), &format!("b{}", place % boxes.len())));
        Plan { items: items.collect(), boxes }.planned()
    }

    /// At most two writings of the journal for each resource, and two of the state.
    #[tokio::test]
    async fn writings_for_each_resource() {
        const COUNT: usize = 2000;
        let toy = Toy::new(Rules::default());
        let mut desk = Desk::new(&toy);
        desk.parallel = 10;
        let plan = many(10, COUNT - 10);
        let since = Instant::now();
        assert!(desk.apply(&plan).await.unwrap().is_success());
        let made = since.elapsed();
        assert!(desk.store.count(Operation::Append) <= 2 * COUNT, "{}", desk.store.count(Operation::Append));
        assert_eq!((desk.store.count(Operation::Write), desk.store.count(Operation::Remove)), (1, 1));
        let since = Instant::now();
        assert!(desk.apply(&plan).await.unwrap().ended.is_empty());
        eprintln!(
            "{COUNT} resources made in {made:?}, {:?} each, with {} appends; nothing to do in {:?}",
            made / u32::try_from(COUNT).unwrap(),
            desk.store.count(Operation::Append),
            since.elapsed()
        );
    }

    /// The number of requests that a plan takes does not grow with the number of resources.
    #[tokio::test]
    async fn requests_for_a_plan() {
        let toy = Toy::new(Rules { takes: Duration::from_millis(50), batch: 100, ..Rules::default() });
        let mut desk = Desk::new(&toy);
        desk.parallel = 10;
        let plan = many(2, 198);
        assert!(desk.apply(&plan).await.unwrap().is_success());
        toy.vendor.lists.store(0, Ordering::SeqCst);
        let since = Instant::now();
        assert!(desk.plan(&plan).await.unwrap().counts().is_empty());
        eprintln!("200 resources at 50 ms an answer planned in {:?}", since.elapsed());
        assert_eq!(toy.vendor.lists.load(Ordering::SeqCst), 2, "one list for each kind");
    }
}
