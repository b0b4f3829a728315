//! What the program is told by variables: one table, and the values that come of it.

use std::{net::SocketAddr, path::PathBuf};

use nimbus_core::{
    model::{ProviderChoice, Secret},
    permission::Domain,
};
use nimbus_llm::LlmConfig;

/// One variable. `docs/configuration.md` is written from this table by `cumulonimbus config --markdown`.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The value without it, in words where it is none.
    pub default: &'static str,
    /// What is allowed.
    pub allowed: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Whether its value is never printed.
    pub secret: bool,
}

const fn variable(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, allowed, meaning, secret: false }
}

const fn secret(name: &'static str, default: &'static str, allowed: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, allowed, meaning, secret: true }
}

/// Every variable.
pub const VARIABLES: &[Variable] = &[
    variable(
        "CUMULONIMBUS_BIND",
        "127.0.0.1:3000",
        "a loopback address and a port",
        "Where the product is served. Other machines cannot be served yet: that needs accounts.",
    ),
    variable(
        "CUMULONIMBUS_DATA_DIR",
        "`cumulonimbus` in the user's data folder",
        "a folder that can be written",
        "Where the database, the access token and the server's key are kept.",
    ),
    secret(
        "DATABASE_URL",
        "SQLite in the data directory",
        "`postgres://user:password@host:port/database`",
        "The PostgreSQL database to use instead of SQLite.",
    ),
    secret(
        "CUMULONIMBUS_TOKEN",
        "made at the first start and kept in the data directory",
        "16 to 256 visible ASCII characters",
        "The access token of the local owner: part of the URL to open, and `Authorization: Bearer …` for programs.",
    ),
    variable(
        "CUMULONIMBUS_APPS_DOMAIN",
        "`localhost`",
        "`localhost`, or a domain such as `apps.example.org`",
        "The domain below which every app has its host name. Another domain than `localhost` needs a proxy on this machine \
         that takes https for `*.` it and passes `Host` on unchanged; it should share no part with a site that has cookies.",
    ),
    variable(
        "CUMULONIMBUS_LOG",
        "warn",
        "a filter such as `info` or `nimbus_llm=debug`",
        "How much is logged, to standard error.",
    ),
    variable(
        "LLM_PROVIDER",
        "auto",
        "`auto`, `ollama`, `openrouter` or `demo`",
        "Who writes apps. `auto`: Ollama when it is there, else the hosted model. `demo`: our sample apps, no model.",
    ),
    variable(
        "LLM_FALLBACK_ENABLED",
        "true",
        "`true` or `false`",
        "Whether the hosted model is asked when Ollama fails before its first token. Prompts leave this machine then.",
    ),
    variable("OLLAMA_ENABLED", "true", "`true` or `false`", "Whether Ollama may be asked."),
    variable("OLLAMA_API_URL", "http://localhost:11434", "an http or https URL", "Where Ollama listens."),
    variable("OLLAMA_MODEL", "qwen3-coder:30b", "the name of a model", "The local model that writes code."),
    variable("OLLAMA_SMALL_MODEL", "qwen3:4b", "the name of a model", "The local model for small work such as titles."),
    secret("OPENROUTER_API_KEY", "none", "a key", "The key of the hosted provider. Without it none is asked."),
    variable(
        "OPENROUTER_MODEL",
        "`qwen/qwen3-coder` at OpenRouter, else the first that the server lists",
        "the name of a model",
        "The hosted model that writes code.",
    ),
    variable(
        "OPENROUTER_BASE_URL",
        "OpenRouter's own",
        "an http or https URL that ends before `/chat/completions`",
        "Another server that speaks the OpenAI chat API: LM Studio, llama.cpp, vLLM.",
    ),
];

/// The effective settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// PostgreSQL's URL; none: SQLite.
    pub database_url: Option<String>,
    /// The owner's token; none: made and kept in the data directory.
    pub token: Option<String>,
    /// What is logged.
    pub log: String,
    /// The domain below which apps have their names; none: `localhost`.
    pub apps_domain: Option<String>,
    /// Models.
    pub llm: LlmConfig,
}

/// A variable has a value that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name} is {found}, but must be {allowed}{more}", more = if .why.is_empty() { String::new() } else { format!(": {}", .why) })]
pub struct InvalidVariable {
    name: &'static str,
    found: String,
    allowed: &'static str,
    why: String,
}

