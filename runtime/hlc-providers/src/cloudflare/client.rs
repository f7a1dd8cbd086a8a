//! Sends, and judges what is answered.

use hlc_engine::Fault;
use hlc_net::{Client, Url};
use hlc_secrets::Secret;
use serde::de::DeserializeOwned;

use super::answer::{ApiError, Envelope, PageInfo};
use super::request::Call;
use super::{BASE, Settings, SetupError, fault};

/// The API, asked with a token.
pub(super) struct Api {
    net: Client,
    base: Url,
    token: Secret,
    /// How many records are asked for at once.
    pub(super) page: u32,
}

/// What was asked for, and which page of it that is.
#[derive(Debug)]
pub(super) struct Told<T> {
    pub(super) result: T,
    pub(super) page: Option<PageInfo>,
}

impl Api {
    pub(super) fn new(token: Secret, settings: Settings) -> Result<Self, SetupError> {
        let base = match settings.base {
            Some(base) => base,
            None => Url::parse(BASE).map_err(|error| SetupError(error.to_string()))?,
        };
        if base.cannot_be_a_base() {
            return Err(SetupError(format!("`{}` is no address of an API", hlc_net::shown(&base))));
        }
        let net = Client::new(concat!("hlc/", env!("CARGO_PKG_VERSION")), settings.policy);
        let net = net.map_err(|reason| SetupError(reason.to_string()))?;
        Ok(Self { net, base, token, page: settings.page.max(1) })
    }

    /// Asks once.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &Call) -> Result<Told<T>, Fault> {
        let request = call.request(&self.base, &self.token);
        let answer = self.net.send(&request).await.map_err(|error| fault::unanswered(call, &error))?;
        judge(call, answer.status.as_u16(), &answer.body, &self.token)
    }
}

/// What an answer means. `token` is what must not be in a message, whatever the other side says.
fn judge<T: DeserializeOwned>(call: &Call, status: u16, body: &[u8], token: &Secret) -> Result<Told<T>, Fault> {
    let garbled = |error: serde_json::Error| fault::garbled(call, status, &hidden(&error.to_string(), token));
    let refused = |errors: &[ApiError]| {
        let said = fault::said(status, errors);
        fault::refused(call, status, errors, hidden(&said, token))
    };
    let envelope: Envelope = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        // What stands before the API also counts requests, and answers a web page.
        Err(_) if status == 429 => return Err(refused(&[])),
        Err(error) => return Err(garbled(error)),
    };
    let is_success = (200..300).contains(&status);
    if !is_success || !envelope.success.unwrap_or(is_success) {
        return Err(refused(&envelope.into_errors()));
    }
    let page = envelope.result_info;
    Ok(Told { result: serde_json::from_value(envelope.result).map_err(garbled)?, page })
}

