//! Compose files, read as far as checks and routes need them (Compose Specification).
//!
//! Docker has the last word on a Compose file: what is not understood here is left alone.

use std::collections::BTreeMap;

use hlc_diag::{Code, Diagnostic, Severity, Span};
use hlc_schema::Data;

use super::{Bundle, PortRange};
use crate::resolve::Resolver;

/// A Compose file that cannot be used.
pub(crate) static COMPOSE_FILE: Code = Code {
    id: "HLC0862",
    name: "compose-file",
    severity: Severity::Error,
    summary: "a Compose file that cannot be read",
    explain: "hlc reads the Compose file of a bundle, so that its services, ports and files of variables can be checked. It has \
              to be in the bundle's folder, and YAML with `services` at its top.",
    bad: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
          image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
          to=\"/etc/edge\" { compose \"compose.yml\" }\n    }\n}",
    good: "hetzner token=(secret)HCLOUD_TOKEN {\n    (existing)ssh-key \"laptop\"\n    server \"edge\" type=\"cpx21\" \
           image=\"ubuntu-24.04\" location=\"ash\" {\n        ssh key=\"laptop\"\n        bundle \"edge\" from=\"edge\" \
           to=\"/etc/edge\" {\n            compose \"docker-compose.yml\"\n            env-file \".env\" { TOKEN \
           (secret)EDGE_TOKEN }\n        }\n    }\n}",
};

/// What a Compose file says.
pub(crate) struct ComposeFile<'m> {
    /// The bundle it belongs to.
    pub(crate) bundle: &'m Bundle,
    /// Its services by name.
    pub(crate) services: BTreeMap<String, Service>,
    /// Variables that Compose puts in (`${NAME}`), each once, with the place of the text; those with a default left out.
    pub(crate) variables: BTreeMap<String, Span>,
}

/// A service.
pub(crate) struct Service {
    /// Where its name stands.
    pub(crate) name: Span,
    /// Ports of the server that lead to it.
    pub(crate) published: Vec<Published>,
    /// Its files of variables, from the bundle's folder.
    pub(crate) env_files: Vec<EnvFileUse>,
    /// True when it listens in the network of its host.
    pub(crate) host_network: bool,
    /// Files and folders of the bundle that are mounted into it.
    pub(crate) mounts: Vec<(String, Span)>,
}

