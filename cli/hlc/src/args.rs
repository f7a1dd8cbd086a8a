//! What can be typed; that of a command stands in a file of its own. `docs/commands.md` is made from these declarations.

mod audit;
mod build;
mod charts;
mod diff;
mod export;
mod fmt;
mod graph;
mod import;
mod new;
mod publish;
mod secrets;
pub(crate) mod stack;
mod trace;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use audit::{Audit, AuditFailOn};
pub(crate) use build::{Build, Emit, Workloads};
pub(crate) use charts::{Lock, Net};
pub(crate) use diff::{DangerOptions, Diff, DiffEmit, DiffWorkloads, FailOn};
pub(crate) use export::Export;
pub(crate) use fmt::Fmt;
pub(crate) use graph::{Graph, GraphEmit};
pub(crate) use import::{Import, ImportTarget, ImportYaml};
pub(crate) use new::{New, NewWorkload};
pub(crate) use publish::{Publish, PublishWorkloads};
pub(crate) use secrets::Secrets;
pub(crate) use trace::{Trace, TraceEmit, TraceFrom};

/// The homelab compiler.
///
/// One tree of KDL files describes a whole homelab. hlc checks it as one program and writes what it means.
#[derive(Debug, Parser)]
#[command(name = "hlc", version, propagate_version = false, disable_help_subcommand = true)]
pub(crate) struct Args {
    /// When to use colours
    ///
    /// `auto` uses them on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,

    /// The project: its folder, or another root file than homelab.kdl
    ///
    /// Without it, the nearest folder with a homelab.kdl is taken, from the current one upwards.
    #[arg(short = 'C', long, global = true, value_name = "PATH")]
    pub(crate) project: Option<PathBuf>,

    /// How findings are written
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Human)]
    pub(crate) format: Format,

    /// The folder that charts and what was rendered of them are kept in [default: HLC_CACHE, else hlc in the user's cache folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,

    /// The Helm that renders charts [default: HLC_HELM, else helm on the PATH]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) helm: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Also into files and pipes
    Always,
    /// Nowhere
    Never,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the source and marks in it
    Human,
    /// One line each: path:line:column: error[CODE]: message
    Concise,
    /// One JSON document; columns count Unicode scalar values from 1
    Json,
    /// One SARIF 2.1.0 log, for code scanning
    Sarif,
    /// Workflow commands of GitHub, which annotate a pull request
    Github,
}

impl Format {
    /// True for one document that nothing may stand beside.
    pub(crate) fn is_document(self) -> bool {
        matches!(self, Self::Json | Self::Sarif)
    }
}