impl Config {
    /// Reads the variables through `read`, which gives none for one that is not set. An empty value
    /// counts as not set.
    ///
    /// # Errors
    /// [`InvalidVariable`] for the first value that cannot be used.
    pub fn from_vars(read: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidVariable> {
        let vars = Vars { read: &read };
        let defaults = LlmConfig::default();
        let llm = LlmConfig {
            ollama_enabled: vars.flag("OLLAMA_ENABLED", defaults.ollama_enabled)?,
            ollama_api_url: vars.url("OLLAMA_API_URL")?.unwrap_or(defaults.ollama_api_url),
            ollama_model: vars.text("OLLAMA_MODEL").unwrap_or(defaults.ollama_model),
            ollama_small_model: vars.text("OLLAMA_SMALL_MODEL").unwrap_or(defaults.ollama_small_model),
            provider: vars.parsed("LLM_PROVIDER", provider)?.unwrap_or(defaults.provider),
            fallback_enabled: vars.flag("LLM_FALLBACK_ENABLED", defaults.fallback_enabled)?,
            openrouter_api_key: Secret::new(&vars.text("OPENROUTER_API_KEY").unwrap_or_default()),
            openrouter_base_url: vars.url("OPENROUTER_BASE_URL")?.unwrap_or(defaults.openrouter_base_url),
            openrouter_model: vars.text("OPENROUTER_MODEL"),
            demo_model: defaults.demo_model,
            timers: defaults.timers,
        };
        Ok(Self {
            bind: vars.parsed("CUMULONIMBUS_BIND", bind)?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000))),
            data_dir: vars.text("CUMULONIMBUS_DATA_DIR").map_or_else(default_data_dir, PathBuf::from),
            database_url: vars.parsed("DATABASE_URL", database_url)?,
            token: vars.parsed("CUMULONIMBUS_TOKEN", token)?,
            log: vars.text("CUMULONIMBUS_LOG").unwrap_or_else(|| "warn".to_owned()),
            apps_domain: vars.parsed("CUMULONIMBUS_APPS_DOMAIN", apps_domain)?.flatten(),
            llm,
        })
    }
}

struct Vars<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
}

impl Vars<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.read)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn parsed<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, InvalidVariable> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let variable = VARIABLES.iter().find(|variable| variable.name == name);
        parse(&text).map(Some).map_err(|why| InvalidVariable {
            name,
            // A secret is not repeated: the message may end in a log.
            found: if variable.is_some_and(|v| v.secret) { "set".to_owned() } else { format!("`{text}`") },
            allowed: variable.map_or("something else", |v| v.allowed),
            why,
        })
    }

    fn flag(&self, name: &'static str, default: bool) -> Result<bool, InvalidVariable> {
        let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err(String::new()),
        };
        Ok(self.parsed(name, parse)?.unwrap_or(default))
    }

    fn url(&self, name: &'static str) -> Result<Option<String>, InvalidVariable> {
        self.parsed(name, |text| {
            let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
            match rest {
                Some(rest) if rest.split('/').next().is_some_and(|host| !host.is_empty() && !host.contains('@')) => {
                    Ok(text.trim_end_matches('/').to_owned())
                }
                _ => Err(String::new()),
            }
        })
    }
}

fn provider(text: &str) -> Result<ProviderChoice, String> {
    match text {
        "auto" => Ok(ProviderChoice::Auto),
        "ollama" => Ok(ProviderChoice::Ollama),
        "openrouter" => Ok(ProviderChoice::Openrouter),
        "demo" => Ok(ProviderChoice::Demo),
        _ => Err(String::new()),
    }
}

fn bind(text: &str) -> Result<SocketAddr, String> {
    let text = text.replace("localhost:", "127.0.0.1:");
    let address: SocketAddr = text.parse().map_err(|_| "an example is `127.0.0.1:3000`".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("serving other machines needs accounts, which are not there yet".to_owned())
    }
}

/// None for `localhost`.
fn apps_domain(text: &str) -> Result<Option<String>, String> {
    if text == "localhost" {
        return Ok(None);
    }
    let domain = Domain::parse(text).map_err(|error| error.reason.to_owned())?;
    if domain.as_str().ends_with(".localhost") {
        return Err("names below `localhost` are this machine's own".to_owned());
    }
    Ok(Some(domain.to_string()))
}

