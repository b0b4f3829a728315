#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use nimbus_core::model::{
    Budget, InstalledModel, ModelChoice, ModelError, ModelErrorKind, Money, Preferences, ProviderChoice, ProviderId,
    Secret, Task,
};

use super::{HostedView, OllamaView, View, candidates};
use crate::{config::LlmConfig, ollama::Installed};

fn installed(name: &str, size_bytes: u64) -> Installed {
    Installed {
        model: InstalledModel { name: name.to_owned(), size_bytes, ..InstalledModel::default() },
        remote: false,
    }
}

fn ollama(names: &[&str]) -> Option<OllamaView> {
    let models = names.iter().zip(1..).map(|(name, size)| installed(name, size)).collect();
    Some(OllamaView {
        shown: "http://localhost:11434".to_owned(),
        local: true,
        instead_of: None,
        breaker_open: false,
        probed: Some(Ok(models)),
    })
}

fn refused() -> Option<OllamaView> {
    let error = ModelError::new(ModelErrorKind::Unreachable, "connection refused at `http://localhost:11434`");
    ollama(&[]).map(|view| OllamaView { probed: Some(Err(error)), ..view })
}

fn hosted() -> Option<HostedView> {
    Some(HostedView {
        name: "OpenRouter",
        shown: "https://openrouter.ai/api/v1".to_owned(),
        local: false,
        breaker_open: false,
        model: Some("qwen/qwen3-coder".to_owned()),
    })
}

fn view(config: &LlmConfig, ollama: Option<OllamaView>, hosted: Option<HostedView>) -> View {
    View { config: config.clone(), ollama, hosted }
}

/// The names of who is asked, in order, or the kind of the error.
fn asked(
    config: &LlmConfig,
    (ollama, hosted): (Option<OllamaView>, Option<HostedView>),
    provider: ProviderChoice,
    model: Option<&str>,
) -> Result<Vec<String>, ModelErrorKind> {
    let choice = ModelChoice { provider: Some(provider), model: model.map(str::to_owned), ..ModelChoice::default() };
    match candidates(&view(config, ollama, hosted), &choice, Task::Large) {
        Ok(list) => Ok(list.into_iter().map(|found| found.model.model).collect()),
        Err(error) => Err(error.kind),
    }
}

fn names(list: &[&str]) -> Result<Vec<String>, ModelErrorKind> {
    Ok(list.iter().map(|name| (*name).to_owned()).collect())
}

const CONFIGURED: &str = "qwen3-coder:30b";
const HOSTED: &str = "qwen/qwen3-coder";

#[test]
fn auto_takes_ollama_then_the_hosted_model() {
    let config = LlmConfig::default();
    let auto = |view, model| asked(&config, view, ProviderChoice::Auto, model);
    assert_eq!(auto((ollama(&[CONFIGURED]), hosted()), None), names(&[CONFIGURED, HOSTED]));
    assert_eq!(auto((ollama(&[CONFIGURED]), None), None), names(&[CONFIGURED]));
    assert_eq!(auto((refused(), hosted()), None), names(&[HOSTED]));
    assert_eq!(auto((None, hosted()), None), names(&[HOSTED]));
    assert_eq!(auto((refused(), None), None), Err(ModelErrorKind::NoModel));
    assert_eq!(auto((None, None), None), Err(ModelErrorKind::NoModel));
}

#[test]
fn a_missing_configured_model_is_replaced_and_said() {
    let config = LlmConfig::default();
    let seen = view(&config, ollama(&["qwen2.5-coder:1.5b", "llama3:8b"]), None);
    let found = candidates(&seen, &ModelChoice::default(), Task::Large).unwrap();
    assert_eq!(found[0].model.model, "qwen2.5-coder:1.5b");
    assert_eq!(
        found[0].reason,
        "`qwen2.5-coder:1.5b` on Ollama at `http://localhost:11434`, the best installed, as the configured \
         `qwen3-coder:30b` is not: `ollama pull qwen3-coder:30b`"
    );
}

#[test]
fn a_named_model_is_meant() {
    let config = LlmConfig::default();
    let named = |view, provider, model| asked(&config, view, provider, Some(model));
    let both = || (ollama(&[CONFIGURED]), hosted());
    assert_eq!(named(both(), ProviderChoice::Ollama, CONFIGURED), names(&[CONFIGURED]), "no fallback to another");
    assert_eq!(named(both(), ProviderChoice::Ollama, "x:1b"), Err(ModelErrorKind::ModelNotFound));
    assert_eq!(named(both(), ProviderChoice::Auto, "a/b"), names(&["a/b"]));
    assert_eq!(named((ollama(&[CONFIGURED]), None), ProviderChoice::Auto, "x"), Err(ModelErrorKind::ModelNotFound));
    assert_eq!(named(both(), ProviderChoice::Openrouter, "a/b"), names(&["a/b"]));
}

