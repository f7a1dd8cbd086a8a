//! What can be typed. `docs/commands.md` is made from these declarations.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use hlc_charts::Mirror;

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

    /// Turn YAML into KDL
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

#[derive(Debug, Subcommand)]
pub(crate) enum Diff {
    /// Show what a publication would change, object by object and field by field
    ///
    /// What is dangerous is named with the reason and a way out: storage or a namespace that goes, a field that cannot be changed,
    /// an older image, a host that opens (docs/diff.md). Values of Secrets are never shown. Nothing is fetched and nothing written.
    Workloads(DiffWorkloads),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DiffWorkloads {
    /// Only these workloads, as they are now or were then
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// What to compare with: a branch, a folder, or what Git takes for a commit or tree (HEAD~1, HEAD:app) [default: the branch for
    /// manifests of the homelab's repository, as its remote has it]
    ///
    /// Where that holds a homelab instead of manifests, it is what that means.
    #[arg(long, value_name = "BRANCH|DIR|REV")]
    pub(crate) against: Option<String>,

    /// Show objects that come or go with all they hold, and long values uncut
    #[arg(long)]
    pub(crate) whole: bool,

    /// What to write [default: text; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<DiffEmit>,

    #[command(flatten)]
    pub(crate) danger: DangerOptions,

    /// Exit with 1 when there is a danger that is not accepted
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) fail_on: Option<FailOn>,

    /// Exit with 2 when something changes
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

/// What is dangerous, and what of it is meant.
#[derive(Debug, clap::Args)]
pub(crate) struct DangerOptions {
    /// Accept a danger: a code (HLC1070), or that of one object (HLC1070:PersistentVolumeClaim/web/data); may be repeated
    #[arg(long, value_name = "CODE[:OBJECT]")]
    pub(crate) accept: Vec<hlc_diff::Acceptance>,

    /// The share of all objects that may be removed at once without being a danger, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = hlc_diff::MAX_REMOVED, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) max_removed: u8,
}

/// What a comparison writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffEmit {
    /// For people; with --format concise, one line for each field
    Text,
    /// One JSON document
    Json,
    /// A comment for a pull request, at most 64000 bytes
    Markdown,
}

/// What makes a comparison fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// A danger that is not accepted
    Danger,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Trace {
    /// A host, an address out of the browser, or the name of a route
    #[arg(value_name = "HOST")]
    pub(crate) host: String,

    /// Only the way from there
    #[arg(long, value_enum, value_name = "WHERE")]
    pub(crate) from: Option<TraceFrom>,

    /// What to write [default: text; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<TraceEmit>,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFrom {
    /// Anywhere
    Internet,
    /// The networks of the homelab
    Lan,
}

/// What a trace writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceEmit {
    /// A line for each hop
    Text,
    /// One JSON document
    Json,
    /// A flowchart of Mermaid
    Mermaid,
    /// A picture that needs nothing else
    Svg,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Graph {
    /// Only this and what it is joined to: a name, or a kind and a name such as `workload.grafana`
    #[arg(long, value_name = "NAME")]
    pub(crate) focus: Option<String>,

    /// What to write [default: mermaid; json with --format json]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) emit: Option<GraphEmit>,
}

