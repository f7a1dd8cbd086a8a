//! What the commands on stacks are told.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Subcommand};
use hlc_change::{Scope, Words};
use hlc_plan::Stack;

/// A stack as it is typed: `core/cloudflare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StackName(pub(crate) Stack);

impl FromStr for StackName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.strip_prefix("core/").unwrap_or(text);
        let found = Stack::ALL.into_iter().find(|stack| stack.name() == name);
        let all: Vec<String> = Stack::ALL.iter().map(|stack| format!("core/{stack}")).collect();
        found.map(Self).ok_or_else(|| format!("the stacks are {}", all.join(", ")))
    }
}

/// What to apply: a stack, or a plan that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// What the homelab says now.
    Stack(StackName),
    /// What was looked at before.
    Saved(PathBuf),
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(stack) => Ok(Self::Stack(stack)),
            Err(why) if text.starts_with("core/") => Err(why),
            Err(_) => Ok(Self::Saved(PathBuf::from(text))),
        }
    }
}

/// Which part of a stack it is about.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Part {
    /// Only this resource and what it needs; `*` stands for any text. May be said several times
    #[arg(long = "target", value_name = "ADDRESS")]
    pub(crate) targets: Vec<String>,

    /// Not this resource, nor what needs it. May be said several times
    #[arg(long = "exclude", value_name = "ADDRESS")]
    pub(crate) excludes: Vec<String>,
}

impl Part {
    pub(crate) fn scope(&self, destroys: bool) -> Scope {
        Scope { targets: self.targets.clone(), excludes: self.excludes.clone(), destroys }
    }
}

/// What may be deleted.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Deletes {
    /// Delete this resource although it is protected. May be said several times
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_delete: Vec<String>,

    /// How many objects may be deleted
    #[arg(long, value_name = "NUMBER", default_value_t = Words::MAX_DELETES)]
    pub(crate) max_deletes: usize,
}

impl Deletes {
    pub(crate) fn words(&self) -> Words {
        Words { allow_delete: self.allow_delete.clone(), max_deletes: self.max_deletes }
    }
}

/// How it is carried out.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Carry {
    /// Do not ask; needed where there is no terminal
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,

    /// How many requests are under way at once
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) parallelism: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Plan {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,

    #[command(flatten)]
    pub(crate) part: Part,

    #[command(flatten)]
    pub(crate) deletes: Deletes,

    /// Whether to look at what is there; with `false` the state is believed
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    pub(crate) refresh: bool,

    /// Save the plan, for `hlc apply FILE`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Plan to delete everything
    #[arg(long)]
    pub(crate) destroy: bool,

    /// Exit with 2 when there is something to do
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,

    /// Show also what stays as it is
    #[arg(long)]
    pub(crate) unchanged: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// The stack, such as core/cloudflare; or a plan that `hlc plan --out` has saved
    #[arg(value_name = "core/STACK|FILE")]
    pub(crate) what: What,

    #[command(flatten)]
    pub(crate) part: Part,

    #[command(flatten)]
    pub(crate) deletes: Deletes,

    #[command(flatten)]
    pub(crate) carry: Carry,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Destroy {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,

    #[command(flatten)]
    pub(crate) part: Part,

    /// Delete this resource although it is protected. May be said several times
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) allow_delete: Vec<String>,

    #[command(flatten)]
    pub(crate) carry: Carry,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Refresh {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,

    /// Exit with 2 when somebody else has changed something
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

#[derive(Debug, clap::Parser)]
#[command(name = "hlc import core/STACK", disable_help_subcommand = true)]
pub(crate) struct ImportResource {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,

    /// The resource, as `hlc plan` names it
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: String,

    /// What the API calls the object
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum State {
    /// List what was made
    List {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,
    },

    /// Show what is known of a resource
    Show {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,

        /// The resource
        #[arg(value_name = "ADDRESS")]
        address: String,
    },

    /// Give a resource another address
    ///
    /// Nothing is changed about the object. `was="OLD"` on a node of the homelab does the same at the next apply, for everybody.
    Mv {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,

        /// The address that the state has
        #[arg(value_name = "OLD")]
        old: String,

        /// The address that the homelab has
        #[arg(value_name = "NEW")]
        new: String,
    },

    /// Forget a resource
    ///
    /// The object stays as it is, and is somebody else's from now on.
    Rm {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,

        /// The resource
        #[arg(value_name = "ADDRESS")]
        address: String,
    },

    /// Free the lock of a run that cannot free it itself
    Unlock {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,
    },

    /// Make the state anew from what is there
    ///
    /// What is there just as the homelab says is taken in; whose anything else is, `hlc import` tells. The old state is kept beside the
    /// new one.
    Rebuild {
        /// The stack, such as core/cloudflare
        #[arg(value_name = "core/STACK")]
        stack: StackName,

        /// Do not ask; needed where there is no terminal
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Output {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,

    /// One of them: the address and the output's name, ADDRESS#NAME. Without it, all
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// Show what is secret
    #[arg(long, requires = "name")]
    pub(crate) reveal: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rehearse {
    /// The stack, such as core/cloudflare
    #[arg(value_name = "core/STACK")]
    pub(crate) stack: StackName,
}