#[test]
fn a_model_that_is_not_installed_says_how_to_get_it() {
    let config = LlmConfig::default();
    let seen = view(&config, ollama(&[]), None);
    let error = candidates(&seen, &ModelChoice::default(), Task::Large).unwrap_err();
    assert_eq!(error.message, "model `qwen3-coder:30b` is not installed");
    assert_eq!(error.hint.as_deref(), Some("`ollama pull qwen3-coder:30b`"));
}

#[test]
fn fallback_can_be_switched_off() {
    let config = LlmConfig { fallback_enabled: false, ..LlmConfig::default() };
    let ask = |view, provider| asked(&config, view, provider, None);
    assert_eq!(ask((ollama(&[CONFIGURED]), hosted()), ProviderChoice::Auto), names(&[CONFIGURED]));
    assert_eq!(ask((refused(), hosted()), ProviderChoice::Ollama), Err(ModelErrorKind::Unreachable));
    assert_eq!(ask((refused(), hosted()), ProviderChoice::Auto), Err(ModelErrorKind::NoModel), "nothing leaves");
    assert_eq!(ask((None, hosted()), ProviderChoice::Auto), names(&[HOSTED]), "there is no local model to prefer");
}

#[test]
fn who_asks_for_ollama_in_the_request_gets_nobody_else() {
    let config = LlmConfig { provider: ProviderChoice::Ollama, ..LlmConfig::default() };
    assert_eq!(asked(&config, (ollama(&[CONFIGURED]), hosted()), ProviderChoice::Ollama, None), names(&[CONFIGURED]));
    let seen = view(&config, ollama(&[CONFIGURED]), hosted());
    let configured = candidates(&seen, &ModelChoice::default(), Task::Large).unwrap();
    assert_eq!(configured.len(), 2, "the configured choice may fall back");
}

#[test]
fn demo_is_never_chosen_by_auto() {
    let config = LlmConfig::default();
    assert_eq!(asked(&config, (None, None), ProviderChoice::Demo, None), names(&["sample"]));
    let seen = view(&config, refused(), None);
    let error = candidates(&seen, &ModelChoice::default(), Task::Large).unwrap_err();
    assert_eq!(error.message, "no model can be reached: connection refused at `http://localhost:11434`");
    assert!(error.hint.unwrap().starts_with("start Ollama and run `ollama pull qwen3-coder:30b`, or set"));
}

#[test]
fn small_tasks_take_the_small_model_where_it_is() {
    let config = LlmConfig::default();
    let small = |names: &[&str]| {
        let seen = view(&config, ollama(names), None);
        candidates(&seen, &ModelChoice::default(), Task::Small).unwrap()[0].model.model.clone()
    };
    assert_eq!(small(&[CONFIGURED, "qwen3:4b"]), "qwen3:4b");
    assert_eq!(small(&[CONFIGURED]), CONFIGURED);
}

#[test]
fn a_model_at_a_vendor_is_not_local() {
    let config = LlmConfig { ollama_model: "big:480b-cloud".to_owned(), ..LlmConfig::default() };
    let remote = Installed { remote: true, ..installed("big:480b-cloud", 0) };
    let ollama = ollama(&[]).map(|view| OllamaView { probed: Some(Ok(vec![remote])), ..view });
    let found = candidates(&view(&config, ollama, None), &ModelChoice::default(), Task::Large);
    let found = found.unwrap();
    assert_eq!((found[0].model.provider, found[0].local), (ProviderId::Ollama, false));
}

#[test]
fn an_open_breaker_sends_auto_elsewhere() {
    let config = LlmConfig::default();
    let open = || ollama(&[CONFIGURED]).map(|view| OllamaView { breaker_open: true, ..view });
    assert_eq!(asked(&config, (open(), hosted()), ProviderChoice::Auto, None), names(&[HOSTED]));
    assert_eq!(asked(&config, (open(), None), ProviderChoice::Ollama, None), Err(ModelErrorKind::Unreachable));
}

fn asked_by(choice: &ModelChoice, task: Task) -> Result<Vec<(String, String)>, ModelError> {
    let config = LlmConfig::default().preferring(&choice.preferences);
    let found = candidates(&view(&config, ollama(&[CONFIGURED, "mine:7b", "tiny:1b"]), hosted()), choice, task)?;
    Ok(found.into_iter().map(|found| (found.model.model, found.reason)).collect())
}

fn with(preferences: Preferences) -> ModelChoice {
    ModelChoice { preferences, ..ModelChoice::default() }
}

