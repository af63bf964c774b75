//! Laying the sources over each other: defaults, file, environment, flags.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;
use crate::base::error::{Error, Result};

const PREFIX: &str = "AFTERWORD_";
/// Names that begin like ours and are not keys.
const NOT_KEYS: &[&str] = &["AFTERWORD_CONFIG"];

/// Where a value is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    Environment(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => path.display().fmt(f),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// The configuration while it is put together.
pub struct Layers {
    table: Table,
    origins: BTreeMap<String, Origin>,
}

impl Layers {
    /// The defaults alone.
    ///
    /// # Errors
    /// Never in practice: the defaults are valid.
    pub fn defaults() -> Result<Self> {
        let table = Table::try_from(Config::default()).map_err(Error::internal)?;
        Ok(Self { table, origins: BTreeMap::new() })
    }

    /// Lays a TOML file over what is there.
    ///
    /// # Errors
    /// `Invalid`, with the line and what would be right, for a key or a value that is not.
    pub fn file(mut self, path: &Path, text: &str) -> Result<Self> {
        let wrong = |error: toml::de::Error| Error::invalid("config", explain(path, text, &error));
        toml::from_str::<Config>(text).map_err(wrong)?;
        let overlay: Table = toml::from_str(text).map_err(wrong)?;
        for (section, keys) in overlay {
            let Value::Table(keys) = keys else { continue };
            for (key, value) in keys {
                self.set(&section, &key, value, Origin::File(path.to_owned()));
            }
        }
        Ok(self)
    }

    /// Lays `AFTERWORD_SECTION_KEY` variables over what is there.
    ///
    /// # Errors
    /// `Invalid`, by name, for a variable that is no key or has a bad value.
    pub fn environment(mut self, variables: impl Iterator<Item = (String, String)>) -> Result<Self> {
        for (name, text) in variables {
            if !name.starts_with(PREFIX) || NOT_KEYS.contains(&name.as_str()) {
                continue;
            }
            let (section, key) = self.key_of_variable(&name)?;
            self.set_text(&section, &key, &text, Origin::Environment(name))?;
        }
        Ok(self)
    }

    /// Lays one flag over what is there.
    ///
    /// # Errors
    /// `Invalid`, by the flag's name, for a bad value.
    pub fn flag(mut self, name: &'static str, section: &str, key: &str, text: Option<&str>) -> Result<Self> {
        if let Some(text) = text {
            self.set_text(section, key, text, Origin::Flag(name))?;
        }
        Ok(self)
    }

    /// The result.
    ///
    /// # Errors
    /// `Invalid` when the layers do not fit together.
    pub fn config(&self) -> Result<Config> {
        Config::deserialize_table(self.table.clone()).map_err(|text| Error::invalid("config", text))
    }

    /// The result as TOML, each key with where its value is from.
    #[must_use]
    pub fn show(&self) -> String {
        let mut lines = String::new();
        for (section, keys) in &self.table {
            lines.push_str(&format!("[{section}]\n"));
            for (key, value) in keys.as_table().into_iter().flatten() {
                let origin = self.origins.get(&format!("{section}.{key}")).unwrap_or(&Origin::Default);
                lines.push_str(&format!("{:<40} # {origin}\n", format!("{key} = {value}")));
            }
            lines.push('\n');
        }
        lines
    }

    fn set(&mut self, section: &str, key: &str, value: Value, origin: Origin) {
        if let Some(Value::Table(keys)) = self.table.get_mut(section) {
            keys.insert(key.to_owned(), value);
            self.origins.insert(format!("{section}.{key}"), origin);
        }
    }

    /// Reads `text` as the type that the key has, and refuses at once what the key cannot be.
    fn set_text(&mut self, section: &str, key: &str, text: &str, origin: Origin) -> Result<()> {
        let value = match self.table.get(section).and_then(|keys| keys.get(key)) {
            Some(Value::Integer(_)) => text.trim().parse().map(Value::Integer).map_err(|_| {
                Error::invalid(origin.to_string(), format!("{origin}: “{text}” is not a whole number"))
            })?,
            Some(Value::Array(_)) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
            }
            _ => Value::String(text.to_owned()),
        };
        let mut alone = Table::new();
        alone.insert(section.to_owned(), Value::Table(Table::from_iter([(key.to_owned(), value.clone())])));
        Config::deserialize_table(alone)
            .map_err(|reason| Error::invalid(origin.to_string(), format!("{origin}: {reason}")))?;
        self.set(section, key, value, origin);
        Ok(())
    }

    fn key_of_variable(&self, name: &str) -> Result<(String, String)> {
        let mut known = Vec::new();
        for (section, keys) in &self.table {
            for key in keys.as_table().into_iter().flatten().map(|(key, _)| key) {
                let variable = format!("{PREFIX}{}_{}", section.to_uppercase(), key.to_uppercase());
                if variable == name {
                    return Ok((section.clone(), key.clone()));
                }
                known.push(variable);
            }
        }
        let words = known.iter().filter_map(|known| known.strip_prefix(PREFIX));
        let hint =
            nearest(name.trim_start_matches(PREFIX), words).replace("mean ", &format!("mean {PREFIX}"));
        Err(Error::invalid(name, format!("the environment variable {name} is not a key{hint}")))
    }
}