/// A port of the server that leads to a service, or a range of them.
pub(crate) struct Published {
    pub(crate) ports: PortRange,
    pub(crate) protocol: Protocol,
    /// True when it is reachable from outside the server.
    pub(crate) outside: bool,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

impl Protocol {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// A file of variables that a service reads.
pub(crate) struct EnvFileUse {
    pub(crate) path: String,
    pub(crate) span: Span,
    /// False when the service starts without it too.
    pub(crate) required: bool,
}

impl<'m> ComposeFile<'m> {
    /// Reads the Compose file of a bundle; `None` when it has none, or one that cannot be used, which is reported.
    pub(crate) fn read(bundle: &'m Bundle, resolver: &Resolver<'_>, found: &mut Vec<Diagnostic>) -> Option<Self> {
        let compose = bundle.compose.as_ref()?;
        let path = bundle.source(&compose.path.value);
        let read = resolver
            .source(&path, compose.path.span)
            .map_err(|reason| format!("cannot be read: {reason}"))
            .and_then(|(file, text)| {
                hlc_kube::data_from_yaml_file(&text, file).map_err(|error| format!("is no YAML: {error}"))
            });
        let data = match read {
            Ok(data) if data.get("services").and_then(Data::as_map).is_some() => data,
            read => {
                let reason = read.err().unwrap_or_else(|| "is no Compose file: it has no `services`".to_owned());
                found.push(
                    Diagnostic::new(&COMPOSE_FILE, compose.path.span, format!("`{path}` {reason}"))
                        .help("the file's path starts at the bundle's folder"),
                );
                return None;
            }
        };
        let services = data.get("services").and_then(Data::as_map).into_iter().flat_map(hlc_schema::Map::iter);
        let services =
            services.map(|(name, entry)| (name.to_owned(), Service::read(entry.key_span, &entry.value))).collect();
        let mut variables = BTreeMap::new();
        collect_variables(&data, &mut variables);
        Some(Self { bundle, services, variables })
    }
}

impl Service {
    fn read(name: Span, data: &Data) -> Self {
        let items = |key: &str| -> Vec<&Data> {
            let Some(value) = data.get(key) else { return Vec::new() };
            value.as_list().map_or_else(|| vec![value], |items| items.iter().collect())
        };
        Self {
            name,
            published: items("ports").into_iter().filter_map(published).collect(),
            host_network: data.get("network_mode").and_then(Data::as_str) == Some("host"),
            env_files: items("env_file").into_iter().filter_map(env_file).collect(),
            mounts: items("volumes").into_iter().filter_map(mount).collect(),
        }
    }
}

/// The path of a file in the project folder, without its `./`; `None` for other places.
fn project_path(text: &str) -> Option<String> {
    if text.starts_with(['/', '~', '$']) || text.starts_with("..") {
        return None;
    }
    Some(text.trim_start_matches("./").to_owned())
}

fn env_file(data: &Data) -> Option<EnvFileUse> {
    let path = data.as_str().or_else(|| data.get("path").and_then(Data::as_str))?;
    let required = data.get("required").is_none_or(|required| required.value != hlc_schema::DataValue::Bool(false));
    Some(EnvFileUse { path: project_path(path)?, span: data.span, required })
}

/// `./dir:/in/container:ro`, or the long form with `type: bind`.
fn mount(data: &Data) -> Option<(String, Span)> {
    let source = match data.as_str() {
        Some(short) => short.split_once(':')?.0,
        None => data.get("source")?.as_str()?,
    };
    // A name without a slash is a volume.
    source.starts_with('.').then(|| project_path(source)).flatten().map(|path| (path, data.span))
}

/// `HOST:CONTAINER`, `IP:HOST:CONTAINER`, ranges, `/udp`; or the long form.
fn published(data: &Data) -> Option<Published> {
    let span = data.span;
    if let Some(map) = data.as_map() {
        let text = |key: &str| map.get(key).and_then(|value| value.as_str().map(str::to_owned));
        let number = map.get("published").and_then(|port| {
            port.as_integer().map(|number| number.to_string()).or_else(|| port.as_str().map(str::to_owned))
        });
        let outside = text("host_ip").is_none_or(|ip| is_outside(&ip));
        let protocol = if text("protocol").as_deref() == Some("udp") { Protocol::Udp } else { Protocol::Tcp };
        return Some(Published { ports: ports(&number?)?, protocol, outside, span });
    }
    let text = data.as_str()?;
    let (ports_text, protocol) = text.rsplit_once('/').unwrap_or((text, "tcp"));
    let protocol = if protocol == "udp" { Protocol::Udp } else { Protocol::Tcp };
    // With the container's port alone Docker picks one of the server's.
    let (host, _container) = ports_text.rsplit_once(':')?;
    let (ip, host) = host.rsplit_once(':').unwrap_or(("", host));
    let outside = is_outside(ip.trim_matches(['[', ']']));
    Some(Published { ports: ports(host)?, protocol, outside, span })
}

/// True for an address of the server that can be reached from elsewhere.
fn is_outside(ip: &str) -> bool {
    !(ip.starts_with("127.") || ip == "::1" || ip == "localhost")
}

/// A port or a range of ports, as long as it is sensible.
fn ports(text: &str) -> Option<PortRange> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some(PortRange { first, last })
}

/// Finds `${NAME}`, `${NAME:?error}` and `$NAME` in every text; `$$` is a dollar sign, `${NAME:-default}` needs nothing.
fn collect_variables(data: &Data, found: &mut BTreeMap<String, Span>) {
    if let Some(text) = data.as_str() {
        for name in variables(text) {
            found.entry(name).or_insert(data.span);
        }
    } else if let Some(items) = data.as_list() {
        items.iter().for_each(|item| collect_variables(item, found));
    } else if let Some(map) = data.as_map() {
        map.iter().for_each(|(_, entry)| collect_variables(&entry.value, found));
    }
}

fn variables(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('$') {
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
            continue;
        }
        let braced = rest.strip_prefix('{');
        let name: String = braced.unwrap_or(rest).chars().take_while(|c| is_name(*c)).collect();
        let operator = braced.and_then(|inner| inner.strip_prefix(name.as_str())).unwrap_or("");
        let has_default = [":-", "-", ":+", "+"].iter().any(|default| operator.starts_with(default));
        if !name.is_empty() && !has_default && !name.starts_with(|c: char| c.is_ascii_digit()) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use hlc_diag::FileId;

    use super::*;

    fn data(text: &str) -> Data {
        hlc_kube::data_from_yaml(text, Span::new(FileId::new(0), 0, 0)).unwrap()
    }

    #[test]
    fn forms_of_ports() {
        let of = |text: &str| {
            published(&data(text)).map(|port| (port.ports.to_string(), port.protocol.word(), port.outside))
        };
        let made = |ports: &str, protocol, outside| Some((ports.to_owned(), protocol, outside));
        assert_eq!(of("'80:8080'"), made("80", "tcp", true));
        assert_eq!(of("'3478:3478/udp'"), made("3478", "udp", true));
        assert_eq!(of("'127.0.0.1:9000:9000'"), made("9000", "tcp", false));
        assert_eq!(of("'[::1]:9000:9000'"), made("9000", "tcp", false));
        assert_eq!(of("'10-12:10-12'"), made("10-12", "tcp", true));
        assert_eq!(of("'8080'"), None);
        assert_eq!(of("{target: 80, published: 8080}"), made("8080", "tcp", true));
        assert_eq!(of("{target: 80, published: '53', protocol: udp}"), made("53", "udp", true));
        assert_eq!(of("'nonsense:80'"), None);
        assert_eq!(of("'12-10:12-10'"), None);
    }

    #[test]
    fn variables_that_compose_puts_in() {
        assert_eq!(variables("a${B}c$D ${E:?needed} ${F:-x} $$G ${H-} $1 $"), ["B", "D", "E"]);
    }

    #[test]
    fn files_of_the_project() {
        let service = Service::read(
            Span::new(FileId::new(0), 0, 0),
            &data(
                "env_file: [.env, {path: ./a/b.env, required: false}, /etc/x.env]\n\
                 volumes: ['./conf:/conf:ro', 'data:/data', {type: bind, source: ./x, target: /x}]",
            ),
        );
        let files: Vec<_> = service.env_files.iter().map(|file| (file.path.as_str(), file.required)).collect();
        assert_eq!(files, [(".env", true), ("a/b.env", false)]);
        let mounts: Vec<_> = service.mounts.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(mounts, ["conf", "x"]);
    }
}
