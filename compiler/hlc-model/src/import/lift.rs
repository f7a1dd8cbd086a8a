//! Building blocks that an object might be. Candidates only: whether one loses nothing, lowering it shows.

use hlc_schema::Data;

use super::prove::Project;
use super::{Block, Object, string};

/// The blocks to try, the shortest first.
pub(super) fn candidates(object: &Object, namespace: &str, project: &Project<'_>) -> Vec<Block> {
    match (object.kind.as_str(), object.api_version.as_str()) {
        ("Namespace", "v1") if object.name == namespace => vec![self::namespace(object)],
        ("HTTPRoute", _) => route(object).unwrap_or_default(),
        ("InfisicalSecret", _) => secret(object, project).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn line(head: String) -> Block {
    Block { head, children: Vec::new() }
}

fn namespace(object: &Object) -> Block {
    let level = |mode: &str| {
        let label = format!("pod-security.kubernetes.io/{mode}");
        object.body.at(&["metadata", "labels", &label]).and_then(Data::as_str)
    };
    let name = string(&object.name);
    let Some(enforce) = level("enforce") else { return line(format!("namespace {name}")) };
    let more: String =
        ["audit", "warn"].into_iter().filter_map(|mode| Some(format!(" {mode}={}", string(level(mode)?)))).collect();
    if more.is_empty() {
        return line(format!("namespace {name} pod-security={}", string(enforce)));
    }
    Block { head: format!("namespace {name}"), children: vec![format!("pod-security {}{more}", string(enforce))] }
}

fn first<'a>(data: &'a Data, key: &str) -> Option<&'a Data> {
    data.get(key)?.as_list()?.first()
}

fn route(object: &Object) -> Option<Vec<Block>> {
    let spec = object.body.get("spec")?;
    let backend = first(first(spec, "rules")?, "backendRefs")?;
    let head = format!(
        "route {} service={} port={}",
        string(&object.name),
        string(backend.get("name")?.as_str()?),
        backend.get("port")?.as_integer()?
    );
    let gateway = format!(" gateway={}", string(first(spec, "parentRefs")?.get("name")?.as_str()?));
    let hosts: Vec<String> = spec.get("hostnames")?.as_list()?.iter().filter_map(Data::as_str).map(string).collect();
    let hosts = format!("hosts {}", hosts.join(" "));
    Some(vec![
        line(head.clone()),
        line(format!("{head}{gateway}")),
        Block { head: head.clone(), children: vec![hosts.clone()] },
        Block { head: head + &gateway, children: vec![hosts] },
    ])
}

fn secret(object: &Object, project: &Project<'_>) -> Option<Block> {
    let spec = object.body.get("spec")?;
    let managed = spec.get("managedSecretReference")?;
    let (_, method) = spec.get("authentication")?.as_map()?.iter().next()?;
    let path = method.value.at(&["secretsScope", "secretsPath"])?.as_str()?;
    let name = managed.get("secretName")?.as_str()?;
    let mut children = Vec::new();
    match managed.at(&["template", "data"]) {
        Some(data) => {
            for (key, entry) in data.as_map()?.iter() {
                let from = store_key(entry.value.as_str()?)?;
                children.push(format!("key {} from={}", string(key), string(from)));
            }
        }
        // The operator copies every key of the path; which those are, the store's declaration says.
        None => {
            let mut paths = project.model.stores().flat_map(|store| &store.path);
            let declared = paths.find(|declared| declared.path.value == path)?;
            let keys: Vec<String> = declared.keys.iter().map(|key| string(key.value.as_str())).collect();
            children.push(format!("keys {}", keys.join(" ")));
        }
    }
    let own = if object.name == name { String::new() } else { format!(" object={}", string(&object.name)) };
    Some(Block { head: format!("secret {} path={}{own}", string(name), string(path)), children })
}

/// `X` of `{{ .X.Value }}` and `{{ (index . "X").Value }}`.
fn store_key(template: &str) -> Option<&str> {
    let inner = template.strip_prefix("{{ ")?.strip_suffix(".Value }}")?;
    inner.strip_prefix('.').or_else(|| inner.strip_prefix("(index . \"")?.strip_suffix("\")"))
}