/// What a drawing is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphEmit {
    /// A flowchart of Mermaid
    Mermaid,
    /// A graph of Graphviz
    Dot,
    /// A picture that needs nothing else
    Svg,
    /// One JSON document
    Json,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Lock {
    /// Take what is published now of this chart or URL, even if it is not what was locked
    #[arg(long, value_name = "NAME")]
    pub(crate) update: Vec<String>,

    /// Write nothing; say what would change, and exit with 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,

    #[command(flatten)]
    pub(crate) net: Net,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Audit {
    /// Exit with 1 when there is something of this kind, or of this severity or a graver one; may be given several times
    #[arg(long, value_enum, value_name = "KIND|LEVEL")]
    pub(crate) fail_on: Vec<AuditFailOn>,

    /// List everything, not the gravest of each section only
    #[arg(long)]
    pub(crate) all: bool,
}

/// What an audit fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFailOn {
    /// Anything that is not allowed
    Hint,
    /// Warnings, and what the homelab calls errors
    Warning,
    /// What the homelab calls errors
    Error,
    /// Hosts without a login, ports besides those of the web
    Exposure,
    /// Pods that reach into their node
    HostAccess,
    /// Roles and bindings that give more than can be told
    Rights,
    /// What may read every Secret of a namespace
    Secrets,
    /// Images without a digest
    Images,
    /// Charts and manifests that are rendered elsewhere
    NotLookedInto,
    /// An `allow` that nothing needs
    Allow,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Net {
    /// Ask another place for everything below a URL; may be given several times
    ///
    /// Beside those of HLC_MIRRORS, which are separated by blanks. hlc.lock keeps the URLs of the homelab.
    #[arg(long, value_name = "URL=URL")]
    pub(crate) mirror: Vec<Mirror>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Build {
    /// Write the Kubernetes objects of workloads, one file each
    ///
    /// The whole homelab is checked first; nothing is written while an error stands. Files that hlc did not make are left
    /// alone (docs/output.md).
    Workloads(Workloads),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Publish {
    /// Push the Kubernetes objects of workloads to the branch that Argo CD reads
    ///
    /// The branch for manifests of the homelab's `repository`, as one commit that names the commit of the sources, made by your `git`
    /// with its configuration, login and signing. Working copy and index stay as they are, nothing is ever forced, and without a
    /// difference there is no commit. Files that hlc did not make are left alone (docs/publishing.md).
    Workloads(PublishWorkloads),
}

#[derive(Debug, clap::Args)]
pub(crate) struct PublishWorkloads {
    /// Say what would change, and push nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// The remote to push to [default: the one with the URL of `repository`]
    #[arg(long, value_name = "NAME")]
    pub(crate) remote: Option<String>,

    /// Publish sources that are not committed too; the commit says so
    #[arg(long)]
    pub(crate) allow_dirty: bool,

    /// Publish though the branch was made of later sources
    #[arg(long)]
    pub(crate) allow_older: bool,

    /// Replace files that hlc did not make
    #[arg(long)]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) danger: DangerOptions,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// List the secrets by name, and where each is used
    ///
    /// Needs no key.
    List,

    /// Check that every secret is there and can be read
    ///
    /// With an age key at hand the file is opened: its checksum is verified, and values that are empty or placeholders are
    /// reported. Exits with 1 when something is wrong.
    Check,

    /// Set a secret
    ///
    /// The value is asked for, or read from stdin without its last line break. It becomes text. Comments, order and every other
    /// byte of the file stay.
    Set {
        /// Its name; a key inside others with dots, if it is there already
        #[arg(value_name = "NAME")]
        name: String,
    },

    /// Remove a secret
    Unset {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Write the values of a chart as a `values` block
    ///
    /// Values keep their meaning and their order; comments are not carried over.
    Values {
        /// A YAML file, or `-` for stdin
        #[arg(value_name = "FILE")]
        file: PathBuf,

        #[command(flatten)]
        target: ImportTarget,
    },

    /// Write a workload from Kubernetes objects
    ///
    /// Every object is kept; building it again gives the same bytes. Within a project, what is exactly a `route`, `secret` or
    /// `namespace` block becomes one. Comments are not carried over (docs/migrating.md).
    Yaml(ImportYaml),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Write the values that a release of a chart is given
    ///
    /// References are resolved, and the release's values merged over those of its chart. The whole homelab is checked first;
    /// nothing is written while an error stands.
    Values {
        /// A workload or addon; with several releases, also which one
        #[arg(value_name = "WORKLOAD[/RELEASE]")]
        name: String,
    },

    /// Write what a `data` block holds
    ///
    /// References are resolved. The whole homelab is checked first; nothing is written while an error stands.
    Data {
        /// Its name; behind that of the workload, if it stands in one
        #[arg(value_name = "[WORKLOAD/]NAME")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportYaml {
    /// A YAML file of any number of documents, a folder of them, or `-` for stdin
    #[arg(value_name = "FILE|DIR")]
    pub(crate) path: PathBuf,

    /// The workload's name [default: the file's or folder's]
    ///
    /// Without a name, a folder that holds nothing but folders becomes one workload for each of them.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The workload's category
    #[arg(long, value_name = "NAME", default_value = "apps")]
    pub(crate) category: String,

    #[command(flatten)]
    pub(crate) target: ImportTarget,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportTarget {
    /// Write into this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the file if it is there
    #[arg(long, requires = "out")]
    pub(crate) overwrite: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum New {
    /// Write the file of a new workload
    ///
    /// It becomes workloads/CATEGORY/NAME.kdl. The category is declared in the root file when it is not yet, and the whole
    /// homelab is checked then. A file that is there already is left alone.
    Workload(NewWorkload),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewWorkload {
    /// The workload's category and name
    #[arg(value_name = "CATEGORY/NAME")]
    pub(crate) name: String,

    /// A Helm chart that it is made of, such as https://charts.example.net/grafana@10.7.0
    #[arg(long, value_name = "REPO/NAME@VERSION", conflicts_with = "app")]
    pub(crate) chart: Option<String>,

    /// The container that it is made of, with its port, such as traefik/whoami:v1.11:80
    #[arg(long, value_name = "IMAGE:PORT")]
    pub(crate) app: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Fmt {
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,

    /// Convert files from KDL 1, and lay those out
    ///
    /// Comments and meaning stay. What is KDL 2 already stays as it is; a file that cannot be converted is left alone, and
    /// the place that stands in the way goes to stderr.
    #[arg(long)]
    pub(crate) from_v1: bool,

    /// Files, folders, or `-` for stdin to stdout [default: the files of the project]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Workloads {
    /// Only these workloads; the files of others stay as they are
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,

    /// The output folder [default: app beside homelab.kdl, app-staging beside staging.kdl]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// What to write: files into the folder, or the plan or the objects to stdout
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Emit::Files)]
    pub(crate) emit: Emit,

    /// Replace files that hlc did not make
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// What a build writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Emit {
    /// One YAML file per object, into the output folder
    Files,
    /// The plan as JSON, to stdout
    Plan,
    /// The objects as YAML documents, to stdout
    Objects,
}
