//! Text of any length that looks like a homelab.

use std::fmt::Write as _;

/// At least `count` lines of about 40 bytes.
pub(crate) fn lines(count: usize) -> String {
    let mut text = String::with_capacity(count * 44);
    let mut index = 0;
    let mut written = 0;
    while written < count {
        let before = text.len();
        workload(&mut text, index);
        written += text.get(before..).map_or(0, |part| part.matches('\n').count());
        index += 1;
    }
    text
}

fn workload(text: &mut String, index: usize) {
    let _ = write!(
        text,
        r##"// workload {index}: what it is for, and who uses it
workload "app-{index}" category="media" {{
    namespace "app-{index}"
    Deployment "app-{index}" {{
        spec replicas=1 {{
            selector {{ matchLabels app=app-{index} }}
            template {{
                metadata {{ labels app=app-{index} tier="backend" }}
                spec runtimeClassName=nvidia {{
                    containers {{
                        - name=app image="registry.example/app:{index}.2.1" {{
                            env {{
                                - name=CLI_ARGS value="--listen 0.0.0.0 --port 8188"
                                - name=PASSWORD_FILE value="/run/secrets/app\\password"
                            }}
                            ports {{ - name=http containerPort=8188 protocol=TCP }}
                            resources {{
                                limits cpu="4000m" memory="8Gi" "nvidia.com/gpu"=1
                                requests cpu="1000m" memory="1Gi"
                            }}
                            volumeMounts {{ - name=data mountPath="/data" readOnly=#true }}
                            /- securityContext runAsUser=1000
                        }}
                    }}
                    volumes {{ - name=data {{ persistentVolumeClaim claimName=app }} }}
                }}
            }}
        }}
    }}
    chart "app" version="10.7.{index}" repo="https://charts.example.com" {{
        values {{
            config (yaml)#"""
                server:
                  port: 8080
                """#
            envFromSecret app-oauth; replicas 0x10
            persistence enabled=#true size="10Gi"
            service type=ClusterIP port=3000 // the default
        }}
    }}
    secret "app" path="/app" {{ keys "ADMIN_USER" "ADMIN_PASSWORD" }}
    route "app-{index}" service="app" port=8188 {{
        public auth="own"
    }}

    client-secret (secret)APP_{index}_CLIENT_SECRET
}}
"##
    );
}
