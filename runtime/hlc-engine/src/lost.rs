//! What an earlier run may have made, and nobody has seen yet.

use hlc_change::{Action, Change, ChangeSet, Owner, Pending, Recorded, outputs};
use hlc_plan::Address;

use crate::execute::Execution;
use crate::observe::masked;
use crate::operate::Fault;
use crate::watch::Ended;

impl Execution<'_> {
    /// Looks for what an earlier run may have made and the first look has not found, before anything else is made: a list can be behind.
    /// What is not found by then was not made.
    pub(crate) async fn look_for_lost(&self, changes: &ChangeSet) {
        let lost = self.now().state.pending.clone();
        let lost = lost.into_iter().map(|(address, pending)| async move {
            let change = changes.at(&address);
            if let Pending::Create { .. } = &pending
                && let Err(fault) = self.look_for(&address, &pending, change).await
            {
                let ended = Ended::Failed { message: fault.to_string(), help: None, unclear: true };
                self.end_lost(&address, change, ended);
            }
        });
        futures_util::future::join_all(lost).await;
    }

    async fn look_for(&self, address: &Address, pending: &Pending, change: Option<&Change>) -> Result<(), Fault> {
        let Pending::Create { kind, properties, depends_on, protected } = pending else { return Ok(()) };
        let Some(operate) = self.provider.kind(kind) else { return Ok(()) };
        let why = "an earlier run did not hear what came of making it";
        let found = match self.find(&**operate, address, properties, why).await {
            // What is there is somebody else's, and nothing of ours is wanted there.
            Err(Fault::Refused { .. }) if change.is_none() && self.is_theirs(&**operate, properties).await? => None,
            found => found?,
        };
        let Some(object) = found else {
            if change.is_some_and(|change| change.action == Action::Create) {
                // Whoever is in the way when it is made now may still be it.
                self.now().unclear.insert(address.clone());
            } else {
                self.dismiss([address]).await;
            }
            return Ok(());
        };
        let object = masked(self.vault(), operate.kind(), &object, &[properties]);
        let old = self.now().state.resources.get(address).cloned();
        let recorded = Recorded {
            kind: kind.clone(),
            outputs: outputs(operate.kind(), &object, None),
            id: object.id,
            properties: properties.clone(),
            depends_on: depends_on.clone(),
            protected: *protected,
            owner: Owner::Ours,
            leftover: old.map(|old| old.replaced()).unwrap_or_default(),
        };
        let entry = self.write_state(address, Some(recorded));
        self.write_done(&[entry]).await;
        let is_it = change.is_some_and(|change| change.action == Action::Create && change.wanted == *properties);
        let ended = if is_it {
            Ended::Done
        } else {
            Ended::Failed {
                message: "an earlier run had made it, which was only seen now".to_owned(),
                help: Some("run it again".to_owned()),
                unclear: false,
            }
        };
        self.end_lost(address, change, ended);
        Ok(())
    }

    fn end_lost(&self, address: &Address, change: Option<&Change>, ended: Ended) {
        match change {
            Some(change) => self.end(change, ended, std::time::Instant::now()),
            None => drop(self.now().ended.insert(address.clone(), ended)),
        }
    }
}
