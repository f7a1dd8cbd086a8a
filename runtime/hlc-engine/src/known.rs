//! What is known besides the plan: secrets, and what resources of this and other stacks have.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hlc_change::{Composed, Fingerprint, Lookup, Unresolved, Value};
use hlc_plan::{Address, Stack};

use crate::vault::Vault;

/// Outputs of resources, by address and name.
pub type Outputs = BTreeMap<Address, BTreeMap<String, Value>>;

/// Outputs of the other stacks that a stack asks for.
#[derive(Debug, Default)]
pub struct Others {
    /// By stack: what its state has, or why nothing of it is known.
    pub stacks: BTreeMap<Stack, Result<Outputs, Unresolved>>,
}

/// Secrets of the vault, outputs of others, and outputs of this stack as they become known.
pub(crate) struct Known<'a> {
    pub(crate) stack: Stack,
    pub(crate) vault: &'a Vault,
    pub(crate) others: &'a Others,
    /// Outputs of this stack's own resources.
    pub(crate) own: Mutex<Outputs>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(stack: Stack, vault: &'a Vault, others: &'a Others) -> Self {
        Self { stack, vault, others, own: Mutex::default() }
    }

    /// Takes in what a resource of this stack has.
    pub(crate) fn learn(&self, address: &Address, outputs: &BTreeMap<String, Value>) {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).insert(address.clone(), outputs.clone());
    }
}

impl Lookup for Known<'_> {
    fn secret(&self, name: &str) -> Result<Fingerprint, Unresolved> {
        Ok(self.vault.keep(self.vault.named(name)?))
    }

    fn output(&self, address: &Address, name: &str) -> Result<Option<Value>, Unresolved> {
        let Some(stack) = stack_of(address) else { return Ok(None) };
        if stack == self.stack {
            let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
            return Ok(own.get(address).and_then(|outputs| outputs.get(name)).cloned());
        }
        let first = |message: String| Unresolved { message, help: format!("run `hlc apply core/{stack}` first") };
        match self.others.stacks.get(&stack) {
            Some(Err(why)) => Err(why.clone()),
            Some(Ok(resources)) => match resources.get(address).and_then(|outputs| outputs.get(name)) {
                Some(value) => Ok(Some(value.clone())),
                None => Err(first(format!("`{name}` of `{address}` is not known: it was not made yet"))),
            },
            None => Err(first(format!("`{name}` of `{address}` is not known: core/{stack} was never applied"))),
        }
    }

    fn compose(&self, pieces: &[Composed<'_>]) -> Result<Fingerprint, Unresolved> {
        self.vault.compose(pieces)
    }
}

/// The stack that an address lies in.
pub(crate) fn stack_of(address: &Address) -> Option<Stack> {
    let (name, _) = address.as_str().split_once('/')?;
    Stack::ALL.into_iter().find(|stack| stack.name() == name)
}
