//! What the published API types leave out: closed sets of words, ports, which fields make an item of a list unique, and
//! what is required although its type calls it optional.
//!
//! Source: the Go types of k8s.io/api (`+enum`, `+listMapKey` and the constants beside each type) and, where the types
//! are silent, the API server's validation (pkg/apis/*/validation).

use std::collections::{BTreeMap, BTreeSet};

/// By definition and field; what is used is taken out.
pub(crate) type Table = BTreeMap<(String, String), More>;

/// What is said about a field beyond its published type.
pub(crate) enum More {
    /// The words a text (or the texts of a list) may be, with `|` between.
    Words(&'static str),
    /// The type's own letter, see `src/schema/definition.rs`.
    Type(&'static str),
    /// The whole notation of a map, keys and values.
    Map(&'static str),
    /// Groups of fields that no two items share: `a+b,c`; `c!` where several items must have the field.
    Keys(&'static str),
}

impl More {
    pub(crate) fn apply(&self, base: &str) -> String {
        match self {
            Self::Words(words) => {
                let outer = base.strip_suffix('s').unwrap();
                assert!(outer.is_empty() || outer == "[", "words for {base}");
                format!("{outer}e:{words}")
            }
            Self::Type(letter) => {
                assert!(base == "s" || base == "i" || base == "[s", "another type for {base}");
                (*letter).to_owned()
            }
            Self::Map(notation) => {
                let item = base.strip_prefix('{').unwrap();
                assert!(notation.ends_with(item) || (item == "s" && notation.ends_with('v')), "{notation} for {base}");
                (*notation).to_owned()
            }
            Self::Keys(keys) => format!("[{keys}={}", base.strip_prefix('[').unwrap()),
        }
    }
}

const PROTOCOL: &str = "TCP|UDP|SCTP";
const PULL: &str = "Always|IfNotPresent|Never";
const EFFECT: &str = "NoSchedule|PreferNoSchedule|NoExecute";
const ACCESS: &str = "ReadWriteOnce|ReadOnlyMany|ReadWriteMany|ReadWriteOncePod";
const PROFILE: &str = "RuntimeDefault|Unconfined|Localhost";
const HONOR: &str = "Honor|Ignore";
const KEEP: &str = "Retain|Delete";
const PREEMPT: &str = "PreemptLowerPriority|Never";
const FAILURE: &str = "Ignore|Fail";
const MATCH: &str = "Exact|Equivalent";

/// Definition, field, words.
const WORDS: &[(&str, &[(&str, &str)])] = &[
    (
        "core.v1.Container",
        &[
            ("imagePullPolicy", PULL),
            ("terminationMessagePolicy", "File|FallbackToLogsOnError"),
            // `Never` and `OnFailure` since 1.34 (ContainerRestartRules).
            ("restartPolicy", "Always|OnFailure|Never"),
        ],
    ),
    (
        "core.v1.EphemeralContainer",
        &[("imagePullPolicy", PULL), ("terminationMessagePolicy", "File|FallbackToLogsOnError")],
    ),
    (
        "core.v1.PodSpec",
        &[
            ("restartPolicy", "Always|OnFailure|Never"),
            ("dnsPolicy", "ClusterFirst|ClusterFirstWithHostNet|Default|None"),
            ("preemptionPolicy", PREEMPT),
        ],
    ),
    ("core.v1.PodOS", &[("name", "linux|windows")]),
    ("core.v1.ContainerPort", &[("protocol", PROTOCOL)]),
    ("core.v1.ServicePort", &[("protocol", PROTOCOL)]),
    ("core.v1.EndpointPort", &[("protocol", PROTOCOL)]),
    ("discovery.v1.EndpointPort", &[("protocol", PROTOCOL)]),
    ("networking.v1.NetworkPolicyPort", &[("protocol", PROTOCOL)]),
    (
        "core.v1.ServiceSpec",
        &[
            ("type", "ClusterIP|NodePort|LoadBalancer|ExternalName"),
            ("sessionAffinity", "ClientIP|None"),
            ("externalTrafficPolicy", "Cluster|Local"),
            ("internalTrafficPolicy", "Cluster|Local"),
            ("ipFamilyPolicy", "SingleStack|PreferDualStack|RequireDualStack"),
            ("ipFamilies", "IPv4|IPv6"),
        ],
    ),
    ("core.v1.PersistentVolumeClaimSpec", &[("accessModes", ACCESS), ("volumeMode", "Filesystem|Block")]),
    (
        "core.v1.PersistentVolumeSpec",
        &[
            ("accessModes", ACCESS),
            ("volumeMode", "Filesystem|Block"),
            ("persistentVolumeReclaimPolicy", "Retain|Recycle|Delete"),
        ],
    ),
    (
        "core.v1.HostPathVolumeSource",
        &[("type", "|DirectoryOrCreate|Directory|FileOrCreate|File|Socket|CharDevice|BlockDevice")],
    ),
    ("core.v1.HTTPGetAction", &[("scheme", "HTTP|HTTPS")]),
    // `Lt` and `Gt` since 1.35.
    ("core.v1.Toleration", &[("operator", "Exists|Equal|Lt|Gt"), ("effect", EFFECT)]),
    ("core.v1.Taint", &[("effect", EFFECT)]),
    ("core.v1.NodeSelectorRequirement", &[("operator", "In|NotIn|Exists|DoesNotExist|Gt|Lt")]),
    ("meta.v1.LabelSelectorRequirement", &[("operator", "In|NotIn|Exists|DoesNotExist")]),
    (
        "core.v1.TopologySpreadConstraint",
        &[
            ("whenUnsatisfiable", "DoNotSchedule|ScheduleAnyway"),
            ("nodeAffinityPolicy", HONOR),
            ("nodeTaintsPolicy", HONOR),
        ],
    ),
    ("core.v1.SeccompProfile", &[("type", PROFILE)]),
    ("core.v1.AppArmorProfile", &[("type", PROFILE)]),
    ("core.v1.SecurityContext", &[("procMount", "Default|Unmasked")]),
    (
        "core.v1.PodSecurityContext",
        &[
            ("fsGroupChangePolicy", "OnRootMismatch|Always"),
            ("seLinuxChangePolicy", "Recursive|MountOption"),
            ("supplementalGroupsPolicy", "Merge|Strict"),
        ],
    ),
    ("core.v1.ImageVolumeSource", &[("pullPolicy", PULL)]),
    ("core.v1.ContainerRestartRule", &[("action", "Restart|RestartAllContainers")]),
    ("core.v1.ContainerRestartRuleOnExitCodes", &[("operator", "In|NotIn")]),
    ("core.v1.PodCertificateProjection", &[("keyType", "RSA3072|RSA4096|ECDSAP256|ECDSAP384|ECDSAP521|ED25519")]),
    (
        "core.v1.ResourceQuotaSpec",
        &[(
            "scopes",
            "Terminating|NotTerminating|BestEffort|NotBestEffort|PriorityClass|CrossNamespacePodAffinity|VolumeAttributesClass",
        )],
    ),
    ("core.v1.ScopedResourceSelectorRequirement", &[("operator", "In|NotIn|Exists|DoesNotExist")]),
    (
        "core.v1.VolumeMount",
        &[
            ("mountPropagation", "None|HostToContainer|Bidirectional"),
            ("recursiveReadOnly", "Disabled|IfPossible|Enabled"),
        ],
    ),
    ("core.v1.ContainerResizePolicy", &[("restartPolicy", "NotRequired|RestartContainer")]),
    ("core.v1.LimitRangeItem", &[("type", "Container|Pod|PersistentVolumeClaim")]),
    ("apps.v1.DeploymentStrategy", &[("type", "RollingUpdate|Recreate")]),
    ("apps.v1.StatefulSetUpdateStrategy", &[("type", "RollingUpdate|OnDelete")]),
    ("apps.v1.DaemonSetUpdateStrategy", &[("type", "RollingUpdate|OnDelete")]),
    ("apps.v1.StatefulSetSpec", &[("podManagementPolicy", "OrderedReady|Parallel")]),
    ("apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy", &[("whenDeleted", KEEP), ("whenScaled", KEEP)]),
    ("batch.v1.CronJobSpec", &[("concurrencyPolicy", "Allow|Forbid|Replace")]),
    (
        "batch.v1.JobSpec",
        &[("completionMode", "NonIndexed|Indexed"), ("podReplacementPolicy", "TerminatingOrFailed|Failed")],
    ),
    ("batch.v1.PodFailurePolicyOnExitCodesRequirement", &[("operator", "In|NotIn")]),
    ("batch.v1.PodFailurePolicyRule", &[("action", "FailJob|FailIndex|Ignore|Count")]),
    ("discovery.v1.EndpointSlice", &[("addressType", "IPv4|IPv6|FQDN")]),
    ("flowcontrol.v1.FlowDistinguisherMethod", &[("type", "ByUser|ByNamespace")]),
    ("flowcontrol.v1.LimitResponse", &[("type", "Queue|Reject")]),
    ("flowcontrol.v1.PriorityLevelConfigurationSpec", &[("type", "Exempt|Limited")]),
    ("flowcontrol.v1.Subject", &[("kind", "User|Group|ServiceAccount")]),
    ("networking.v1.IngressClassParametersReference", &[("scope", "Cluster|Namespace")]),
    ("networking.v1.HTTPIngressPath", &[("pathType", "Exact|Prefix|ImplementationSpecific")]),
    ("networking.v1.NetworkPolicySpec", &[("policyTypes", "Ingress|Egress")]),
    ("policy.v1.PodDisruptionBudgetSpec", &[("unhealthyPodEvictionPolicy", "IfHealthyBudget|AlwaysAllow")]),
    ("autoscaling.v2.MetricSpec", &[("type", "Resource|ContainerResource|Pods|Object|External")]),
    ("autoscaling.v2.MetricTarget", &[("type", "Utilization|Value|AverageValue")]),
    ("autoscaling.v2.HPAScalingRules", &[("selectPolicy", "Max|Min|Disabled")]),
    ("autoscaling.v2.HPAScalingPolicy", &[("type", "Pods|Percent")]),
    (
        "storage.v1.StorageClass",
        &[("reclaimPolicy", "Delete|Retain|Recycle"), ("volumeBindingMode", "Immediate|WaitForFirstConsumer")],
    ),
    (
        "storage.v1.CSIDriverSpec",
        &[("fsGroupPolicy", "ReadWriteOnceWithFSType|File|None"), ("volumeLifecycleModes", "Persistent|Ephemeral")],
    ),
    ("scheduling.v1.PriorityClass", &[("preemptionPolicy", PREEMPT)]),
    ("rbac.v1.RoleRef", &[("kind", "Role|ClusterRole")]),
    ("rbac.v1.Subject", &[("kind", "ServiceAccount|User|Group")]),
    (
        "admissionregistration.v1.ValidatingWebhook",
        &[("failurePolicy", FAILURE), ("matchPolicy", MATCH), ("sideEffects", "None|NoneOnDryRun")],
    ),
    (
        "admissionregistration.v1.MutatingWebhook",
        &[
            ("failurePolicy", FAILURE),
            ("matchPolicy", MATCH),
            ("sideEffects", "None|NoneOnDryRun"),
            ("reinvocationPolicy", "Never|IfNeeded"),
        ],
    ),
    (
        "admissionregistration.v1.RuleWithOperations",
        &[("operations", "*|CREATE|UPDATE|DELETE|CONNECT"), ("scope", "*|Cluster|Namespaced")],
    ),
    (
        "admissionregistration.v1.NamedRuleWithOperations",
        &[("operations", "*|CREATE|UPDATE|DELETE|CONNECT"), ("scope", "*|Cluster|Namespaced")],
    ),
    ("admissionregistration.v1.MatchResources", &[("matchPolicy", MATCH)]),
    ("admissionregistration.v1.ParamRef", &[("parameterNotFoundAction", "Allow|Deny")]),
    ("admissionregistration.v1.ValidatingAdmissionPolicySpec", &[("failurePolicy", FAILURE)]),
    ("admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec", &[("validationActions", "Deny|Warn|Audit")]),
    (
        "admissionregistration.v1.MutatingAdmissionPolicySpec",
        &[("failurePolicy", FAILURE), ("reinvocationPolicy", "Never|IfNeeded")],
    ),
    ("admissionregistration.v1.Mutation", &[("patchType", "ApplyConfiguration|JSONPatch")]),
    ("apiextensions.v1.CustomResourceColumnDefinition", &[("type", "integer|number|string|boolean|date")]),
    (
        "apiextensions.v1.JSONSchemaProps",
        &[
            ("type", "array|boolean|integer|number|object|string"),
            ("x-kubernetes-list-type", "atomic|set|map"),
            ("x-kubernetes-map-type", "granular|atomic"),
        ],
    ),
    ("apiextensions.v1.CustomResourceDefinitionSpec", &[("scope", "Namespaced|Cluster")]),
    ("apiextensions.v1.CustomResourceConversion", &[("strategy", "None|Webhook")]),
];

/// Labels and what selects by them (ValidateLabels), annotations (ValidateAnnotations), ConfigMaps and Secrets
/// (IsConfigMapKey).
const MAPS: &[(&str, &str, &str)] = &[
    ("meta.v1.ObjectMeta", "labels", "{l=v"),
    ("meta.v1.ObjectMeta", "annotations", "{a=s"),
    ("meta.v1.LabelSelector", "matchLabels", "{l=v"),
    ("core.v1.ServiceSpec", "selector", "{l=v"),
    ("core.v1.ReplicationControllerSpec", "selector", "{l=v"),
    ("core.v1.PodSpec", "nodeSelector", "{l=v"),
    ("core.v1.ConfigMap", "data", "{f=s"),
    ("core.v1.ConfigMap", "binaryData", "{f=y"),
    ("core.v1.Secret", "data", "{f=y"),
    ("core.v1.Secret", "stringData", "{f=s"),
];

/// Definition, field, letter. Ports: validation.IsValidPortNum; names of containers and volumes: IsDNS1123Label; names
/// of ports: IsValidPortName and IsDNS1123Label.
const TYPES: &[(&str, &str, &str)] = &[
    ("core.v1.ContainerPort", "containerPort", "p"),
    ("core.v1.ContainerPort", "hostPort", "p"),
    ("core.v1.ServicePort", "port", "p"),
    ("core.v1.ServicePort", "nodePort", "p"),
    ("core.v1.EndpointPort", "port", "p"),
    ("core.v1.GRPCAction", "port", "p"),
    ("networking.v1.ServiceBackendPort", "number", "p"),
    ("core.v1.Container", "name", "d"),
    ("core.v1.EphemeralContainer", "name", "d"),
    ("core.v1.Volume", "name", "d"),
    ("core.v1.ServicePort", "name", "d"),
    ("core.v1.ContainerPort", "name", "c"),
    ("meta.v1.ObjectMeta", "namespace", "d"),
    ("meta.v1.ObjectMeta", "finalizers", "[k"),
    ("meta.v1.LabelSelectorRequirement", "key", "k"),
    ("meta.v1.LabelSelectorRequirement", "values", "[v"),
];

/// Definition, field, keys.
const KEYS: &[(&str, &str, &str)] = &[
    ("core.v1.PodSpec", "containers", "name"),
    ("core.v1.PodSpec", "initContainers", "name"),
    ("core.v1.PodSpec", "volumes", "name"),
    ("core.v1.PodSpec", "imagePullSecrets", "name"),
    ("core.v1.PodSpec", "hostAliases", "ip"),
    ("core.v1.PodSpec", "topologySpreadConstraints", "topologyKey+whenUnsatisfiable"),
    ("core.v1.Container", "env", "name"),
    ("core.v1.EphemeralContainer", "env", "name"),
    ("core.v1.Container", "volumeMounts", "mountPath"),
    ("core.v1.Container", "volumeDevices", "devicePath"),
    ("core.v1.Container", "ports", "containerPort+protocol,name"),
    ("core.v1.ServiceSpec", "ports", "port+protocol,name!"),
];

/// Definition and fields without which the API server refuses an object although the type calls them optional. Source:
/// pkg/apis/core/validation, such as `spec.containers[0].image: Required value` and `at least 1 access mode is required`.
const REQUIRED: &[(&str, &[&str])] = &[
    ("batch.v1.Job", &["spec"]),
    ("core.v1.Container", &["image"]),
    ("core.v1.PersistentVolume", &["spec"]),
    ("core.v1.PersistentVolumeClaim", &["spec"]),
    ("core.v1.PersistentVolumeClaimSpec", &["accessModes", "resources"]),
    ("core.v1.PersistentVolumeSpec", &["accessModes", "capacity"]),
    ("core.v1.Pod", &["spec"]),
    ("core.v1.Service", &["spec"]),
    ("core.v1.VolumeResourceRequirements", &["requests"]),
    ("networking.v1.Ingress", &["spec"]),
];

/// Fields required beyond their type; what is used is taken out.
pub(crate) fn required() -> BTreeSet<(String, String)> {
    let pairs = REQUIRED.iter().flat_map(|(name, fields)| fields.iter().map(move |field| (*name, *field)));
    pairs.map(|(name, field)| (name.to_owned(), field.to_owned())).collect()
}

pub(crate) fn table() -> Table {
    let words = WORDS
        .iter()
        .flat_map(|(name, fields)| fields.iter().map(move |(field, words)| (*name, *field, More::Words(words))));
    let types = TYPES.iter().map(|(name, field, letter)| (*name, *field, More::Type(letter)));
    let maps = MAPS.iter().map(|(name, field, notation)| (*name, *field, More::Map(notation)));
    let keys = KEYS.iter().map(|(name, field, keys)| (*name, *field, More::Keys(keys)));
    words
        .chain(types)
        .chain(maps)
        .chain(keys)
        .map(|(name, field, more)| ((name.to_owned(), field.to_owned()), more))
        .collect()
}