/// What is not let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings
    Warnings,
    /// Warnings and hints
    Hints,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the whole homelab
    ///
    /// Writes every finding to stdout and their number to stderr. Exits with 1 when there is an error. Opens no network
    /// connection and runs nothing.
    Check {
        /// Apply the fixes that cannot change what was meant, then report what is left
        #[arg(long)]
        fix: bool,

        /// Exit with 1 also when there are findings that are less than errors
        #[arg(long, value_enum, value_name = "SEVERITY")]
        deny: Option<Deny>,

        /// Report what could be left out too, such as values that are the chart's own defaults
        #[arg(long)]
        pedantic: bool,
    },

    /// Write what the homelab means
    Build {
        #[command(subcommand)]
        what: Build,
    },

    /// Compare what the homelab means with what was made before
    Diff {
        #[command(subcommand)]
        what: Diff,
    },

    /// Follow a request to a host, hop by hop
    ///
    /// From DNS record and address by way of firewall, edge, gateway, listener and route to Service, pods and login, as the
    /// internet and as the LAN come to it, each hop with the line that it is written at. A hop that a check finds broken is marked
    /// with the finding, and the command exits with 1 (docs/trace.md).
    Trace(Trace),

    /// List what an attacker would look for
    ///
    /// What answers from the internet and the LAN and who asks for a login, pods that reach into their node, rights without bounds,
    /// who may read secrets (never their values), images that can change, and what could not be looked into. Nothing of it is a
    /// mistake by itself: `allow` says in the homelab that it was looked at (docs/audit.md). `--format json` and `sarif` are for programs.
    Audit(Audit),

    /// Draw the homelab
    ///
    /// An arrow leads from what asks to what answers: from DNS to the edge, to the gateway, to workloads and to what these need
    /// (docs/graph.md).
    Graph(Graph),

    /// Pin charts and manifests by digest
    ///
    /// Writes hlc.lock: of every chart and every file of manifests that the homelab names, the digest; of every release, what it makes, for
    /// which it is rendered. What is locked stays as it is, whatever its repository has now. Exits with 1 and writes nothing when
    /// something cannot be had or rendered (docs/charts.md).
    Lock(Lock),

    /// Bring what hlc.lock names into the cache
    ///
    /// Everything has the locked digest, or is refused. What is at hand is not asked for.
    Fetch {
        #[command(flatten)]
        net: Net,
    },

    /// Keep what hlc.lock names in the project, under vendor/
    ///
    /// The same bytes as those of the repositories. Files of earlier lock files are removed, others stay.
    Vendor {
        #[command(flatten)]
        net: Net,
    },

    /// List charts that have newer versions
    ///
    /// With the newest of the same major version and the newest of all. Changes nothing.
    Outdated {
        #[command(flatten)]
        net: Net,
    },

    /// Bring what the homelab means to where it is read
    Publish {
        #[command(subcommand)]
        what: Publish,
    },

    /// Look after the secrets of the homelab
    ///
    /// They lie in the SOPS file that `secrets` names (docs/secrets.md). No command shows a value.
    Secrets {
        #[command(subcommand)]
        what: Secrets,
    },

    /// Begin something new
    New {
        #[command(subcommand)]
        what: New,
    },

    /// Explain a finding or a node
    ///
    /// Without a topic, lists them all.
    Explain {
        /// A code (HLC0301), its name, or the name of a node
        #[arg(value_name = "CODE|NODE")]
        topic: Option<String>,
    },

    /// Lay files out
    ///
    /// Files are replaced only when they change. A file with syntax errors is left alone, and its findings go to stderr.
    /// The rules are in docs/formatting.md.
    Fmt(Fmt),

    /// Show what apply would do to a stack, and why
    ///
    /// Holds what the homelab says against what hlc has made and what is there now (docs/applying.md). Nothing is changed. Exits with 1
    /// when something stands against it.
    Plan(stack::Plan),

    /// Carry out what the homelab says of a stack
    ///
    /// Shows the plan, asks, looks again, and does exactly what was shown; what is about to be done is written down first, so that a
    /// run that ends in the middle is taken up by the next one (docs/reliability.md). Ctrl-C finishes what is under way.
    Apply(stack::Apply),

    /// Delete everything that hlc made of a stack
    ///
    /// What was taken over, and what is only looked up, stays.
    Destroy(stack::Destroy),

    /// Compare what hlc has made with what is there
    ///
    /// Shows what somebody else has changed or deleted, and takes what resources have by now into the state. Nothing else is changed.
    Refresh(stack::Refresh),

    /// Look after what is written down of a stack
    State {
        #[command(subcommand)]
        what: stack::State,
    },

    /// Show what the resources of a stack have, such as ids and addresses
    Output(stack::Output),

    /// Apply a stack to a simulator on this machine
    ///
    /// The real apply, through the real client: planned, applied, planned again, destroyed. Needs no login and no secrets, opens no
    /// connection to anywhere else and leaves nothing behind.
    Rehearse(stack::Rehearse),

    /// Turn YAML into KDL, or take over what exists as a resource
    ///
    /// `hlc import core/STACK ADDRESS ID` writes an object that exists down as a resource of a stack: the address as `hlc plan` names it, and
    /// what the API calls the object. Nothing is changed about it, and what the next apply would change is shown (docs/applying.md).
    Import {
        #[command(subcommand)]
        what: Import,
    },

    /// Write what the compiler resolved as YAML
    Export {
        #[command(subcommand)]
        what: Export,
    },

    /// Run the language server on stdin and stdout
    Lsp,

    /// Write the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}
