//! How a person says that a danger is meant.

use std::fmt;
use std::str::FromStr;

use hlc_diag::Code;
use hlc_schema::suggest::nearest;

use crate::{Danger, codes};

/// A danger that is meant: `HLC1070` for every one of that kind, `HLC1070:PersistentVolumeClaim/web/data` for that of one
/// object. The code's name will do too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    code: &'static Code,
    object: Option<String>,
}

/// A text that accepts nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptanceError {
    written: String,
}

impl fmt::Display for AcceptanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no danger", self.written)?;
        let names = codes().into_iter().flat_map(|code| [code.id, code.name]);
        match nearest(&self.written, names) {
            Some(near) => write!(f, "; did you mean `{near}`?"),
            None => {
                let ids: Vec<_> = codes().into_iter().map(|code| code.id).collect();
                write!(f, "; there are {}", ids.join(", "))
            }
        }
    }
}

impl std::error::Error for AcceptanceError {}

impl FromStr for Acceptance {
    type Err = AcceptanceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (code, object) = text.split_once(':').map_or((text, None), |(code, object)| (code, Some(object)));
        let found = codes().into_iter().find(|known| known.id.eq_ignore_ascii_case(code) || known.name == code);
        let code = found.ok_or_else(|| AcceptanceError { written: code.to_owned() })?;
        Ok(Self { code, object: object.map(str::to_owned) })
    }
}

impl Acceptance {
    /// True when this danger is meant.
    #[must_use]
    pub fn covers(&self, danger: &Danger) -> bool {
        let is_object = |object: &String| danger.object.as_ref().is_some_and(|id| id.slug() == *object);
        self.code == danger.code && self.object.as_ref().is_none_or(is_object)
    }
}