impl Config {
    fn deserialize_table(table: Table) -> std::result::Result<Self, String> {
        Value::Table(table).try_into().map_err(|error: toml::de::Error| in_words(error.message()))
    }
}

/// The fault with its place, the line itself, and the nearest thing that would be right.
fn explain(path: &Path, text: &str, error: &toml::de::Error) -> String {
    let offset = error.span().map_or(0, |span| span.start);
    let before = text.get(..offset).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    let message = in_words(error.message());
    let hint =
        unknown_field(&message).map_or(String::new(), |(found, known)| nearest(found, known.into_iter()));
    format!("{}, line {number}: {message}{hint}\n    {line}", path.display())
}

/// What would be right, without the names of Rust's types.
fn in_words(message: &str) -> String {
    let number = ["u32", "u64"].iter().fold(message.to_owned(), |text, kind| {
        text.replace(&format!("expected {kind}"), "expected a whole number from 0 up")
    });
    number.replace("expected a sequence", "expected a list like [\"127.0.0.1\"]")
}

/// Takes serde's words for an unknown field apart: which one it was, and those there are.
fn unknown_field(message: &str) -> Option<(&str, Vec<&str>)> {
    let (found, known) = message.strip_prefix("unknown field `")?.split_once('`')?;
    Some((found, known.split('`').skip(1).step_by(2).collect()))
}

fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known.map(|name| (strsim::jaro_winkler(found, name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((likeness, name)) if likeness > 0.8 => format!(" — did you mean {name}?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Result<Layers> {
        Layers::defaults().unwrap().file(Path::new("afterword.toml"), text)
    }

    fn variable(name: &str, value: &str) -> Result<Layers> {
        Layers::defaults().unwrap().environment(std::iter::once((name.to_owned(), value.to_owned())))
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let layers =
            file("[server]\nlisten = \"127.0.0.1:1\"\ndrain_seconds = 3\n[log]\nlevel = \"warn\"").unwrap();
        let variables = [("AFTERWORD_SERVER_LISTEN", "127.0.0.1:2"), ("AFTERWORD_SERVER_DRAIN_SECONDS", "4")];
        let layers = layers.environment(variables.into_iter().map(|(k, v)| (k.into(), v.into()))).unwrap();
        let layers = layers.flag("--listen", "server", "listen", Some("127.0.0.1:3")).unwrap();
        let config = layers.config().unwrap();
        assert_eq!(config.server.listen.0.port(), 3);
        assert_eq!(config.server.drain_seconds, 4);
        assert_eq!(config.log.level.as_str(), "warn");
        let shown = layers.show();
        assert!(
            shown.contains("# --listen") && shown.contains("# AFTERWORD_SERVER_DRAIN_SECONDS"),
            "{shown}"
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_nearest_one() {
        let refusal = file("[server]\n\nlisen = \"127.0.0.1:1\"").err().unwrap().to_string();
        assert!(refusal.contains("line 3") && refusal.contains("lisen"), "{refusal}");
        assert!(refusal.contains("did you mean listen?"), "{refusal}");
    }

    #[test]
    fn a_bad_value_is_refused_with_its_line_and_what_would_be_right() {
        let refusal = file("[server]\nlisten = \"here\"").err().unwrap().to_string();
        assert!(refusal.contains("line 2") && refusal.contains("127.0.0.1:8080"), "{refusal}");
    }

    #[test]
    fn a_variable_that_is_no_key_is_refused_by_name() {
        let refusal = variable("AFTERWORD_SERVER_LISTN", "x").err().unwrap().to_string();
        assert!(refusal.contains("AFTERWORD_SERVER_LISTN"), "{refusal}");
        assert!(refusal.contains("did you mean AFTERWORD_SERVER_LISTEN?"), "{refusal}");
    }

    #[test]
    fn a_variable_with_a_bad_value_is_refused_by_name() {
        let refusal = variable("AFTERWORD_LIMITS_POSTS_PER_MINUTE", "many").err().unwrap().to_string();
        assert!(
            refusal.contains("AFTERWORD_LIMITS_POSTS_PER_MINUTE") && refusal.contains("whole number"),
            "{refusal}"
        );
        let refusal =
            variable("AFTERWORD_SERVER_TRUSTED_PROXIES", "127.0.0.1, elsewhere").err().unwrap().to_string();
        assert!(refusal.contains("elsewhere") && refusal.contains("10.0.0.0/8"), "{refusal}");
    }
}
