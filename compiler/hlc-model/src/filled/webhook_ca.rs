//! CAs of services that the API server calls.
//!
//! cert-manager puts them in where an annotation asks for it (cert-manager, "CA Injector"). Where a manifest names a Service and no
//! CA, the program behind it puts in its own: without one the API server would look for the Service's certificate among those of
//! its operating system (Kubernetes, API of `WebhookClientConfig` and `APIServiceSpec`).

use hlc_plan::PlannedObject;
use hlc_schema::Data;

use super::{Filled, of_kind};

const ADMISSION: &str = "admissionregistration.k8s.io";

/// Annotations of cert-manager that ask for a CA.
const INJECTED: &[&str] =
    &["cert-manager.io/inject-ca-from", "cert-manager.io/inject-ca-from-secret", "cert-manager.io/inject-apiserver-ca"];

pub(super) fn find<'o>(objects: &'o [PlannedObject], found: &mut Vec<Filled<'o>>) {
    for kind in ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] {
        for object in of_kind(objects, ADMISSION, kind) {
            let hooks = object.body.get("webhooks").and_then(Data::as_list).unwrap_or_default();
            let clients: Vec<&Data> = hooks.iter().filter_map(|hook| hook.get("clientConfig")).collect();
            if clients.iter().any(|client| is_filled(object, client)) {
                let stated = clients.iter().any(|client| client.get("caBundle").is_some());
                // As "Diffing Customization" of Argo CD writes it.
                let jq = vec![".webhooks[]?.clientConfig.caBundle"];
                found.push(Filled { object, pointers: Vec::new(), jq, stated });
            }
        }
    }
    let services = of_kind(objects, "apiregistration.k8s.io", "APIService");
    let services = services.filter_map(|object| Some((object, object.body.get("spec")?, "/spec/caBundle")));
    let definitions = of_kind(objects, "apiextensions.k8s.io", "CustomResourceDefinition").filter_map(|object| {
        let client = object.body.at(&["spec", "conversion", "webhook", "clientConfig"])?;
        Some((object, client, "/spec/conversion/webhook/clientConfig/caBundle"))
    });
    for (object, client, pointer) in services.chain(definitions) {
        if is_filled(object, client) {
            found.push(Filled::pointer(object, pointer, client.get("caBundle").is_some()));
        }
    }
}

/// True when somebody else says which CA it is.
fn is_filled(object: &PlannedObject, client: &Data) -> bool {
    let annotations = object.body.at(&["metadata", "annotations"]).and_then(Data::as_map);
    if annotations.is_some_and(|map| INJECTED.iter().any(|key| map.get(key).is_some())) {
        return true;
    }
    let unverified =
        client.get("insecureSkipTLSVerify").is_some_and(|flag| flag.value == hlc_schema::DataValue::Bool(true));
    let has_service = client.get("service").is_some_and(|service| service.as_map().is_some());
    has_service && !unverified && !client.get("caBundle").and_then(Data::as_str).is_some_and(is_bundle)
}

/// `-----BEGIN` in Base64. Charts write an empty text or an encoded line end where something else is to come.
fn is_bundle(text: &str) -> bool {
    text.starts_with("LS0tLS1CRUdJTi")
}