#[test]
fn what_a_person_prefers_counts_before_the_variables_and_is_said() {
    let some = |text: &str| Some(text.to_owned());
    let mine = with(Preferences {
        ollama_model: some("mine:7b"),
        ollama_small_model: some("tiny:1b"),
        openrouter_model: some("a/b"),
        hosted_key: Some(Secret::new("sk-mine")),
        ..Preferences::default()
    });
    let large = asked_by(&mine, Task::Large).unwrap();
    assert_eq!(large[0].0, "mine:7b");
    assert!(large[0].1.ends_with(", the model of your settings"), "{}", large[0].1);
    assert!(large[1].1.contains(", the model of your settings, with your own key"), "{}", large[1].1);
    let small = asked_by(&mine, Task::Small).unwrap();
    assert!(small[0].0 == "tiny:1b" && small[0].1.ends_with(", the model of your settings for small tasks"));

    let alone = with(Preferences { fallback_enabled: Some(false), ..Preferences::default() });
    assert_eq!(asked_by(&alone, Task::Large).unwrap().len(), 1);
    let elsewhere = with(Preferences { provider: Some(ProviderChoice::Openrouter), ..Preferences::default() });
    assert_eq!(asked_by(&elsewhere, Task::Large).unwrap()[0].0, HOSTED);
    let named = ModelChoice { model: some("tiny:1b"), ..mine };
    assert_eq!(asked_by(&named, Task::Large).unwrap()[0].0, "tiny:1b", "the request counts before the settings");
    let blank = with(Preferences { ollama_model: some("  "), ..Preferences::default() });
    assert_eq!(asked_by(&blank, Task::Large).unwrap()[0].0, CONFIGURED);
}

#[test]
fn an_app_that_never_leaves_this_machine_is_written_here_or_not_at_all() {
    let label = ModelChoice { local_only: true, ..ModelChoice::default() };
    let found = asked_by(&label, Task::Large).unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains("no hosted model would stand in") && found[0].1.contains("never leave this machine"));

    let config = LlmConfig::default();
    for (provider, seen) in [
        (ProviderChoice::Auto, view(&config, refused(), hosted())),
        (ProviderChoice::Openrouter, view(&config, ollama(&[CONFIGURED]), hosted())),
    ] {
        let choice = ModelChoice { provider: Some(provider), ..label.clone() };
        let error = candidates(&seen, &choice, Task::Large).unwrap_err();
        assert!(error.message.contains("this app is set to never leave this machine"), "{error}");
    }
    // A server of one's own on this network is here too, a model that Ollama only relays is not.
    let own = hosted().map(|view| HostedView { local: true, ..view });
    assert!(candidates(&view(&config, refused(), own), &label, Task::Large).is_ok());
    let relayed = Installed { remote: true, ..installed(CONFIGURED, 0) };
    let relayed = ollama(&[]).map(|view| OllamaView { probed: Some(Ok(vec![relayed])), ..view });
    assert!(candidates(&view(&config, relayed, None), &label, Task::Large).is_err());
}

/// Five dollars, of which so many cents are spent.
fn budget(cents: u64) -> Option<Budget> {
    Some(Budget { cap: Money::from_micros(5_000_000), spent: Money::from_micros(cents * 10_000) })
}

#[test]
fn at_the_end_of_the_cap_nothing_that_costs_is_asked() {
    let spent = with(Preferences { hosted_budget: budget(500), ..Preferences::default() });
    let found = asked_by(&spent, Task::Large).unwrap();
    assert_eq!(found.len(), 1);
    let said =
        "no hosted model would stand in: your monthly cap for hosted models is used up: $5.00 of $5.00 are spent";
    assert!(found[0].1.contains(said), "{}", found[0].1);
    let choice = ModelChoice { provider: Some(ProviderChoice::Openrouter), ..spent };
    let error = asked_by(&choice, Task::Large).unwrap_err();
    assert_eq!(error.kind, ModelErrorKind::PaymentRequired);
    assert!(error.hint.unwrap().starts_with("raise the cap in your settings"));
    let left = with(Preferences { hosted_budget: budget(499), ..Preferences::default() });
    assert_eq!(asked_by(&left, Task::Large).unwrap().len(), 2);
}

#[test]
fn who_failed_in_this_generation_is_not_asked_again() {
    let avoid = |avoid: &[ProviderId]| ModelChoice { avoid: avoid.to_vec(), ..ModelChoice::default() };
    let found = asked_by(&avoid(&[ProviderId::Ollama]), Task::Large).unwrap();
    assert_eq!((found.len(), found[0].0.as_str()), (1, HOSTED));
    assert!(found[0].1.ends_with("(Ollama failed earlier in this generation)"), "{}", found[0].1);
    assert!(asked_by(&avoid(&[ProviderId::Ollama, ProviderId::Openrouter]), Task::Large).is_err());
    let named = ModelChoice { model: Some(CONFIGURED.to_owned()), ..avoid(&[ProviderId::Ollama]) };
    assert!(asked_by(&named, Task::Large).is_err(), "a named model has no other in its place");
}
