//! An application in a few lines: Deployment, Service and claims from one block.

use hlc_diag::Span;
use hlc_plan::PlannedObject;
use hlc_schema::scalar::Port;
use hlc_schema::{AttrDecl, Choice, Data, Def, Expr, FreeBlock, Map, Node, NodeDecl, Spanned};

use super::extra::say_replaced;
use crate::lower::Lower;
use crate::resolve::{Ask, Place, Referable, merge};

const ATTRIBUTES: &[AttrDecl] = &[AttrDecl { name: "name", doc: "The name of its Deployment and Service." }];

/// An application: one container with its Service and its volumes.
///
/// It becomes a Deployment, a Service of the same name when it has ports, and a PersistentVolumeClaim for each volume. What
/// the block has no word for goes into `container`, `pod` or `extra`; write the objects themselves when that is most of it.
#[derive(Debug, Node)]
#[node(
    name = "app",
    names = Label,
    scope = Local,
    attributes = ATTRIBUTES,
    example = r#"app "whoami" image="traefik/whoami:v1.11" {
    port "http" 80
    env WHOAMI_NAME=home
}"#
)]
pub struct App {
    /// The name of its objects, and the value of their label `app`.
    #[arg]
    pub name: Def<App>,
    /// The container's image.
    #[prop]
    pub image: Spanned<String>,
    /// How many pods there are.
    #[prop(default = "1")]
    pub replicas: Option<Spanned<u16>>,
    /// How new pods take the place of old ones.
    #[prop]
    pub strategy: Option<Spanned<Strategy>>,
    /// The command, in place of the image's.
    #[prop]
    pub command: Vec<Spanned<String>>,
    /// The command's arguments, in place of the image's.
    #[prop]
    pub args: Vec<Spanned<String>>,
    /// The ports it listens at.
    #[block]
    pub port: Vec<AppPort>,
    /// Environment variables: `NAME=value`, or `NAME { valueFrom { … } }`.
    #[free]
    pub env: Option<FreeBlock>,
    /// Secrets whose keys are environment variables.
    #[prop]
    pub env_from: Vec<Expr<String>>,
    /// Requests and limits of the container.
    #[free]
    pub resources: Option<FreeBlock>,
    /// What it keeps.
    #[block]
    pub volume: Vec<AppVolume>,
    /// What is merged over the container.
    #[free]
    pub container: Option<FreeBlock>,
    /// What is merged over the pod's spec.
    #[free]
    pub pod: Option<FreeBlock>,
    /// What is merged over the Deployment.
    #[free]
    pub extra: Option<FreeBlock>,
    /// The node's name.
    #[head]
    pub head: Span,
}

/// A port of an application, and of its Service.
#[derive(Debug, Node)]
#[node(name = "port", id = "app-port", example = r#"port "http" 8188"#)]
pub struct AppPort {
    /// The port's name.
    #[arg]
    pub name: Spanned<String>,
    /// Where the container listens.
    #[arg]
    pub number: Spanned<Port>,
    /// The Service's port.
    #[prop(default = "the container's")]
    pub service: Option<Spanned<Port>>,
    /// What is spoken.
    #[prop(default = "\"TCP\"")]
    pub protocol: Option<Spanned<Protocol>>,
}

/// A protocol of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Protocol {
    /// TCP
    #[choice("TCP")]
    Tcp,
    /// UDP
    #[choice("UDP")]
    Udp,
}

/// How new pods take the place of old ones (Deployment, `strategy.type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum Strategy {
    /// New pods start before the old ones go.
    #[choice("RollingUpdate")]
    RollingUpdate,
    /// The old pods go first: for a volume or device that cannot be shared.
    #[choice("Recreate")]
    Recreate,
}

/// A volume that outlives the application's pods.
#[derive(Debug, Node)]
#[node(
    name = "volume",
    annotations(existing),
    example = r#"volume "comfyui-data" size="50Gi" class="longhorn" at="/home/user/opt/ComfyUI""#
)]
pub struct AppVolume {
    /// The name of its PersistentVolumeClaim.
    #[arg]
    pub name: Spanned<String>,
    /// True when something else makes the claim.
    #[annotated("existing")]
    pub existing: bool,
    /// How large it is; needed unless the claim is `(existing)`.
    #[prop]
    pub size: Option<Spanned<String>>,
    /// Its StorageClass.
    #[prop(default = "the cluster's default")]
    pub class: Option<Spanned<String>>,
    /// Who may mount it.
    #[prop(default = "\"ReadWriteOnce\"")]
    pub access: Option<Spanned<String>>,
    /// Where the container sees it.
    #[prop]
    pub at: Spanned<String>,
}

