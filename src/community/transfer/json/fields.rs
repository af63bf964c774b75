//! What an object says, read as what is meant.

use serde_json::{Map, Value};

use crate::base::clock::Millis;
use crate::community::transfer::moment::is_set;

/// Reading an object's fields; what is missing or of another kind is empty.
pub trait Fields {
    /// Text, or a number written as one; also of what document databases wrap in an object: ids, times, long numbers.
    fn text(&self, name: &str) -> String;

    /// Whether it is said: `true`, also as text or as 1.
    fn flag(&self, name: &str) -> bool;

    /// A whole number, also as text.
    fn number(&self, name: &str) -> Option<i64>;

    /// A time as RFC 3339 has it.
    /// Nothing before 1970, where only what was never set lies.
    fn moment(&self, name: &str) -> Option<Millis> {
        self.date(name).filter(|moment| moment.0 >= 0)
    }
    fn date(&self, name: &str) -> Option<Millis>;

    /// The object in a field.
    fn inner(&self, name: &str) -> Option<&Map<String, Value>>;

    /// The objects of the list in a field.
    fn list(&self, name: &str) -> impl Iterator<Item = &Map<String, Value>>;
}

const WRAPPERS: [&str; 6] = ["$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "iso"];

/// What a document database's object stands for, or the value itself.
fn unwrapped(value: &Value) -> &Value {
    let inner = value.as_object().and_then(|object| WRAPPERS.iter().find_map(|name| object.get(*name)));
    inner.map_or(value, unwrapped)
}

impl Fields for Map<String, Value> {
    fn text(&self, name: &str) -> String {
        match self.get(name).map(unwrapped) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    fn flag(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(said)) => *said,
            Some(Value::String(text)) => matches!(text.trim(), "true" | "1"),
            Some(Value::Number(number)) => number.as_i64() == Some(1),
            _ => false,
        }
    }

    fn number(&self, name: &str) -> Option<i64> {
        match unwrapped(self.get(name)?) {
            #[expect(clippy::cast_possible_truncation, reason = "a cast from a float stops at the ends")]
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|float| float as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn date(&self, name: &str) -> Option<Millis> {
        Millis::parse(self.get(name)?.as_str()?.trim()).ok().filter(|date| is_set(*date))
    }

    fn inner(&self, name: &str) -> Option<&Map<String, Value>> {
        self.get(name)?.as_object()
    }

    fn list(&self, name: &str) -> impl Iterator<Item = &Map<String, Value>> {
        self.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }
}
