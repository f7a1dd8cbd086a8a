//! What wants an explicit word before it is carried out.

use hlc_plan::Address;

use crate::change::{Action, Change, ChangeSet};
use crate::code::{LOOKALIKE, MANY_DELETED, PROTECTED, Problem};

/// What was said for this run.
#[derive(Clone, Debug)]
pub struct Words {
    /// `--allow-delete`: addresses that may be deleted though they are protected.
    pub allow_delete: Vec<String>,
    /// `--max-deletes`: how many objects may be deleted.
    pub max_deletes: usize,
}

impl Words {
    /// How many objects may be deleted unless another number is said.
    pub const MAX_DELETES: usize = 10;

    fn allows(&self, address: &Address) -> bool {
        let short = address.as_str().split_once('/').map_or("", |(_, short)| short);
        self.allow_delete.iter().any(|allowed| allowed == address.as_str() || allowed == short)
    }
}

impl Default for Words {
    fn default() -> Self {
        Self { allow_delete: Vec::new(), max_deletes: Self::MAX_DELETES }
    }
}

/// What stands against carrying the changes out as long as nobody says that it is meant.
#[must_use]
pub fn gate(changes: &ChangeSet, words: &Words) -> Vec<Problem> {
    let mut problems = Vec::new();
    let deleted = || changes.changes.iter().filter(|change| change.action.deletes());
    for change in deleted().filter(|change| change.protected && !words.allows(&change.address)) {
        let address = &change.address;
        let problem = match appearing(changes, change) {
            Some(other) if change.action == Action::Delete => {
                let old = address.as_str().rsplit_once('.').map_or(address.as_str(), |(_, name)| name);
                Problem::new(&LOOKALIKE, other.origin, format!("`{address}` goes while `{}` appears", other.address))
                    .why("what it holds would go with it, and the new one begins empty")
                    .help(format!(
                        "if it only has a new name, write `was=\"{old}\"` here; if not, allow it with `--allow-delete {address}`"
                    ))
            }
            _ => Problem::new(&PROTECTED, change.origin, format!("`{address}` would be deleted: {}", change.reason))
                .why(if change.kind.protected {
                    "deleting one of its kind cannot be taken back"
                } else {
                    "it is marked as one that is hard to get back"
                })
                .help(format!("if that is meant, say `--allow-delete {address}`")),
        };
        problems.push(problem);
    }
    let count = changes.counts();
    let count = count.delete + count.replace;
    if count > words.max_deletes {
        problems.push(
            Problem::new(&MANY_DELETED, None, format!("{count} objects would be deleted"))
                .why(format!("more than {} at once are rarely meant", words.max_deletes))
                .help(format!("look at what goes; if it is meant, say `--max-deletes {count}`")),
        );
    }
    problems
}

/// A resource of the same kind that is new: the one that goes may only have another name now.
fn appearing<'a>(changes: &'a ChangeSet, gone: &Change) -> Option<&'a Change> {
    changes.changes.iter().find(|change| change.action == Action::Create && change.kind.name == gone.kind.name)
}
