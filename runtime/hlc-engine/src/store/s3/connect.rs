//! Which bucket, where, and who logs in.

use std::sync::Arc;
use std::time::Duration;

use hlc_schema::scalar::HttpUrl;
use hlc_secrets::Secret;
use object_store::aws::AmazonS3Builder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use crate::store::StoreError;

/// A place in a bucket.
#[derive(Clone, Debug)]
pub struct S3Settings {
    /// The bucket.
    pub bucket: String,
    /// Its region; else that of the environment (`AWS_REGION`, `AWS_DEFAULT_REGION`).
    pub region: Option<String>,
    /// Where its server answers when it is not AWS: a URL with `https://`, or `http://` to this machine.
    pub endpoint: Option<HttpUrl>,
    /// What the names of its objects begin with, as folders.
    pub prefix: String,
    /// Who logs in; else who the environment says (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`).
    pub keys: Option<S3Keys>,
}

/// Who logs in.
#[derive(Clone, Debug)]
pub struct S3Keys {
    /// The id of the access key.
    pub access: Secret,
    /// The key itself.
    pub secret: Secret,
}

/// The bucket, and how people know the place in it.
pub(super) fn connect(settings: &S3Settings) -> Result<(Arc<dyn ObjectStore>, String), StoreError> {
    let mut place = format!("s3://{}", settings.bucket);
    if !settings.prefix.is_empty() {
        place = format!("{place}/{}", settings.prefix);
    }
    let failed = |why: &str| StoreError::Failed { place: place.clone(), why: why.to_owned() };
    // AWS has no region of its own for buckets; servers of others mostly do not care, and take the oldest one (R2, MinIO, Garage).
    let region =
        settings.region.clone().or_else(|| environment("AWS_REGION")).or_else(|| environment("AWS_DEFAULT_REGION"));
    let region = region.or_else(|| settings.endpoint.as_ref().map(|_| "us-east-1".to_owned()));
    let region =
        region.ok_or_else(|| failed("nothing says in which region the bucket is: set `region`, or AWS_REGION"))?;
    let options =
        ClientOptions::new().with_connect_timeout(Duration::from_secs(10)).with_timeout(Duration::from_secs(30));
    let retry =
        RetryConfig { backoff: BackoffConfig::default(), max_retries: 4, retry_timeout: Duration::from_secs(60) };
    let mut builder = AmazonS3Builder::new().with_bucket_name(&settings.bucket).with_region(region).with_retry(retry);
    if let Some(endpoint) = &settings.endpoint {
        if endpoint.is_overheard() {
            return Err(failed("the endpoint has to be https: states do not go through a network in plain text"));
        }
        let endpoint = endpoint.as_str();
        let plain = endpoint.starts_with("http://");
        builder = builder.with_endpoint(endpoint.trim_end_matches('/')).with_allow_http(plain);
        builder = builder.with_virtual_hosted_style_request(false).with_client_options(options.with_allow_http(plain));
    } else {
        builder = builder.with_client_options(options);
    }
    builder = match &settings.keys {
        Some(keys) => builder
            .with_access_key_id(text(&keys.access).ok_or_else(|| failed("the access key is no text"))?)
            .with_secret_access_key(text(&keys.secret).ok_or_else(|| failed("the secret key is no text"))?),
        None => {
            let keys = environment("AWS_ACCESS_KEY_ID").zip(environment("AWS_SECRET_ACCESS_KEY"));
            let (access, secret) = keys.ok_or_else(|| {
                failed("nothing says who logs in: set `access-key` and `secret-key`, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
            })?;
            let builder = builder.with_access_key_id(access).with_secret_access_key(secret);
            match environment("AWS_SESSION_TOKEN") {
                Some(token) => builder.with_token(token),
                None => builder,
            }
        }
    };
    // What it says could hold what it was given.
    let built = builder.build().map_err(|_| failed("the bucket, region or endpoint cannot be"))?;
    Ok((Arc::new(built), place))
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn text(secret: &Secret) -> Option<&str> {
    std::str::from_utf8(secret.expose()).ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use hlc_schema::DataValue;
    use hlc_schema::scalar::{HttpUrl, Scalar as _};

    use super::{S3Keys, S3Settings, connect};

    #[test]
    fn settings_that_cannot_be_are_refused_without_telling_a_key() {
        let secret = |text: &str| hlc_secrets::Secret::from(text.to_owned());
        let settings = S3Settings {
            bucket: "states".to_owned(),
            region: Some("eu-central-1".to_owned()),
            endpoint: None,
            prefix: "home".to_owned(),
            keys: Some(S3Keys { access: secret("AKIDEXAMPLE"), secret: secret("hunter2") }),
        };
        assert_eq!(connect(&settings).map(|(_, place)| place).unwrap(), "s3://states/home");
        let endpoint = HttpUrl::from_value(&DataValue::string("http://minio.example.net:9000")).ok();
        let error = connect(&S3Settings { endpoint, ..settings.clone() }).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("s3://states/home: the endpoint has to be https"), "{error}");
        let shown = format!("{settings:?}");
        assert!(!shown.contains("hunter2") && !shown.contains("AKIDEXAMPLE"), "{shown}");
    }
}
