//! What a person chose about models, and what those have cost.

use std::fmt;

use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Money, Preferences, ProviderChoice};

/// The most characters of a model's name.
pub const MAX_MODEL_CHARS: usize = 200;
/// The most characters of a key.
pub const MAX_KEY_CHARS: usize = 512;
/// The highest cap of a month, in US dollars.
pub const MAX_CAP_USD: f64 = 1_000_000.0;
/// Under which name the key of the hosted provider is kept.
pub const HOSTED_KEY: &str = "hosted-key";

/// What a person chose. The key is kept apart, sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LlmSettings {
    /// Who is asked, and how.
    #[serde(flatten)]
    pub preferences: Preferences,
    /// What hosted replies may cost in a month (UTC); none: no limit of ours.
    #[serde(default, rename = "monthlyCapUsd")]
    pub monthly_cap: Option<Money>,
}

/// A setting that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct InvalidSetting {
    /// Its name.
    pub field: String,
    /// What is wrong with it, as the end of a sentence.
    pub problem: String,
}

impl InvalidSetting {
    fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), problem: problem.into() }
    }
}

impl LlmSettings {
    /// Reads settings as a person sends them: an object with any of the fields; one that is absent
    /// or null is as the variables say.
    ///
    /// # Errors
    /// [`InvalidSetting`] names the first field that is unknown or wrong.
    pub fn from_json(json: &Value) -> Result<Self, InvalidSetting> {
        let Value::Object(fields) = json else { return Err(InvalidSetting::new("settings", "must be an object")) };
        let mut settings = Self::default();
        let wanted = &mut settings.preferences;
        for (field, value) in fields {
            match field.as_str() {
                "provider" => wanted.provider = optional(field, value, provider)?,
                "ollamaModel" => wanted.ollama_model = optional(field, value, model)?,
                "ollamaSmallModel" => wanted.ollama_small_model = optional(field, value, model)?,
                "openrouterModel" => wanted.openrouter_model = optional(field, value, model)?,
                "fallbackEnabled" => wanted.fallback_enabled = optional(field, value, flag)?,
                "thinking" => wanted.thinking = optional(field, value, flag)?,
                "monthlyCapUsd" => settings.monthly_cap = optional(field, value, cap)?,
                _ => {
                    let problem = "is no setting; there are `provider`, `ollamaModel`, `ollamaSmallModel`, \
                                   `openrouterModel`, `fallbackEnabled`, `thinking` and `monthlyCapUsd`";
                    return Err(InvalidSetting::new(&shown(field), problem));
                }
            }
        }
        Ok(settings)
    }
}

fn optional<T>(
    field: &str,
    value: &Value,
    read: impl Fn(&Value) -> Result<T, String>,
) -> Result<Option<T>, InvalidSetting> {
    if value.is_null() {
        return Ok(None);
    }
    read(value).map(Some).map_err(|problem| InvalidSetting::new(field, problem))
}

fn provider(value: &Value) -> Result<ProviderChoice, String> {
    serde_json::from_value(value.clone())
        .map_err(|_| "must be `auto`, `ollama`, `openrouter`, `demo` or null".to_owned())
}

fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true, false or null".to_owned())
}

fn model(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("must be a model's name or null")?;
    model_name(text)
}

/// A model's name, trimmed.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn model_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err("is empty; a model's name looks like `qwen3-coder:30b`".to_owned());
    }
    if name.chars().any(char::is_control) {
        return Err("contains a control character, which no model's name has".to_owned());
    }
    let length = name.chars().count();
    if length > MAX_MODEL_CHARS {
        return Err(format!("has {length} characters; the most is {MAX_MODEL_CHARS}"));
    }
    Ok(name.to_owned())
}

fn cap(value: &Value) -> Result<Money, String> {
    let dollars = value.as_f64().ok_or("must be a number of US dollars or null")?;
    let amount = Money::from_usd(dollars).filter(|_| dollars <= MAX_CAP_USD);
    amount.ok_or_else(|| format!("must be 0 to {MAX_CAP_USD} US dollars"))
}

/// A key as a person pastes it, without the white space around it.
///
/// # Errors
/// [`InvalidSetting`], which repeats nothing of it.
pub fn key(text: &str) -> Result<String, InvalidSetting> {
    let key = text.trim();
    let length = key.chars().count();
    if length == 0 {
        return Err(InvalidSetting::new("key", "is empty; to remove the kept key, delete it"));
    }
    if length > MAX_KEY_CHARS {
        return Err(InvalidSetting::new("key", format!("has {length} characters; the most is {MAX_KEY_CHARS}")));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(InvalidSetting::new("key", "contains a space or a character that no key has; copy it again"));
    }
    Ok(key.to_owned())
}