impl AppVolume {
    /// The volume's name in the pod: the claim's without the application's in front.
    fn short(&self, app: &str) -> &str {
        let rest = self.name.value.strip_prefix(app).and_then(|rest| rest.strip_prefix('-'));
        rest.filter(|rest| !rest.is_empty()).unwrap_or(&self.name.value)
    }
}

impl AppPort {
    /// The Service's port.
    #[must_use]
    pub fn service_port(&self) -> Spanned<Port> {
        self.service.unwrap_or(self.number)
    }
}

fn text(value: &Spanned<String>) -> Data {
    Data::string(value.value.as_str(), value.span)
}

impl App {
    /// Its objects.
    pub(crate) fn lower(&self, lower: &Lower<'_>) -> Vec<PlannedObject> {
        let claims = self.volume.iter().filter_map(|volume| self.claim(volume, lower));
        claims.chain(self.service(lower)).chain(self.deployment(lower)).collect()
    }

    fn labels(&self) -> Data {
        Data::map([("app", Data::string(self.name.name.as_str(), self.name.span))], self.name.span)
    }

    fn claim(&self, volume: &AppVolume, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = volume.name.span;
        let size = volume.size.as_ref().filter(|_| !volume.existing)?;
        let access = volume.access.as_ref().map_or_else(|| Data::string("ReadWriteOnce", at), text);
        let requests = Data::map([("storage", text(size))], at);
        let mut spec =
            vec![("accessModes", Data::list(vec![access], at)), ("resources", Data::map([("requests", requests)], at))];
        spec.extend(volume.class.as_ref().map(|class| ("storageClassName", text(class))));
        let mut object = lower.object("v1", "PersistentVolumeClaim", &volume.name.value, at);
        object.field("spec", Data::map(spec, at));
        Some(object.finish())
    }

    fn service(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.name.span;
        let ports = self.port.iter().map(|port| {
            let service = port.service_port();
            Data::map(
                [
                    ("name", text(&port.name)),
                    ("port", Data::integer(service.value.0, service.span)),
                    ("protocol", port.protocol(at)),
                    ("targetPort", Data::integer(port.number.value.0, port.number.span)),
                ],
                port.name.span,
            )
        });
        let ports: Vec<Data> = ports.collect();
        if ports.is_empty() {
            return None;
        }
        let mut object = lower.object("v1", "Service", &self.name.name, at);
        object.field("spec", Data::map([("ports", Data::list(ports, at)), ("selector", self.labels())], at));
        Some(object.finish())
    }

    fn deployment(&self, lower: &Lower<'_>) -> Option<PlannedObject> {
        let at = self.head;
        let container = self.over(self.container(lower)?, self.container.as_ref(), lower)?;
        let mut pod = vec![("containers", Data::list(vec![container], at))];
        let volumes = self.volume.iter().map(|volume| {
            let claim = Data::map([("claimName", text(&volume.name))], volume.name.span);
            let name = Data::string(volume.short(&self.name.name), volume.name.span);
            Data::map([("name", name), ("persistentVolumeClaim", claim)], volume.name.span)
        });
        let volumes: Vec<Data> = volumes.collect();
        if !volumes.is_empty() {
            pod.push(("volumes", Data::list(volumes, at)));
        }
        let pod = self.over(Data::map(pod, at), self.pod.as_ref(), lower)?;
        let template = [("metadata", Data::map([("labels", self.labels())], at)), ("spec", pod)];
        let replicas = self.replicas.map_or(Data::integer(1, at), |count| Data::integer(count.value, count.span));
        let mut spec = vec![
            ("replicas", replicas),
            ("selector", Data::map([("matchLabels", self.labels())], at)),
            ("template", Data::map(template, at)),
        ];
        if let Some(strategy) = self.strategy {
            let kind = Data::string(strategy.value.word(), strategy.span);
            spec.push(("strategy", Data::map([("type", kind)], strategy.span)));
        }
        let mut object = lower.object("apps/v1", "Deployment", &self.name.name, self.name.span);
        object.field("spec", Data::map(spec, at));
        object.finish_with(self.extra.as_ref())
    }

