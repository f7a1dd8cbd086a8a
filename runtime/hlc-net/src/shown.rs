//! URLs as they may be seen.

use reqwest::Url;

/// A URL without user, password, query and fragment: those of signed URLs are secrets.
#[must_use]
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Schemes without an authority have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let cut = url.query().is_some();
    url.set_query(None);
    url.set_fragment(None);
    if cut { format!("{url}?…") } else { url.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_left_out() {
        let show = |text: &str| shown(&Url::parse(text).unwrap());
        assert_eq!(show("https://u:p@a.example/x.tgz?sig=abc#frag"), "https://a.example/x.tgz?…");
        assert_eq!(show("http://127.0.0.1:8080/index.yaml"), "http://127.0.0.1:8080/index.yaml");
    }
}
