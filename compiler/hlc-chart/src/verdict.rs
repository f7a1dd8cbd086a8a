//! What a chart says of the values that it is given.
//!
//! It depends on chart and values alone, and on no place in a homelab: it can be kept, and told again of the same values wherever
//! they stand.

use hlc_schema::suggest::nearest;
use hlc_schema::{Data, DataValue, Map};
use serde::{Deserialize, Serialize};

use crate::Chart;
use crate::reads::{Reads, reads};
use crate::schema::{SchemaFault, faults};
use crate::values::same;

/// The version of what is found out and of the form it is kept in: it goes up with every change of either, templates' walk and
/// schemas included.
pub const FORMAT: &str = "1";

/// What is to be known of a chart with some values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// True when the chart may render something else each time.
    pub may_be_random: bool,
    /// What is to be said of the values, in their order; what the schema refuses comes last.
    pub faults: Vec<ValueFault>,
}

/// Something about a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueFault {
    /// The value, as keys and places in lists from the top of the values.
    pub path: Vec<String>,
    /// What there is to say.
    pub wrong: Wrong,
}

/// What there is to say of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrong {
    /// It has another shape than the chart's own.
    Shape {
        /// What the chart's own is: "a list".
        own: String,
        /// What is given.
        given: String,
        /// True when the chart's own is a list.
        list: bool,
    },
    /// No template reads it.
    Unread {
        /// What is read at this place and is spelled nearly like it.
        meant: Option<String>,
        /// Everything that is read at this place.
        read: Vec<String>,
    },
    /// It is the chart's own default.
    Default,
    /// The schema does not allow it.
    Refused {
        /// The key in it that is not allowed, if it is the key and not the value.
        key: Option<String>,
        /// What is wrong, lower case, no full stop.
        message: String,
    },
}

impl Verdict {
    /// Finds out.
    #[must_use]
    pub fn of(chart: &Chart, given: &Data) -> Self {
        let may_be_random = chart.may_be_random();
        if given.as_map().is_none_or(Map::is_empty) {
            return Self { may_be_random, faults: Vec::new() };
        }
        let mut looker = Looker { path: Vec::new(), found: Vec::new() };
        looker.look(given, &reads(chart, given), chart.defaults().as_ref());
        let refused = faults(chart, given)
            .into_iter()
            .map(|SchemaFault { path, key, message }| ValueFault { path, wrong: Wrong::Refused { key, message } });
        looker.found.extend(refused);
        Self { may_be_random, faults: looker.found }
    }
}

struct Looker {
    path: Vec<String>,
    found: Vec<ValueFault>,
}

impl Looker {
    fn look(&mut self, given: &Data, reads: &Reads, default: Option<&Data>) {
        let Some(map) = given.as_map() else { return };
        for (key, entry) in map.iter() {
            self.path.push(key.to_owned());
            self.entry(key, &entry.value, reads, default);
            self.path.pop();
        }
    }

    fn entry(&mut self, key: &str, value: &Data, reads: &Reads, beside: Option<&Data>) {
        if value.value == DataValue::Null {
            return;
        }
        let own = beside.and_then(|beside| beside.get(key));
        let below = if reads.whole { Some(reads.clone()) } else { reads.get(key) };
        // A loop over whichever keys there are that only reads fields of what it finds does nothing with a plain value.
        let is_plain = !matches!(value.value, DataValue::Map(_) | DataValue::List(_) | DataValue::Deferred(_));
        let is_usable = |below: &Reads| below.whole || below.is_leaf() || !is_plain || reads.names(key);
        let Some(below) = below.filter(is_usable) else {
            return self.unread(key, reads, beside);
        };
        if let Some(own) = own.filter(|_| !below.typed) {
            if is_other_shape(value, own) {
                let (own, given, list) =
                    (own.describe().to_owned(), value.describe().to_owned(), own.as_list().is_some());
                return self.say(Wrong::Shape { own, given, list });
            }
            if same(value, own) && value.as_map().is_none() {
                self.say(Wrong::Default);
            }
        }
        // Of what is looked at and no more, its keys may matter all the same.
        if !below.is_leaf() || below.whole {
            self.look(value, &below, own);
        }
    }

    fn unread(&mut self, key: &str, reads: &Reads, beside: Option<&Data>) {
        // What templates read, and of that first what the chart's own values name.
        let mut names: Vec<&str> = reads.keys().filter(|name| *name != "global").collect();
        let named = beside.and_then(Data::as_map);
        names.sort_by_key(|name| (named.is_none_or(|named| named.entry(name).is_none()), *name));
        let meant = nearest(key, names.iter().copied()).map(str::to_owned);
        self.say(Wrong::Unread { meant, read: names.into_iter().map(str::to_owned).collect() });
    }

    fn say(&mut self, wrong: Wrong) {
        self.found.push(ValueFault { path: self.path.clone(), wrong });
    }
}

/// True for one word where the chart has a list or a map, and for a list in the place of a map.
fn is_other_shape(value: &Data, own: &Data) -> bool {
    let is_scalar =
        !matches!(value.value, DataValue::List(_) | DataValue::Map(_) | DataValue::Null | DataValue::Deferred(_));
    let is_empty =
        |data: &Data| data.as_list().is_some_and(<[Data]>::is_empty) || data.as_map().is_some_and(Map::is_empty);
    match (&value.value, &own.value) {
        (_, DataValue::List(_) | DataValue::Map(_)) if is_scalar => true,
        // What is empty by default is sometimes taken as either.
        (DataValue::Map(_), DataValue::List(_)) | (DataValue::List(_), DataValue::Map(_)) => {
            !is_empty(own) && !is_empty(value)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hlc_diag::{FileId, Span};

    use super::*;
    use crate::{Archive, Limits};

    #[test]
    fn it_is_kept_and_told_again() {
        let files = [
            ("Chart.yaml", "name: web\nversion: 1.0.0\n"),
            ("values.yaml", "replicas: 1\nhosts: [a]\n"),
            ("values.schema.json", r#"{"properties": {"size": {"type": "integer"}}}"#),
            ("templates/a.yaml", "{{ .Values.replicas }}{{ toYaml .Values.hosts }}{{ .Values.size }}{{ uuidv4 }}"),
        ];
        let files = files.map(|(path, text)| (path.to_owned(), Arc::from(text.as_bytes())));
        let chart = Chart::of(&Archive::of("web", files), &Limits::default()).unwrap();
        let span = Span::new(FileId::new(0), 0, 0);
        let given = hlc_kube::data_from_yaml("replicas: 1\nreplica: 2\nhosts: b\nsize: large\n", span).unwrap();
        let verdict = Verdict::of(&chart, &given);
        let said: Vec<(String, &str)> = verdict
            .faults
            .iter()
            .map(|fault| {
                let word = match &fault.wrong {
                    Wrong::Shape { .. } => "shape",
                    Wrong::Unread { .. } => "unread",
                    Wrong::Default => "default",
                    Wrong::Refused { .. } => "refused",
                };
                (fault.path.join("."), word)
            })
            .collect();
        let wanted = [("replicas", "default"), ("replica", "unread"), ("hosts", "shape"), ("size", "refused")];
        assert_eq!(said, wanted.map(|(path, word)| (path.to_owned(), word)));
        assert!(verdict.may_be_random);
        let kept = serde_json::to_vec(&verdict).unwrap();
        assert_eq!(serde_json::from_slice::<Verdict>(&kept).unwrap(), verdict);
    }
}