fn database_url(text: &str) -> Result<String, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        Ok(text.to_owned())
    } else {
        Err("leave it out to use SQLite".to_owned())
    }
}

fn token(text: &str) -> Result<String, String> {
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && (16..=256).contains(&text.len()) { Ok(text.to_owned()) } else { Err(String::new()) }
}

fn default_data_dir() -> PathBuf {
    dirs::data_dir().unwrap_or_else(|| PathBuf::from(".")).join("cumulonimbus")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(set: &[(&str, &str)]) -> Result<Config, String> {
        Config::from_vars(|name| set.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_variables_the_product_is_local() -> Result<(), String> {
        let config = of(&[])?;
        assert_eq!(config.bind.to_string(), "127.0.0.1:3000");
        assert!(config.database_url.is_none() && config.token.is_none() && config.apps_domain.is_none());
        assert_eq!(config.llm.ollama_api_url, "http://localhost:11434");
        assert_eq!(config.llm.provider, ProviderChoice::Auto);
        assert!(config.llm.fallback_enabled && config.llm.openrouter_api_key.is_empty());
        Ok(())
    }

    #[test]
    fn values_are_taken() -> Result<(), String> {
        let config = of(&[
            ("CUMULONIMBUS_BIND", "localhost:4000"),
            ("LLM_PROVIDER", "demo"),
            ("OLLAMA_ENABLED", "off"),
            ("OLLAMA_API_URL", "http://127.0.0.1:1/"),
            ("OPENROUTER_MODEL", " a/b "),
            ("DATABASE_URL", ""),
            ("CUMULONIMBUS_APPS_DOMAIN", "Apps.example.org"),
        ])?;
        assert_eq!(config.apps_domain.as_deref(), Some("apps.example.org"));
        assert_eq!(config.bind.to_string(), "127.0.0.1:4000");
        assert_eq!(config.llm.provider, ProviderChoice::Demo);
        assert!(!config.llm.ollama_enabled);
        assert_eq!(config.llm.ollama_api_url, "http://127.0.0.1:1");
        assert_eq!(config.llm.openrouter_model.as_deref(), Some("a/b"));
        assert!(config.database_url.is_none());
        Ok(())
    }

    #[test]
    fn bad_values_are_named_and_secrets_are_not_repeated() {
        for (name, value, part) in [
            ("CUMULONIMBUS_BIND", "0.0.0.0:3000", "needs accounts"),
            ("CUMULONIMBUS_BIND", "3000", "CUMULONIMBUS_BIND is `3000`"),
            ("CUMULONIMBUS_APPS_DOMAIN", "https://apps.example.org", "no scheme"),
            ("CUMULONIMBUS_APPS_DOMAIN", "10.0.0.1", "addresses of machines"),
            ("CUMULONIMBUS_APPS_DOMAIN", "apps.localhost", "this machine's own"),
            ("LLM_PROVIDER", "gpt", "`auto`, `ollama`, `openrouter` or `demo`"),
            ("LLM_FALLBACK_ENABLED", "maybe", "`true` or `false`"),
            ("OLLAMA_API_URL", "localhost:11434", "http or https"),
            ("OLLAMA_API_URL", "http://user:pw@host", "http or https"),
            ("CUMULONIMBUS_TOKEN", "short", "16 to 256"),
            ("DATABASE_URL", "mysql://user:hunter2@host/db", "DATABASE_URL is set, but"),
        ] {
            let message = of(&[(name, value)]).err().unwrap_or_default();
            assert!(message.contains(part), "{name}={value}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn every_variable_that_is_read_is_in_the_table() {
        let seen = std::cell::RefCell::new(Vec::new());
        let config = Config::from_vars(|name| {
            seen.borrow_mut().push(name.to_owned());
            None
        });
        assert!(config.is_ok());
        let seen = seen.into_inner();
        for variable in VARIABLES {
            assert!(seen.iter().any(|name| name == variable.name), "{} is never read", variable.name);
        }
        for name in seen {
            assert!(VARIABLES.iter().any(|variable| variable.name == name), "{name} is not in the table");
        }
    }
}