/// The start of a name that somebody made up.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// A month in UTC, counted as people write it: 202611 is November 2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i64);

impl Month {
    /// The month in which this moment lies.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let date = Offset::UTC.to_datetime(at).date();
        Self(i64::from(date.year()) * 100 + i64::from(date.month()))
    }

    /// Such as 202611.
    #[must_use]
    pub const fn as_number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

/// What a person's hosted replies came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spending {
    /// The costs that were told.
    pub cost: Money,
    /// Replies whose cost nobody told: they do not count towards a cap.
    pub unpriced: u64,
}

/// What the variables say, for a page of settings to show. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configured {
    /// `LLM_PROVIDER`.
    pub provider: ProviderChoice,
    /// `OLLAMA_MODEL`.
    pub ollama_model: String,
    /// `OLLAMA_SMALL_MODEL`.
    pub ollama_small_model: String,
    /// `OPENROUTER_MODEL`, where it is set.
    pub openrouter_model: Option<String>,
    /// `LLM_FALLBACK_ENABLED`.
    pub fallback_enabled: bool,
    /// Whether `OPENROUTER_API_KEY` is set.
    pub has_key: bool,
    /// `OLLAMA_API_URL`.
    pub ollama_api_url: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_and_an_absent_one_is_as_configured() {
        let all = json!({
            "provider": "openrouter", "ollamaModel": " tiny:1b ", "ollamaSmallModel": "s", "openrouterModel": "a/b:free",
            "fallbackEnabled": false, "thinking": true, "monthlyCapUsd": 2.5,
        });
        let settings = LlmSettings::from_json(&all).unwrap_or_default();
        assert_eq!(settings.preferences.provider, Some(ProviderChoice::Openrouter));
        assert_eq!(settings.preferences.ollama_model.as_deref(), Some("tiny:1b"));
        assert_eq!((settings.preferences.fallback_enabled, settings.preferences.thinking), (Some(false), Some(true)));
        assert_eq!(settings.monthly_cap, Money::from_usd(2.5));
        let stored = serde_json::to_string(&settings).unwrap_or_default();
        assert_eq!(serde_json::from_str::<LlmSettings>(&stored).ok(), Some(settings));
        assert_eq!(LlmSettings::from_json(&json!({ "provider": null })), Ok(LlmSettings::default()));
        assert_eq!(serde_json::from_str::<LlmSettings>(r#"{"ofALaterRelease":1}"#).ok(), Some(LlmSettings::default()));
    }

    #[test]
    fn what_is_unknown_or_wrong_is_named() {
        for (json, field) in [
            (json!({ "provider": "oracle" }), "provider"),
            (json!({ "ollamaModel": 1 }), "ollamaModel"),
            (json!({ "ollamaModel": "" }), "ollamaModel"),
            (json!({ "ollamaSmallModel": "a\u{7}" }), "ollamaSmallModel"),
            (json!({ "openrouterModel": "x".repeat(MAX_MODEL_CHARS + 1) }), "openrouterModel"),
            (json!({ "fallbackEnabled": "yes" }), "fallbackEnabled"),
            (json!({ "thinking": 1 }), "thinking"),
            (json!({ "monthlyCapUsd": -0.01 }), "monthlyCapUsd"),
            (json!({ "monthlyCapUsd": 1e7 }), "monthlyCapUsd"),
            (json!({ "monthlyCapUsd": "5" }), "monthlyCapUsd"),
            (json!({ "key": "sk" }), "key"),
            (json!([]), "settings"),
        ] {
            let error = LlmSettings::from_json(&json).err();
            assert_eq!(error.map(|error| error.field).as_deref(), Some(field), "{json}");
        }
    }

    #[test]
    fn a_key_is_visible_characters_and_no_error_repeats_it() {
        assert_eq!(key(" sk-or-1 \n").as_deref(), Ok("sk-or-1"));
        for wrong in [" ", "sk or", "sk-ö", "sk\u{0}", &"k".repeat(MAX_KEY_CHARS + 1)] {
            let message = key(wrong).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains("`key`") && !message.contains("sk"), "{message}");
        }
    }

    #[test]
    fn a_month_ends_at_midnight_in_utc() -> Result<(), jiff::Error> {
        let month = |text: &str| text.parse::<Timestamp>().map(Month::of);
        assert_eq!(month("2026-11-30T23:59:59.999Z")?.to_string(), "2026-11");
        assert_eq!(month("2026-11-30T23:59:59-01:00")?.as_number(), 202_612);
        Ok(())
    }
}
