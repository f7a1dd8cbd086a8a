//! Well-known custom kinds, so that `HTTPRoute "x" { … }` needs no apiVersion.
//!
//! Facts only: kind, apiVersion, where it lives. Source: the projects' CRDs (a test compares every row with those at
//! hand and names the rest). Where several versions are served, the first row is the one that is meant, chosen so that
//! releases of 2025 and later serve it: an older version that is still served is no trouble, a newer one that is not
//! yet there is.

use super::KindInfo;

const fn row(kind: &'static str, api_version: &'static str, namespaced: bool) -> KindInfo {
    KindInfo { api_version, kind, namespaced, definition: None }
}

const fn namespaced(kind: &'static str, api_version: &'static str) -> KindInfo {
    row(kind, api_version, true)
}

const fn cluster(kind: &'static str, api_version: &'static str) -> KindInfo {
    row(kind, api_version, false)
}

/// Several versions of one kind stand together, the one that is meant first.
pub(super) const ROWS: &[KindInfo] = &[
    // Gateway API 1.2 to 1.6, experimental channel.
    namespaced("Gateway", "gateway.networking.k8s.io/v1"),
    namespaced("Gateway", "gateway.networking.k8s.io/v1beta1"),
    cluster("GatewayClass", "gateway.networking.k8s.io/v1"),
    cluster("GatewayClass", "gateway.networking.k8s.io/v1beta1"),
    namespaced("HTTPRoute", "gateway.networking.k8s.io/v1"),
    namespaced("HTTPRoute", "gateway.networking.k8s.io/v1beta1"),
    namespaced("GRPCRoute", "gateway.networking.k8s.io/v1"),
    namespaced("TLSRoute", "gateway.networking.k8s.io/v1alpha2"),
    namespaced("TLSRoute", "gateway.networking.k8s.io/v1alpha3"),
    namespaced("TLSRoute", "gateway.networking.k8s.io/v1"),
    namespaced("TCPRoute", "gateway.networking.k8s.io/v1alpha2"),
    namespaced("TCPRoute", "gateway.networking.k8s.io/v1"),
    namespaced("UDPRoute", "gateway.networking.k8s.io/v1alpha2"),
    namespaced("UDPRoute", "gateway.networking.k8s.io/v1"),
    namespaced("ReferenceGrant", "gateway.networking.k8s.io/v1beta1"),
    namespaced("ReferenceGrant", "gateway.networking.k8s.io/v1"),
    namespaced("BackendTLSPolicy", "gateway.networking.k8s.io/v1alpha3"),
    namespaced("BackendTLSPolicy", "gateway.networking.k8s.io/v1"),
    namespaced("ListenerSet", "gateway.networking.k8s.io/v1"),
    // Cilium 1.15 to 1.18.
    cluster("CiliumLoadBalancerIPPool", "cilium.io/v2alpha1"),
    cluster("CiliumLoadBalancerIPPool", "cilium.io/v2"),
    cluster("CiliumL2AnnouncementPolicy", "cilium.io/v2alpha1"),
    namespaced("CiliumNetworkPolicy", "cilium.io/v2"),
    cluster("CiliumClusterwideNetworkPolicy", "cilium.io/v2"),
    cluster("CiliumCIDRGroup", "cilium.io/v2alpha1"),
    cluster("CiliumCIDRGroup", "cilium.io/v2"),
    cluster("CiliumEgressGatewayPolicy", "cilium.io/v2"),
    namespaced("CiliumLocalRedirectPolicy", "cilium.io/v2"),
    namespaced("CiliumEnvoyConfig", "cilium.io/v2"),
    cluster("CiliumClusterwideEnvoyConfig", "cilium.io/v2"),
    cluster("CiliumBGPClusterConfig", "cilium.io/v2alpha1"),
    cluster("CiliumBGPClusterConfig", "cilium.io/v2"),
    cluster("CiliumBGPPeerConfig", "cilium.io/v2alpha1"),
    cluster("CiliumBGPPeerConfig", "cilium.io/v2"),
    cluster("CiliumBGPAdvertisement", "cilium.io/v2alpha1"),
    cluster("CiliumBGPAdvertisement", "cilium.io/v2"),
    // cert-manager
    namespaced("Certificate", "cert-manager.io/v1"),
    namespaced("CertificateRequest", "cert-manager.io/v1"),
    namespaced("Issuer", "cert-manager.io/v1"),
    cluster("ClusterIssuer", "cert-manager.io/v1"),
    // Argo CD
    namespaced("Application", "argoproj.io/v1alpha1"),
    namespaced("ApplicationSet", "argoproj.io/v1alpha1"),
    namespaced("AppProject", "argoproj.io/v1alpha1"),
    // Infisical operator
    namespaced("InfisicalSecret", "secrets.infisical.com/v1alpha1"),
    namespaced("InfisicalDynamicSecret", "secrets.infisical.com/v1alpha1"),
    namespaced("InfisicalPushSecret", "secrets.infisical.com/v1alpha1"),
    namespaced("InfisicalStaticSecret", "secrets.infisical.com/v1beta1"),
    namespaced("InfisicalAuth", "secrets.infisical.com/v1beta1"),
    namespaced("InfisicalConnection", "secrets.infisical.com/v1beta1"),
    // Secrets Store CSI driver
    namespaced("SecretProviderClass", "secrets-store.csi.x-k8s.io/v1"),
    namespaced("SecretProviderClass", "secrets-store.csi.x-k8s.io/v1alpha1"),
    // Prometheus operator
    namespaced("Alertmanager", "monitoring.coreos.com/v1"),
    namespaced("AlertmanagerConfig", "monitoring.coreos.com/v1alpha1"),
    namespaced("PodMonitor", "monitoring.coreos.com/v1"),
    namespaced("Probe", "monitoring.coreos.com/v1"),
    namespaced("Prometheus", "monitoring.coreos.com/v1"),
    namespaced("PrometheusRule", "monitoring.coreos.com/v1"),
    namespaced("ScrapeConfig", "monitoring.coreos.com/v1alpha1"),
    namespaced("ServiceMonitor", "monitoring.coreos.com/v1"),
    namespaced("ThanosRuler", "monitoring.coreos.com/v1"),
    // VictoriaMetrics operator
    namespaced("VLogs", "operator.victoriametrics.com/v1beta1"),
    namespaced("VLSingle", "operator.victoriametrics.com/v1"),
    namespaced("VMAgent", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMAlert", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMAlertmanager", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMAlertmanagerConfig", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMAuth", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMCluster", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMNodeScrape", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMPodScrape", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMProbe", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMRule", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMScrapeConfig", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMServiceScrape", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMSingle", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMStaticScrape", "operator.victoriametrics.com/v1beta1"),
    namespaced("VMUser", "operator.victoriametrics.com/v1beta1"),
    // CloudNativePG
    namespaced("Backup", "postgresql.cnpg.io/v1"),
    namespaced("Cluster", "postgresql.cnpg.io/v1"),
    namespaced("Database", "postgresql.cnpg.io/v1"),
    namespaced("Pooler", "postgresql.cnpg.io/v1"),
    namespaced("ScheduledBackup", "postgresql.cnpg.io/v1"),
    // Longhorn
    namespaced("Backup", "longhorn.io/v1beta2"),
    namespaced("BackupTarget", "longhorn.io/v1beta2"),
    namespaced("Node", "longhorn.io/v1beta2"),
    namespaced("RecurringJob", "longhorn.io/v1beta2"),
    namespaced("Setting", "longhorn.io/v1beta2"),
    namespaced("Snapshot", "longhorn.io/v1beta2"),
    namespaced("Volume", "longhorn.io/v1beta2"),
    // Kyverno
    cluster("ClusterPolicy", "kyverno.io/v1"),
    namespaced("Policy", "kyverno.io/v1"),
    namespaced("PolicyException", "kyverno.io/v2"),
    namespaced("PolicyException", "kyverno.io/v2beta1"),
    namespaced("CleanupPolicy", "kyverno.io/v2"),
    cluster("ClusterCleanupPolicy", "kyverno.io/v2"),
    cluster("ValidatingPolicy", "policies.kyverno.io/v1"),
    cluster("ValidatingPolicy", "policies.kyverno.io/v1beta1"),
    cluster("ValidatingPolicy", "policies.kyverno.io/v1alpha1"),
];
