//! How long one object takes: judged, written, looked up. The first judgement of a process also decodes what it needs of
//! the schemas; that is printed once.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use criterion::{Criterion, criterion_group, criterion_main};
use hlc_diag::{FileId, Span};
use hlc_kube::Lookup;

const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: web, labels: {app: web}, annotations: {note: x}}
spec:
  replicas: 1
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: web}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: web}}
    spec:
      runtimeClassName: nvidia
      enableServiceLinks: false
      nodeSelector: {kubernetes.io/os: linux}
      securityContext: {runAsUser: 1000, runAsNonRoot: true, fsGroup: 1000, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: web
          image: docker.io/library/nginx:1.29
          imagePullPolicy: IfNotPresent
          args: [a, b]
          env:
            - {name: A, value: a}
            - {name: B, valueFrom: {secretKeyRef: {name: web, key: b}}}
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
          readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 10}
          resources: {limits: {cpu: 500m, memory: 512Mi}, requests: {cpu: 100m, memory: 128Mi}}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          volumeMounts:
            - {name: data, mountPath: /data}
      volumes:
        - {name: data, persistentVolumeClaim: {claimName: web}}
";

fn benches(c: &mut Criterion) {
    let data = hlc_kube::data_from_yaml(DEPLOYMENT, Span::new(FileId::new(0), 0, 0)).unwrap();
    let start = std::time::Instant::now();
    assert!(matches!(hlc_kube::lookup("Deployment", None), Lookup::Found(_)));
    let opened = start.elapsed();
    let found = hlc_kube::validate("apps/v1", "Deployment", &data);
    let first = start.elapsed();
    assert_eq!(found, []);
    println!("first in the process: tables {opened:?}, with the first judgement {first:?}");

    c.bench_function("validate a deployment", |b| b.iter(|| hlc_kube::validate("apps/v1", "Deployment", &data)));
    let unknown = DEPLOYMENT.replace("enableServiceLinks: false", "frobnicate: 1");
    let unknown = hlc_kube::data_from_yaml(&unknown, Span::new(FileId::new(0), 0, 0)).unwrap();
    assert_eq!(hlc_kube::validate("apps/v1", "Deployment", &unknown).len(), 1);
    c.bench_function("validate a deployment with a field nobody knows", |b| {
        b.iter(|| hlc_kube::validate("apps/v1", "Deployment", &unknown))
    });
    c.bench_function("write a deployment", |b| b.iter(|| hlc_kube::to_yaml(&data)));
    c.bench_function("look up a kind", |b| b.iter(|| hlc_kube::lookup("Deployment", None)));
    c.bench_function("suggest a kind", |b| b.iter(|| hlc_kube::lookup("Deploymnet", None)));
}

criterion_group!(all, benches);
criterion_main!(all);
