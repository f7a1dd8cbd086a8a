//! What fits with what, as data: each rule with its source. `docs/versions.md` is made from it.
//!
//! A version that no rule is about is not judged: that nothing is known of it says nothing.

/// Releases `MAJOR.MINOR` of a chart with the releases of Kubernetes that its authors call compatible.
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
    KubernetesRule { chart: "cert-manager", release: (1, 17), kubernetes: (29, 33) },
    KubernetesRule { chart: "cert-manager", release: (1, 18), kubernetes: (29, 33) },
    KubernetesRule { chart: "cert-manager", release: (1, 19), kubernetes: (31, 35) },
    KubernetesRule { chart: "cert-manager", release: (1, 20), kubernetes: (32, 35) },
    KubernetesRule { chart: "cert-manager", release: (1, 21), kubernetes: (33, 36) },
];

/// The definitions of the Gateway API that a release of Cilium wants to find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatewayRule {
    /// The release of Cilium.
    pub(crate) cilium: (u32, u32),
    /// The oldest release of the Gateway API with every kind that Cilium's operator looks for before it begins with gateways
    /// (`requiredGVK`). Gateways and HTTPRoutes are `v1` since 1.0, GRPCRoutes since 1.1
    /// (<https://github.com/cilium/cilium/issues/32539>).
    pub(crate) needs: (u32, u32),
    /// The newest release that still has all of them: GRPCRoutes are no longer `v1alpha2` since 1.2.
    pub(crate) until: Option<(u32, u32)>,
    /// True when one of them is only in the experimental channel: TLSRoutes as `v1alpha2` never were in the standard one, GRPCRoutes
    /// not before 1.1 (`config/crd/` at the tags of <https://github.com/kubernetes-sigs/gateway-api>).
    pub(crate) experimental: bool,
    /// The release that its documentation says must be there.
    pub(crate) asks: (u32, u32),
    /// The tag at which both were read.
    pub(crate) tag: &'static str,
}

impl GatewayRule {
    /// Where what it needs and what it asks for are written.
    fn sources(&self) -> (String, String) {
        let at = |path: &str| format!("https://github.com/cilium/cilium/blob/{}/{path}", self.tag);
        let pages = "Documentation/network/servicemesh/gateway-api/installation.rst";
        (at("operator/pkg/gateway-api/cell.go"), at(pages))
    }
}

/// Cilium and the Gateway API.
pub(crate) const GATEWAY: &[GatewayRule] = &[
    GatewayRule {
        cilium: (1, 15),
        needs: (1, 0),
        until: Some((1, 1)),
        experimental: true,
        asks: (1, 0),
        tag: "v1.15.19",
    },
    GatewayRule { cilium: (1, 16), needs: (1, 1), until: None, experimental: true, asks: (1, 1), tag: "v1.16.19" },
    // TLSRoutes are optional from here on.
    GatewayRule { cilium: (1, 17), needs: (1, 1), until: None, experimental: false, asks: (1, 2), tag: "v1.17.0" },
    GatewayRule { cilium: (1, 18), needs: (1, 1), until: None, experimental: false, asks: (1, 2), tag: "v1.18.0" },
    GatewayRule { cilium: (1, 19), needs: (1, 1), until: None, experimental: false, asks: (1, 3), tag: "v1.19.0" },
];

/// Releases of Cilium that fail with the standard channel of the Gateway API, though by [`GATEWAY`] they take any.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelFault {
    /// The first and the last release, as `MAJOR.MINOR.PATCH`.
    pub(crate) cilium: ((u32, u32, u32), (u32, u32, u32)),
    /// With this release of the Gateway API alone; with every one when absent.
    pub(crate) gateway: Option<(u32, u32)>,
    /// What is wrong, to be pointed at the definitions.
    pub(crate) here: &'static str,
    /// Where that is written.
    pub(crate) sources: &'static [&'static str],
}

/// Cilium and the channels of the Gateway API.
pub(crate) const CHANNEL: &[ChannelFault] = &[
    // The reconciler lists TLSRoutes whether there are any or not; seen with 1.17.2, and mended for later releases.
    ChannelFault {
        cilium: ((1, 17, 0), (1, 17, 2)),
        gateway: None,
        here: "the standard channel has no TLSRoutes, which it lists all the same",
        sources: &["https://github.com/cilium/cilium/issues/38420", "https://github.com/cilium/cilium/pull/38874"],
    },
    // TLSRoutes are in the standard channel from 1.5 on, and no longer served as `v1alpha2` there. That Cilium reads them as
    // `v1` is new in 1.20 (<https://github.com/cilium/cilium/pull/45251>).
    ChannelFault {
        cilium: ((1, 17, 0), (1, 19, u32::MAX)),
        gateway: Some((1, 5)),
        here: "the standard channel serves TLSRoutes as `v1` only, and Cilium before 1.20 looks for `v1alpha2`",
        sources: &[
            "https://github.com/kubernetes-sigs/gateway-api/releases/tag/v1.5.0",
            "https://github.com/cilium/cilium/issues/44920",
            "https://github.com/cilium/cilium/issues/45139",
            "https://github.com/kubernetes-sigs/kubespray/pull/13223",
        ],
    },
];

