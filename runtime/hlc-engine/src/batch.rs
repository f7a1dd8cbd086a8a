//! Many changes in one request, where the API can do that.

use std::time::Instant;

use hlc_change::{Action, Change, Object, Pending, Properties};

use crate::execute::{Execution, Trouble};
use crate::operate::{Batch, Fault, Operate, Step};
use crate::record::Made;
use crate::watch::Ended;

/// A change with what is sent for it.
struct Prepared<'c> {
    change: &'c Change,
    wanted: Properties,
    step: Step,
    about: Pending,
}

/// Carries changes of one kind out together. Gives those that are left to be carried out one by one.
pub(crate) async fn carry_out<'c>(run: &Execution<'_>, changes: &[&'c Change], since: Instant) -> Vec<&'c Change> {
    let operate = changes.first().and_then(|change| run.operate(change));
    let Some((operate, batch)) = operate.and_then(|operate| Some((&**operate, operate.batch()?))) else {
        return changes.to_vec();
    };
    let mut alone = Vec::new();
    let mut groups: Vec<(String, Vec<Prepared<'c>>)> = Vec::new();
    for change in changes {
        // What an earlier run may have made is looked for first, one by one.
        let prepared =
            if run.now().unclear.contains(&change.address) { None } else { prepare(run, operate, change).ok() };
        let Some(prepared) = prepared else {
            alone.push(*change);
            continue;
        };
        let key = batch.key(&prepared.step);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(prepared),
            None => groups.push((key, vec![prepared])),
        }
    }
    for (_, group) in groups {
        if group.len() == 1 {
            alone.extend(group.iter().map(|prepared| prepared.change));
            continue;
        }
        alone.extend(together(run, operate, batch, &group, since).await);
    }
    alone
}

fn prepare<'c>(run: &Execution<'_>, operate: &dyn Operate, change: &'c Change) -> Result<Prepared<'c>, Fault> {
    let wanted = if change.action == Action::Delete { Properties::new() } else { run.wanted(operate, change)? };
    let (body, changed) = run.body(change, &wanted)?;
    let (step, about) = match (change.action, &change.id) {
        (Action::Delete, Some(id)) => {
            let recorded = run.now().state.resources.get(&change.address).map(|recorded| recorded.properties.clone());
            let properties = recorded.unwrap_or_default();
            (Step::Delete { id: id.clone(), properties }, Pending::Delete { id: id.clone() })
        }
        (Action::Update | Action::Adopt, Some(id)) => {
            let about = Pending::Update { id: id.clone(), changed: changed.iter().cloned().collect() };
            (Step::Update { id: id.clone(), wanted: body, changed }, about)
        }
        _ => (Step::Create(body), run.about_to_create(change, &wanted)),
    };
    Ok(Prepared { change, wanted, step, about })
}

/// One request. Gives the changes that have to be carried out, or looked for, one by one.
async fn together<'c>(
    run: &Execution<'_>,
    operate: &dyn Operate,
    batch: &dyn Batch,
    group: &[Prepared<'c>],
    since: Instant,
) -> Vec<&'c Change> {
    let about: Vec<(&Change, Pending)> =
        group.iter().map(|prepared| (prepared.change, prepared.about.clone())).collect();
    if let Err(trouble) = run.intend(&about).await {
        let Some(first) = group.first() else { return Vec::new() };
        let ended = run.ended(first.change, Err(trouble));
        group.iter().for_each(|prepared| run.end(prepared.change, ended.clone(), since));
        return Vec::new();
    }
    let steps: Vec<Step> = group.iter().map(|prepared| prepared.step.clone()).collect();
    match batch.carry_out(&steps).await {
        Ok(objects) if objects.len() == group.len() => {
            let made: Vec<(&Change, Option<Made<'_>>)> = group
                .iter()
                .zip(&objects)
                .map(|(prepared, object)| {
                    let made = object.as_ref().map(|object| Made { object, wanted: &prepared.wanted });
                    (prepared.change, made)
                })
                .collect();
            for (prepared, object) in group.iter().zip(&objects) {
                if let (None, Step::Delete { id, .. }) = (object, &prepared.step) {
                    run.now().deleted.insert(id.clone());
                }
            }
            run.record(operate, &made).await;
            group.iter().for_each(|prepared| run.end(prepared.change, Ended::Done, since));
            Vec::new()
        }
        Err(fault @ (Fault::Denied { .. } | Fault::Unavailable(_))) => {
            run.dismiss(group.iter().map(|prepared| &prepared.change.address)).await;
            for prepared in group {
                run.end(prepared.change, run.ended(prepared.change, Err(fault.clone().into())), since);
            }
            Vec::new()
        }
        // All or none were carried out, and one tells which.
        Err(Fault::Unclear(why)) => settle(run, operate, group, &why, since).await,
        Ok(_) => settle(run, operate, group, "the answer does not fit what was asked", since).await,
        // None were: one of them stands against it, and going one by one shows which.
        Err(Fault::Refused { .. } | Fault::Exists(_) | Fault::Gone) => {
            run.dismiss(group.iter().map(|prepared| &prepared.change.address)).await;
            group.iter().map(|prepared| prepared.change).collect()
        }
    }
}

/// Finds out about a batch whose answer was lost: what was made is taken in, and the rest is left.
async fn settle<'c>(
    run: &Execution<'_>,
    operate: &dyn Operate,
    group: &[Prepared<'c>],
    why: &str,
    since: Instant,
) -> Vec<&'c Change> {
    let mut left = Vec::new();
    for prepared in group {
        run.watch.note(prepared.change, &format!("{why}; looking for what came of it"));
        let found: Result<Option<Option<Object>>, Fault> = match &prepared.step {
            Step::Create(_) => {
                // Made one by one next, whoever is in the way may be what this has made.
                run.now().unclear.insert(prepared.change.address.clone());
                run.find(operate, &prepared.change.address, &prepared.wanted, why).await.map(|object| object.map(Some))
            }
            Step::Update { id, .. } => {
                match run.read_back(operate, prepared.change, id, &prepared.wanted, why.to_owned()).await {
                    Ok(object) => Ok(Some(Some(object))),
                    Err(Fault::Unclear(_)) => Ok(None),
                    Err(fault) => Err(fault),
                }
            }
            Step::Delete { id, properties } => {
                run.is_gone(operate, id, properties, why).await.map(|is_gone| is_gone.then_some(None))
            }
        };
        match found {
            Ok(Some(object)) => {
                let made = object.as_ref().map(|object| Made { object, wanted: &prepared.wanted });
                run.record(operate, &[(prepared.change, made)]).await;
                run.end(prepared.change, Ended::Done, since);
            }
            Ok(None) => left.push(prepared.change),
            Err(fault) => {
                let trouble: Trouble = run.not_done(prepared.change, fault).await;
                run.end(prepared.change, run.ended(prepared.change, Err(trouble)), since);
            }
        }
    }
    left
}