/// A text without the token.
fn hidden(text: &str, token: &Secret) -> String {
    match std::str::from_utf8(token.expose()) {
        Ok(token) if !token.is_empty() => text.replace(token, "[secret]"),
        Ok(_) | Err(_) => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cloudflare::request::{Id, Zone};

    fn zone() -> Zone {
        Zone { id: Id::new("023e105f4ecef8ad9ca31a8372d0c353").unwrap(), name: "example.net".to_owned() }
    }

    fn write() -> Call {
        Call::create(&zone(), serde_json::Map::new())
    }

    fn read() -> Call {
        Call::zone(&zone())
    }

    fn judged(call: &Call, status: u16, body: &str) -> Result<Value, Fault> {
        judge(call, status, body.as_bytes(), &Secret::from("t0ken".to_owned())).map(|told| told.result)
    }

    fn refusal(code: u32, message: &str) -> String {
        let errors = json!([{"code": code, "message": message}]);
        json!({"success": false, "errors": errors, "messages": [], "result": null}).to_string()
    }

    #[test]
    fn success_is_what_both_status_and_envelope_say() {
        let body = r#"{"success":true,"errors":[],"messages":[],"result":{"id":"a"}}"#;
        assert_eq!(judged(&write(), 200, body), Ok(json!({"id": "a"})));
        // The description of deletions names nothing but the result.
        assert_eq!(judged(&write(), 200, r#"{"result":{"id":"a"}}"#), Ok(json!({"id": "a"})));
        let no = judged(&write(), 200, &refusal(1004, "DNS Validation Error."));
        let message = "Cloudflare answers: DNS Validation Error (1004)".to_owned();
        assert_eq!(no, Err(Fault::Refused { message, help: None }));
    }

    #[test]
    fn codes_and_statuses_mean_faults() {
        let fault = |status, code, message| judged(&write(), status, &refusal(code, message)).unwrap_err();
        let exists = "Cloudflare answers: An identical record already exists (81058)";
        assert_eq!(fault(400, 81058, "An identical record already exists."), Fault::Exists(exists.to_owned()));
        assert!(matches!(fault(409, 81057, "The record already exists."), Fault::Exists(_)));
        assert!(matches!(fault(400, 81053, "An A, AAAA or CNAME record with that host already exists."),
            Fault::Refused { help: Some(help), .. } if help.contains("CNAME")));
        assert_eq!(fault(404, 81044, "Record does not exist."), Fault::Gone);
        assert_eq!(
            fault(400, 7003, "Could not route to /zones/x, perhaps your object identifier is invalid?"),
            Fault::Gone
        );
        for (status, code) in [(401, 1000), (403, 10000), (403, 9109), (400, 6003), (400, 9109), (403, 4711)] {
            let Fault::Denied { help, .. } = fault(status, code, "No.") else { panic!("{status} {code}") };
            assert!(help.contains("`DNS:Edit`") && help.contains("`example.net`"), "{help}");
        }
        assert!(matches!(fault(429, 10429, "Too many."), Fault::Unavailable(_)));
        assert!(matches!(fault(503, 1, "Down."), Fault::Unclear(_)));
        assert!(matches!(fault(500, 10000, "Internal error."), Fault::Unclear(_)));
        assert!(matches!(judged(&read(), 503, &refusal(1, "Down.")), Err(Fault::Unavailable(_))));
        let Err(Fault::Denied { help, .. }) = judged(&read(), 403, &refusal(9109, "No.")) else { panic!() };
        assert!(help.contains("`Zone:Read`"), "{help}");
    }

    #[test]
    fn what_is_behind_a_reason_is_said_in_one_line() {
        let body = json!({"success": false, "errors": [{"code": 1004, "message": "DNS Validation Error", "error_chain":
            [{"code": 9005, "message": "Content for A record is invalid.\nMust be a valid IPv4 address"}]}]});
        let Err(Fault::Refused { message, .. }) = judged(&write(), 400, &body.to_string()) else { panic!() };
        assert_eq!(
            message,
            "Cloudflare answers: DNS Validation Error (1004): Content for A record is invalid. Must be a valid IPv4 address (9005)"
        );
    }

    #[test]
    fn an_answer_of_somebody_else_says_nothing_about_a_write() {
        for (status, body) in [
            (200, ""),
            (200, r#"{"success":true,"resu"#),
            (400, "<html>"),
            (502, "<html>Bad gateway</html>"),
            (204, ""),
        ] {
            assert!(matches!(judged(&write(), status, body), Err(Fault::Unclear(_))), "{status} {body}");
            assert!(matches!(judged(&read(), status, body), Err(Fault::Unavailable(_))), "{status} {body}");
        }
        assert!(matches!(judged(&write(), 429, "<html>"), Err(Fault::Unavailable(_))));
    }

    #[test]
    fn a_success_that_is_not_what_was_asked_for_is_unclear() {
        let body = br#"{"success":true,"errors":[],"messages":[],"result":{"name":"t0ken"}}"#;
        let told = judge::<crate::cloudflare::answer::Record>(&write(), 200, body, &Secret::from("t0ken".to_owned()));
        assert!(matches!(told, Err(Fault::Unclear(_))));
    }

    #[test]
    fn the_token_is_in_no_message() {
        let body = refusal(1004, "You said Bearer t0ken.");
        let fault = judged(&write(), 400, &body).unwrap_err();
        assert_eq!(fault.to_string(), "Cloudflare answers: You said Bearer [secret] (1004)");
    }
}
