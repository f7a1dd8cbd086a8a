//! Components: nodes that are written once and used under several names.
//!
//! They are expanded before anything is read (`expand.rs`); these declarations check their form and make their pages.

use std::net::Ipv4Addr;

use hlc_schema::decode::literal_value;
use hlc_schema::scalar::{Bytes, DnsLabel, Duration, Fqdn, HttpUrl, Mismatch, Port};
use hlc_schema::setting::mismatched;
use hlc_schema::{Choice, DataValue, Def, Expr, Node, Ref, Scalar, Spanned, TypeDecl};

use hlc_diag::{Diagnostic, Span};
use hlc_syntax::Value;

/// Nodes that are written once and used wherever such nodes may stand: `use "NAME" PARAM=VALUE`.
///
/// Inside, `(ref)param.NAME` and `(fmt)"{param.NAME}-data"` stand for what the `use` gives, also where a name is declared or
/// referred to. `slot` is replaced by what stands between the braces of the `use`. A component may use others, but not
/// itself; there are no conditions and no loops.
#[derive(Debug, Node)]
#[node(
    name = "component",
    open,
    example = r#"component "web-app" {
    param "name" type="name"
    param "port" type="port" default=80
    namespace (ref)param.name
    Service (ref)param.name {
        spec {
            selector app=(ref)param.name
            ports { - port=(ref)param.port }
        }
    }
    route (ref)param.name service=(ref)param.name port=(ref)param.port
    slot
}"#
)]
pub struct Component {
    /// The component's name.
    #[arg]
    pub name: Def<Component>,
    /// What a `use` gives.
    #[block]
    pub param: Vec<Param>,
    /// The place of what stands between the braces of a `use`; at any depth, once.
    #[block]
    pub slot: Vec<Slot>,
}

/// What a `use` gives to a component.
#[derive(Debug, Node)]
#[node(name = "param", scope = Local, example = r#"param "size" type="bytes" default="50Gi""#)]
pub struct Param {
    /// The parameter's name.
    #[arg]
    pub name: Def<Param>,
    /// What its value has to be.
    #[prop(name = "type", default = "\"text\"")]
    pub ty: Option<Spanned<ParamType>>,
    /// The value when a `use` gives none; a parameter without a default has to be given.
    #[prop]
    pub default: Option<Expr<Literal>>,
}

/// The place of what stands between the braces of a `use`.
#[derive(Debug, Node)]
#[node(name = "slot", example = "slot")]
pub struct Slot {}

/// The nodes of a component, with values for its parameters.
///
/// It stands wherever those nodes may stand. Values are properties; between the braces stands what the component's `slot`
/// is replaced by.
#[derive(Debug, Node)]
#[node(
    name = "use",
    open,
    example = r#"use "web-app" name="whoami" port=8080 {
    endpoint "whoami" service="whoami" port=8080
}"#
)]
pub struct Use {
    /// The component.
    #[arg]
    pub component: Ref<Component>,
}

/// What the value of a parameter has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choice)]
pub enum ParamType {
    /// Any text.
    Text,
    /// A name of lower case letters, digits and `-`.
    Name,
    /// A whole number.
    Integer,
    /// `#true` or `#false`.
    Bool,
    /// A TCP or UDP port.
    Port,
    /// An amount of memory or disk.
    Bytes,
    /// A quantity as Kubernetes reads it.
    Quantity,
    /// A span of time.
    Duration,
    /// A container image.
    Image,
    /// A host name.
    Fqdn,
    /// An IPv4 address.
    Ip,
    /// An IPv4 network.
    Cidr,
    /// An `http` or `https` URL.
    Url,
}

impl ParamType {
    /// Why a literal does not fit; `None` when it does.
    pub(crate) fn fault(self, value: Value<'_>, span: Span) -> Option<Diagnostic> {
        let value = match literal_value(value, span) {
            Ok(value) => value,
            Err(found) => return Some(*found),
        };
        match self {
            Self::Text => check::<String>(&value, span),
            Self::Name => check::<DnsLabel>(&value, span),
            Self::Integer => check::<Integer>(&value, span),
            Self::Bool => check::<bool>(&value, span),
            Self::Port => check::<Port>(&value, span),
            Self::Bytes => {
                check::<Bytes>(&value, span).and_then(|found| check::<Quantity>(&value, span).and(Some(found)))
            }
            Self::Quantity => check::<Quantity>(&value, span),
            Self::Duration => check::<Duration>(&value, span),
            Self::Image => check::<Image>(&value, span),
            Self::Fqdn => check::<Fqdn>(&value, span),
            Self::Ip => check::<Ipv4Addr>(&value, span),
            Self::Cidr => check::<ipnet::Ipv4Net>(&value, span),
            Self::Url => check::<HttpUrl>(&value, span),
        }
    }
}