    /// Merges `container` or `pod` over what the other fields make.
    fn over(&self, mut base: Data, block: Option<&FreeBlock>, lower: &Lower<'_>) -> Option<Data> {
        if let Some(block) = block {
            let data = lower.resolver.data(&block.value, lower.scope, Place::Manifest)?;
            say_replaced(&base, &data, &[self.head, self.name.span], lower.resolver);
            merge(&mut base, data, lower.resolver)?;
        }
        Some(base)
    }

    fn container(&self, lower: &Lower<'_>) -> Option<Data> {
        let at = self.head;
        let list = |values: &[Spanned<String>]| Data::list(values.iter().map(text).collect(), at);
        let mut container = vec![
            ("name", Data::string(self.name.name.as_str(), self.name.span)),
            ("image", text(&self.image)),
            // What the API server would fill in.
            ("imagePullPolicy", Data::string(pull_policy(&self.image.value), at)),
        ];
        if !self.command.is_empty() {
            container.push(("command", list(&self.command)));
        }
        if !self.args.is_empty() {
            container.push(("args", list(&self.args)));
        }
        if let Some(env) = &self.env {
            container.push(("env", environment(env, lower)?));
        }
        if !self.env_from.is_empty() {
            let sources = self.env_from.iter().map(|secret| {
                let secret = lower.resolver.value(secret, lower.scope)?;
                let name = Data::map([("name", text(&secret))], secret.span);
                Some(Data::map([("secretRef", name)], secret.span))
            });
            container.push(("envFrom", Data::list(sources.collect::<Option<_>>()?, at)));
        }
        if !self.port.is_empty() {
            let ports = self.port.iter().map(|port| {
                let number = Data::integer(port.number.value.0, port.number.span);
                let fields = [("name", text(&port.name)), ("containerPort", number), ("protocol", port.protocol(at))];
                Data::map(fields, port.name.span)
            });
            container.push(("ports", Data::list(ports.collect(), at)));
        }
        if let Some(resources) = &self.resources {
            container.push(("resources", lower.resolver.data(&resources.value, lower.scope, Place::Manifest)?));
        }
        if !self.volume.is_empty() {
            let mounts = self.volume.iter().map(|volume| {
                let name = Data::string(volume.short(&self.name.name), volume.name.span);
                Data::map([("name", name), ("mountPath", text(&volume.at))], volume.at.span)
            });
            container.push(("volumeMounts", Data::list(mounts.collect(), at)));
        }
        Some(Data::map(container, at))
    }
}

impl AppPort {
    fn protocol(&self, at: Span) -> Data {
        let protocol = self.protocol.unwrap_or(Spanned::new(Protocol::Tcp, at));
        Data::string(protocol.value.word(), protocol.span)
    }
}

/// Variables by name as the list that containers have.
fn environment(env: &FreeBlock, lower: &Lower<'_>) -> Option<Data> {
    let data = lower.resolver.data(&env.value, lower.scope, Place::Manifest)?;
    let at = data.span;
    let variables = data.as_map()?.iter().map(|(name, entry)| {
        let mut variable = Map::new();
        variable.insert("name", entry.key_span, Data::string(name, entry.key_span));
        match entry.value.as_map() {
            Some(source) => {
                for (key, entry) in source.iter() {
                    variable.insert(key, entry.key_span, entry.value.clone());
                }
            }
            None => {
                variable.insert("value", entry.key_span, entry.value.clone());
            }
        }
        Data::new(hlc_schema::DataValue::Map(variable), entry.key_span)
    });
    Some(Data::list(variables.collect(), at))
}

/// What the API server fills in (Kubernetes, "Images", default image pull policy).
fn pull_policy(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or(image);
    let tag = name.split_once(':').map(|(_, tag)| tag);
    if name.contains('@') || tag.is_some_and(|tag| tag != "latest") { "IfNotPresent" } else { "Always" }
}

impl Referable for App {
    fn declaration(&self) -> &'static NodeDecl {
        Self::decl()
    }

    fn answer(&self, ask: &Ask<'_, '_>) -> Option<Data> {
        match ask.field {
            "name" => ask.text(self.name.name.as_str()),
            _ => ask.unknown(Self::decl()),
        }
    }
}