/// What a chart needs of the system of the machines that it runs on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemRule {
    /// The chart.
    pub(crate) chart: &'static str,
    /// Which machines it runs on.
    pub(crate) on: On,
    /// Extensions of Talos without which it does not run, of each line one: by the beginning of its name, since some have a
    /// release line behind it.
    pub(crate) extensions: &'static [&'static [&'static str]],
    /// Extensions that it is to have, and without which a part of it does not work.
    pub(crate) advised: &'static [&'static [&'static str]],
    /// Kernel modules that the machine config is to load.
    pub(crate) modules: &'static [&'static str],
    /// Where that is written.
    pub(crate) sources: &'static [&'static str],
}

/// Which machines a chart runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// All whose taints it tolerates: by the `tolerations` in the first of these values that has some.
    Tolerated(&'static [&'static str]),
    /// Workers that have one of the extensions.
    Equipped,
}

/// Charts and the system of machines.
pub(crate) const SYSTEM: &[SystemRule] = &[
    SystemRule {
        chart: "longhorn",
        // `templates/daemonset-sa.yaml` of its chart 1.10.2.
        on: On::Tolerated(&["longhornManager", "global"]),
        extensions: &[&["iscsi-tools"]],
        advised: &[&["util-linux-tools"]],
        modules: &[],
        sources: &["https://longhorn.io/docs/1.12.0/advanced-resources/os-distro-specific/talos-linux-support/"],
    },
    SystemRule {
        chart: "nvidia-device-plugin",
        on: On::Equipped,
        extensions: &[&["nvidia-open-gpu-kernel-modules", "nonfree-kmod-nvidia"], &["nvidia-container-toolkit"]],
        advised: &[],
        modules: &["nvidia", "nvidia_uvm", "nvidia_drm", "nvidia_modeset"],
        sources: &[
            "https://docs.siderolabs.com/talos/v1.13/configure-your-talos-cluster/hardware-and-drivers/nvidia-gpu",
            "https://docs.siderolabs.com/talos/v1.13/configure-your-talos-cluster/hardware-and-drivers/nvidia-gpu-proprietary",
            "https://github.com/siderolabs/extensions/blob/release-1.12/nvidia-gpu/nvidia-container-toolkit/README.md",
        ],
    },
];

/// `MAJOR.MINOR` of a version such as `v1.19.3`; `None` for what is none.
pub(crate) fn release(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `MAJOR.MINOR.PATCH` of a version such as `v1.17.2`; `None` for what is none.
pub(crate) fn exact(version: &str) -> Option<(u32, u32, u32)> {
    let (major, minor) = release(version)?;
    let patch = version.split('.').nth(2)?;
    let digits = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
    Some((major, minor, patch.get(..digits)?.parse().ok()?))
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
    page += "\n## Cilium and the Gateway API\n\nCilium's operator leaves gateways alone where a kind is missing that it needs: \
             [HLC0674](diagnostics/HLC0674.md), and [HLC0676](diagnostics/HLC0676.md) where only the experimental channel has it. Between that \
             and the release that its documentation asks for: [HLC0685](diagnostics/HLC0685.md).\n\n| Cilium | needs | channel | \
             source | asks for | source |\n|---|---|---|---|---|---|\n";
    for rule in GATEWAY {
        let ((major, minor), (needs, needs_minor), (asks, asks_minor)) = (rule.cilium, rule.needs, rule.asks);
        let (code, pages) = rule.sources();
        let until = rule.until.map_or_else(|| " or newer".to_owned(), |(major, minor)| format!(" to {major}.{minor}"));
        let channel = if rule.experimental { "experimental" } else { "any" };
        page += &format!(
            "| {major}.{minor} | {needs}.{needs_minor}{until} | {channel} | <{code}> | {asks}.{asks_minor} | <{pages}> |\n"
        );
    }
    page += "\nThe standard channel is not enough for some releases that take any by this. These too are reported as \
             [HLC0676](diagnostics/HLC0676.md).\n\n| Cilium | Gateway API | why | sources |\n|---|---|---|---|\n";
    for fault in CHANNEL {
        let (first, last) = fault.cilium;
        let shown = |(major, minor, patch): (u32, u32, u32)| match patch {
            u32::MAX => format!("{major}.{minor}"),
            patch => format!("{major}.{minor}.{patch}"),
        };
        let gateway = fault.gateway.map_or_else(|| "any".to_owned(), |(major, minor)| format!("{major}.{minor}"));
        let sources: Vec<String> = fault.sources.iter().map(|source| format!("<{source}>")).collect();
        let (first, last, here) = (shown(first), shown(last), fault.here);
        page += &format!("| {first} to {last} | {gateway} | {here} | {} |\n", sources.join(" "));
    }
    page += "\n## Charts and the system of machines\n\nReported as [HLC0675](diagnostics/HLC0675.md) without what a chart does not \
             run, else as [HLC0686](diagnostics/HLC0686.md).\n\n| chart | on | does not run without | is to have | kernel \
             modules | sources |\n|---|---|---|---|---|---|\n";
    for rule in SYSTEM {
        let on = match rule.on {
            On::Tolerated(_) => "every machine whose taints its values tolerate",
            On::Equipped => "workers that have one of the extensions, at least one",
        };
        let list = |all: &[&[&str]]| all.iter().map(|any| any.join(" or ")).collect::<Vec<_>>().join(", ");
        let (extensions, advised, modules) = (list(rule.extensions), list(rule.advised), rule.modules.join(", "));
        let sources: Vec<String> = rule.sources.iter().map(|source| format!("<{source}>")).collect();
        let (chart, sources) = (rule.chart, sources.join(" "));
        page += &format!("| {chart} | {on} | {extensions} | {advised} | {modules} | {sources} |\n");
    }
    page
}
