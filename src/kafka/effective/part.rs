//! Parts of a table that are read when they are first asked for.

use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A part of a built-in table: of most families no script ever runs, and of the others one.
#[derive(Clone, Debug)]
pub(super) struct Part<T> {
    text: &'static str,
    value: OnceLock<T>,
}

impl<'de: 'static, T> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: &'static RawValue = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self { text: text.get(), value: OnceLock::new() })
    }
}

impl<T: DeserializeOwned> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value
            .get_or_init(|| serde_json::from_str(self.text).expect("the built-in families parse, as their test shows"))
    }
}
