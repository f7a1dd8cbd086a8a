//! `.sops.yaml`: which recipients a new file gets, by its path.

use hlc_diag::{FileId, Span};
use regex::Regex;

use crate::error::{Fault, SopsError, Text};
use crate::metadata::{RecipientKind, read_rule};
use crate::rule::{EncryptionRule, regex};
use crate::tree::{self, Entry, Node, get};

/// The name of the file, beside what it holds for.
pub const NAME: &str = ".sops.yaml";

/// Every rule, in order: the first that fits a path counts.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The rules.
    pub rules: Vec<CreationRule>,
}

/// One rule.
#[derive(Clone, Debug)]
pub struct CreationRule {
    /// What a path has to match, from the folder of `.sops.yaml`; every path where it is absent.
    pub path: Option<Regex>,
    /// Groups of recipients by kind and name: those of age and OpenPGP. Keys in clouds and vaults are counted only.
    pub groups: Vec<Vec<(RecipientKind, String)>>,
    /// How many recipients of other kinds it has.
    pub others: usize,
    /// How many groups are needed.
    pub threshold: Option<usize>,
    /// Which values are encrypted.
    pub rule: EncryptionRule,
    /// Where it stands.
    pub span: Span,
}

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn read(file: FileId, text: &str) -> Result<Self, SopsError> {
        let at = Text { file, text };
        let root = tree::read_written(file, text)?;
        let entries = root.as_map().unwrap_or(&[]);
        let Some(node) = get(entries, "creation_rules") else { return Ok(Self::default()) };
        let rules = node.as_list().ok_or_else(|| at.error(node.span, wrong("creation_rules", "a list")))?;
        let rules = rules.iter().map(|rule| CreationRule::read(at, rule)).collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// The rule for a path, from the folder of `.sops.yaml` with `/`.
    #[must_use]
    pub fn rule_for(&self, path: &str) -> Option<&CreationRule> {
        self.rules.iter().find(|rule| rule.path.as_ref().is_none_or(|regex| regex.is_match(path)))
    }
}

impl CreationRule {
    /// Every recipient of every group that hlc knows by name.
    pub fn recipients(&self) -> impl Iterator<Item = &(RecipientKind, String)> {
        self.groups.iter().flatten()
    }

    fn read(at: Text<'_>, node: &Node) -> Result<Self, SopsError> {
        let entries = node.as_map().ok_or_else(|| at.error(node.span, wrong("creation_rules", "a list of blocks")))?;
        let path = match get(entries, "path_regex") {
            None => None,
            Some(node) => {
                let text = node.as_str().ok_or_else(|| at.error(node.span, wrong("path_regex", "text")))?;
                let compiled = regex(text).ok_or_else(|| at.error(node.span, Fault::BadRegex))?;
                Some(compiled).filter(|_| !text.is_empty())
            }
        };
        let mut others = 0;
        let groups = match get(entries, "key_groups").and_then(Node::as_list) {
            Some(groups) if !groups.is_empty() => {
                let mut read = Vec::new();
                for group in groups {
                    let mut members = Vec::new();
                    group_members(at, group, &mut members, &mut others, 0)?;
                    read.push(members);
                }
                read
            }
            Some(_) | None => {
                let mut members = Vec::new();
                let cloud = ["kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault_transit_uri"];
                named(at, entries, &cloud, &mut members, &mut others)?;
                vec![members]
            }
        };
        let threshold = get(entries, "shamir_threshold").and_then(|node| match node.content {
            tree::Content::Scalar(crate::scalar::Scalar::Int(number), _) => {
                usize::try_from(number).ok().filter(|number| *number > 0)
            }
            tree::Content::Scalar(..) | tree::Content::Map(_) | tree::Content::List(_) => None,
        });
        let span = entries.first().map_or(node.span, |entry| entry.key_span);
        Ok(Self { path, groups, others, threshold, rule: read_rule(at, entries)?, span })
    }
}

fn wrong(what: &str, wants: &'static str) -> Fault {
    Fault::WrongShape { what: what.to_owned(), wants }
}

type Members = Vec<(RecipientKind, String)>;

fn group_members(
    at: Text<'_>,
    group: &Node,
    members: &mut Members,
    others: &mut usize,
    depth: usize,
) -> Result<(), SopsError> {
    let entries = group.as_map().ok_or_else(|| at.error(group.span, wrong("key_groups", "a list of blocks")))?;
    // The tree is bounded in depth, and so is this.
    for inner in get(entries, "merge").and_then(Node::as_list).unwrap_or(&[]) {
        if depth < tree::MAX_DEPTH {
            group_members(at, inner, members, others, depth + 1)?;
        }
    }
    named(at, entries, &["kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault"], members, others)
}

/// Recipients by name: a list, or one text with commas.
fn named(
    at: Text<'_>,
    entries: &[Entry],
    cloud: &[&str],
    members: &mut Members,
    others: &mut usize,
) -> Result<(), SopsError> {
    for (key, kind) in [("age", RecipientKind::Age), ("pgp", RecipientKind::Pgp)] {
        let Some(node) = get(entries, key) else { continue };
        for name in names(at, key, node)? {
            if !members.iter().any(|member| member.0 == kind && member.1 == name) {
                members.push((kind, name));
            }
        }
    }
    for key in cloud {
        *others += get(entries, key).map_or(0, |node| match node.as_list() {
            Some(items) => items.len(),
            None => 1,
        });
    }
    Ok(())
}

fn names(at: Text<'_>, key: &str, node: &Node) -> Result<Vec<String>, SopsError> {
    let fault = |node: &Node| at.error(node.span, wrong(key, "a list of texts, or one text with commas"));
    let texts: Vec<&str> = match node.as_list() {
        Some(items) => items.iter().map(|item| item.as_str().ok_or_else(|| fault(item))).collect::<Result<_, _>>()?,
        None => vec![node.as_str().ok_or_else(|| fault(node))?],
    };
    let names = texts.into_iter().flat_map(|text| text.split(','));
    Ok(names.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect())
}
