//! What fits with what, as data: each rule with its source. `docs/versions.md` is made from it.
//!
//! A version that no rule is about is not judged: that nothing is known of it says nothing.

/// Releases `MAJOR.MINOR` of a chart with the releases of Kubernetes that its authors test it with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KubernetesRule {
    /// The chart.
    pub(crate) chart: &'static str,
    /// Its release.
    pub(crate) release: (u32, u32),
    /// The oldest and the newest minor release of Kubernetes 1.
    pub(crate) kubernetes: (u32, u32),
}

/// Where the rules about cert-manager are written.
pub(crate) const KUBERNETES_SOURCE: &str = "https://cert-manager.io/docs/releases/";

/// Charts and Kubernetes.
pub(crate) const KUBERNETES: &[KubernetesRule] = &[
    KubernetesRule { chart: "cert-manager", release: (1, 16), kubernetes: (25, 32) },
    KubernetesRule { chart: "cert-manager", release: (1, 17), kubernetes: (29, 32) },
    KubernetesRule { chart: "cert-manager", release: (1, 18), kubernetes: (29, 33) },
    KubernetesRule { chart: "cert-manager", release: (1, 19), kubernetes: (31, 35) },
];

/// The definitions of the Gateway API that a release of Cilium wants to find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatewayRule {
    /// The release of Cilium.
    pub(crate) cilium: (u32, u32),
    /// The oldest release of the Gateway API.
    pub(crate) gateway_api: (u32, u32),
    /// Where that is written.
    pub(crate) source: &'static str,
}

/// Cilium and the Gateway API.
pub(crate) const GATEWAY: &[GatewayRule] = &[
    GatewayRule {
        cilium: (1, 15),
        gateway_api: (1, 0),
        source: "https://docs.cilium.io/en/v1.15/network/servicemesh/gateway-api/gateway-api/",
    },
    GatewayRule {
        cilium: (1, 16),
        gateway_api: (1, 1),
        source: "https://docs.cilium.io/en/v1.16/network/servicemesh/gateway-api/gateway-api/",
    },
    GatewayRule {
        cilium: (1, 17),
        gateway_api: (1, 2),
        source: "https://docs.cilium.io/en/v1.17/network/servicemesh/gateway-api/gateway-api/",
    },
    GatewayRule {
        cilium: (1, 18),
        gateway_api: (1, 2),
        source: "https://docs.cilium.io/en/v1.18/network/servicemesh/gateway-api/gateway-api/",
    },
    GatewayRule {
        cilium: (1, 19),
        gateway_api: (1, 4),
        source: "https://docs.cilium.io/en/v1.19/network/servicemesh/gateway-api/gateway-api/",
    },
];

/// What a chart needs of the system of the machines that it runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemRule {
    /// The chart.
    pub(crate) chart: &'static str,
    /// True when it runs on every worker; else on those that have one of the extensions.
    pub(crate) everywhere: bool,
    /// Extensions of Talos, of each line one: by the beginning of its name, since some have a release line behind it.
    pub(crate) extensions: &'static [&'static [&'static str]],
    /// Kernel modules that the machine config loads.
    pub(crate) modules: &'static [&'static str],
    /// Where that is written.
    pub(crate) source: &'static str,
}

/// Charts and the system of machines.
pub(crate) const SYSTEM: &[SystemRule] = &[
    SystemRule {
        chart: "longhorn",
        everywhere: true,
        extensions: &[&["iscsi-tools"], &["util-linux-tools"]],
        modules: &[],
        source: "https://longhorn.io/docs/latest/advanced-resources/os-distro-specific/talos-linux-support/",
    },
    SystemRule {
        chart: "nvidia-device-plugin",
        everywhere: false,
        extensions: &[&["nvidia-open-gpu-kernel-modules", "nonfree-kmod-nvidia"], &["nvidia-container-toolkit"]],
        modules: &["nvidia", "nvidia_uvm", "nvidia_drm", "nvidia_modeset"],
        source: "https://docs.siderolabs.com/talos/v1.12/configure-your-talos-cluster/hardware-and-drivers/nvidia-gpu",
    },
];

/// `MAJOR.MINOR` of a version such as `v1.19.3`; `None` for what is none.
pub(crate) fn release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The page with every rule.
pub(crate) fn page() -> String {
    let mut page = String::from(
        "# Versions that fit\n\nWhat `hlc check` knows of versions and of what charts need of the machines, with the source of each \
         rule. A version that stands in no row is not judged. Talos with Kubernetes is \
         [HLC0809](diagnostics/HLC0809.md).\n\n## Charts and Kubernetes\n\nReported as \
         [HLC0673](diagnostics/HLC0673.md).\n\n| chart | release | Kubernetes | source |\n|---|---|---|---|\n",
    );
    for rule in KUBERNETES {
        let ((major, minor), (oldest, newest)) = (rule.release, rule.kubernetes);
        page += &format!("| {} | {major}.{minor} | 1.{oldest} to 1.{newest} | <{KUBERNETES_SOURCE}> |\n", rule.chart);
    }
    page += "\n## Cilium and the Gateway API\n\nThe oldest definitions that a release of Cilium wants; reported as \
             [HLC0674](diagnostics/HLC0674.md).\n\n| Cilium | Gateway API | source |\n|---|---|---|\n";
    for rule in GATEWAY {
        let ((major, minor), (api_major, api_minor)) = (rule.cilium, rule.gateway_api);
        page += &format!("| {major}.{minor} | {api_major}.{api_minor} | <{}> |\n", rule.source);
    }
    page += "\n## Charts and the system of machines\n\nReported as [HLC0675](diagnostics/HLC0675.md).\n\n\
             | chart | on | extensions of Talos | kernel modules | source |\n|---|---|---|---|---|\n";
    for rule in SYSTEM {
        let on = if rule.everywhere { "every worker" } else { "workers that have one of the extensions, at least one" };
        let extensions: Vec<String> = rule.extensions.iter().map(|any| any.join(" or ")).collect();
        let (extensions, modules) = (extensions.join(", "), rule.modules.join(", "));
        page += &format!("| {} | {on} | {extensions} | {modules} | <{}> |\n", rule.chart, rule.source);
    }
    page
}
