//! What is asked.

use hlc_engine::Fault;
use hlc_net::{Method, Request, Url};
use hlc_secrets::Secret;
use serde_json::{Map, Value, json};

/// The largest page of records that is read: 5000 of them are usually 3 MB, and a text can be 8 KB long.
const LARGEST: u64 = 64 << 20;

/// A zone, as its records name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Zone {
    pub(super) id: Id,
    /// Its name; of use to people only.
    pub(super) name: String,
}

/// What Cloudflare calls something: 32 hex digits by its documentation, at most 32 characters by its description.
///
/// Nothing else may stand in a path: an empty one would ask for something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(String);

impl Id {
    pub(super) fn new(text: &str) -> Result<Self, Fault> {
        if (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::Refused {
            message: format!("`{}` is no id of Cloudflare's", text.escape_debug()),
            help: Some("an id is 32 hex digits; that of a zone stands on its overview page at Cloudflare".to_owned()),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a token has to be allowed for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    ReadZone,
    EditRecords,
}

impl Permission {
    /// As Cloudflare calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::ReadZone => "Zone:Read",
            // Also for reading: what is read is going to be changed, and Edit holds Read.
            Self::EditRecords => "DNS:Edit",
        }
    }
}

/// A request to the API: what is asked, and what about it a message has to say.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Segments below the base.
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    pub(super) needs: Permission,
    /// The name of the zone that it is about.
    pub(super) zone: String,
}

impl Call {
    /// A page of the zones of a name, in all accounts that the token can see.
    pub(super) fn zones_named(name: &str, page: u32) -> Self {
        let query = vec![("name", name.to_owned()), ("page", page.to_string()), ("per_page", "50".to_owned())];
        let path = vec!["zones".to_owned()];
        Self { method: Method::GET, path, query, body: None, needs: Permission::ReadZone, zone: name.to_owned() }
    }

    /// A zone.
    pub(super) fn zone(zone: &Zone) -> Self {
        Self { needs: Permission::ReadZone, ..Self::below(Method::GET, zone, &[]) }
    }

    /// A page of the records of a zone.
    pub(super) fn records(zone: &Zone, page: u32, size: u32) -> Self {
        let query = vec![("page", page.to_string()), ("per_page", size.to_string())];
        Self { query, ..Self::below(Method::GET, zone, &["dns_records"]) }
    }

    /// A record.
    pub(super) fn record(zone: &Zone, id: &Id) -> Self {
        Self::below(Method::GET, zone, &["dns_records", id.as_str()])
    }

    /// Makes a record.
    pub(super) fn create(zone: &Zone, record: Map<String, Value>) -> Self {
        Self { body: Some(Value::Object(record)), ..Self::below(Method::POST, zone, &["dns_records"]) }
    }

    /// Changes what the body names of a record.
    pub(super) fn update(zone: &Zone, id: &Id, fields: Map<String, Value>) -> Self {
        Self { body: Some(Value::Object(fields)), ..Self::below(Method::PATCH, zone, &["dns_records", id.as_str()]) }
    }

    /// Deletes a record.
    pub(super) fn delete(zone: &Zone, id: &Id) -> Self {
        // The description wants a body, of no shape; no client sends one, and none is missed.
        Self::below(Method::DELETE, zone, &["dns_records", id.as_str()])
    }

    /// Deletes, changes and makes records of a zone, all or none. `patches` name their record in a field `id`.
    pub(super) fn batch(
        zone: &Zone,
        deletes: &[Id],
        patches: Vec<Map<String, Value>>,
        posts: Vec<Map<String, Value>>,
    ) -> Self {
        let deletes = deletes.iter().map(|id| json!({"id": id.as_str()})).collect();
        let objects = |all: Vec<Map<String, Value>>| all.into_iter().map(Value::Object).collect();
        let verbs = [("deletes", deletes), ("patches", objects(patches)), ("posts", objects(posts))];
        let asked = verbs.into_iter().filter(|(_, all): &(_, Vec<Value>)| !all.is_empty());
        let body = asked.map(|(verb, all)| (verb.to_owned(), Value::Array(all))).collect();
        Self { body: Some(Value::Object(body)), ..Self::below(Method::POST, zone, &["dns_records", "batch"]) }
    }

    fn below(method: Method, zone: &Zone, path: &[&str]) -> Self {
        let path = ["zones", zone.id.as_str()].iter().chain(path).map(|segment| (*segment).to_owned()).collect();
        let (query, body, needs) = (Vec::new(), None, Permission::EditRecords);
        Self { method, path, query, body, needs, zone: zone.name.clone() }
    }

    /// True when nothing changes by it.
    pub(super) fn only_reads(&self) -> bool {
        self.method == Method::GET
    }

    /// The request as it is sent.
    pub(super) fn request(&self, base: &Url, token: &Secret) -> Request {
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(&self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let request = Request::new(self.method.clone(), url)
            .accept("application/json")
            .limit(LARGEST)
            .login(Some(hlc_net::Login::Bearer(token.clone())));
        match &self.body {
            None => request,
            Some(body) => request.json(body.to_string().into_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(call: &Call, base: &str) -> String {
        format!("{:?}", call.request(&Url::parse(base).unwrap(), &Secret::from("t".to_owned())))
    }

    #[test]
    fn paths_are_below_the_base() {
        let zone = Zone { id: Id::new("0a").unwrap(), name: "example.net".to_owned() };
        for base in ["http://127.0.0.1/client/v4", "http://127.0.0.1/client/v4/"] {
            assert_eq!(
                sent(&Call::records(&zone, 1, 5), base),
                "GET http://127.0.0.1/client/v4/zones/0a/dns_records?…"
            );
            let one = Call::delete(&zone, &Id::new("0b").unwrap());
            assert_eq!(sent(&one, base), "DELETE http://127.0.0.1/client/v4/zones/0a/dns_records/0b");
        }
    }

    #[test]
    fn a_batch_names_only_what_it_does() {
        let zone = Zone { id: Id::new("0a").unwrap(), name: "example.net".to_owned() };
        let call = Call::batch(&zone, &[Id::new("0b").unwrap()], Vec::new(), vec![Map::new()]);
        assert_eq!(call.body, Some(json!({"deletes": [{"id": "0b"}], "posts": [{}]})));
    }
}