fn check<T: Scalar>(value: &DataValue, span: Span) -> Option<Diagnostic> {
    T::from_value(value).err().map(|mismatch| mismatched::<T>(value, span, &mismatch))
}

/// Text, a number or a boolean.
#[derive(Clone, Debug, PartialEq)]
pub struct Literal(DataValue);

impl Scalar for Literal {
    const TYPE: TypeDecl = TypeDecl::new("value", "text, a number, `#true` or `#false`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        if *value == DataValue::Null { Err(Mismatch::default()) } else { Ok(Self(value.clone())) }
    }

    fn to_value(&self) -> DataValue {
        self.0.clone()
    }
}

struct Integer(i128);

impl Scalar for Integer {
    const TYPE: TypeDecl = TypeDecl::new("integer", "a whole number such as `4`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        if let DataValue::Integer(number) = value { Ok(Self(number.get())) } else { Err(Mismatch::default()) }
    }

    fn to_value(&self) -> DataValue {
        DataValue::integer(self.0)
    }
}

struct Quantity(DataValue);

impl Scalar for Quantity {
    const TYPE: TypeDecl = TypeDecl::new("quantity", "a quantity such as `\"500m\"` or `\"10Gi\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let fits = match value {
            DataValue::Integer(_) => true,
            DataValue::String(text) => hlc_kube::is_quantity(text),
            DataValue::Null
            | DataValue::Bool(_)
            | DataValue::Float(_)
            | DataValue::List(_)
            | DataValue::Map(_)
            | DataValue::Deferred(_) => false,
        };
        if fits { Ok(Self(value.clone())) } else { Err(Mismatch::default()) }
    }

    fn to_value(&self) -> DataValue {
        self.0.clone()
    }
}

/// `[HOST/]PATH[:TAG][@DIGEST]` (the distribution project's reference grammar).
struct Image(String);

impl Scalar for Image {
    const TYPE: TypeDecl = TypeDecl::new("image", "a container image such as `\"traefik/whoami:v1.11\"`");

    fn from_value(value: &DataValue) -> Result<Self, Mismatch> {
        let DataValue::String(text) = value else { return Err(Mismatch::default()) };
        let wrong = |reason: &str| Err(Mismatch { reason: Some(reason.to_owned()), instead: None });
        if text.contains("://") {
            return wrong("an image has no scheme in front");
        }
        let (name, digest) = text.split_once('@').map_or((text.as_str(), None), |(name, digest)| (name, Some(digest)));
        if digest.is_some_and(|digest| digest.split_once(':').is_none_or(|(_, hash)| hash.is_empty())) {
            return wrong("a digest is written `@sha256:…`");
        }
        let (path, last) = name.rsplit_once('/').map_or(("", name), |(path, last)| (path, last));
        let (last, tag) = last.split_once(':').map_or((last, None), |(last, tag)| (last, Some(tag)));
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b':'))
        };
        let is_tag = |tag: &str| {
            !tag.is_empty() && tag.len() <= 128 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        };
        if last.bytes().any(|b| b.is_ascii_uppercase()) {
            return wrong("the name of an image is lower case");
        }
        let sound = is_part(last) && (path.is_empty() || path.split('/').all(is_part)) && tag.is_none_or(is_tag);
        if sound { Ok(Self(text.as_str().to_owned())) } else { Err(Mismatch::default()) }
    }

    fn to_value(&self) -> DataValue {
        DataValue::string(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(ty: ParamType, value: Value<'_>) -> bool {
        ty.fault(value, Span::new(hlc_diag::FileId::new(0), 0, 0)).is_none()
    }

    fn text(ty: ParamType, text: &'static str) -> bool {
        fits(ty, Value::String(text.into()))
    }

    #[test]
    fn amounts_are_written_as_machines_and_kubernetes_write_them() {
        for good in ["50Gi", "6GiB", "500M"] {
            assert!(text(ParamType::Bytes, good), "{good}");
        }
        assert!(!text(ParamType::Bytes, "large"));
        assert!(text(ParamType::Quantity, "500m") && !text(ParamType::Quantity, "6GiB"));
    }

    #[test]
    fn images() {
        for good in ["nginx", "traefik/whoami:v1.11", "localhost:5000/a/b:latest", "ghcr.io/x/y@sha256:0123"] {
            assert!(text(ParamType::Image, good), "{good}");
        }
        for bad in ["", "https://ghcr.io/x", "a b", "x:", "x/", "x@sha256", "Traefik"] {
            assert!(!text(ParamType::Image, bad), "{bad}");
        }
    }

    #[test]
    fn a_text_is_no_number() {
        assert!(!text(ParamType::Integer, "4") && !text(ParamType::Port, "80") && !text(ParamType::Bool, "true"));
        assert!(fits(ParamType::Bool, Value::Bool(true)) && !fits(ParamType::Text, Value::Bool(true)));
        assert!(!fits(ParamType::Text, Value::Null));
    }
}
