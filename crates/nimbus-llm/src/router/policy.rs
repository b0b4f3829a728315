//! Rules that forbid a model whatever its state: an app's label, a person's cap, and failures
//! earlier in the same generation.

use nimbus_core::model::{ModelChoice, ModelError, ModelErrorKind, ProviderId};

/// An app that never leaves this machine is written only by models that are on it, or on its network.
///
/// # Errors
/// `NoModel` with the rule in words.
pub(super) fn may_leave(choice: &ModelChoice, model: &str, local: bool) -> Result<(), ModelError> {
    if local || !choice.local_only {
        return Ok(());
    }
    Err(ModelError::new(
        ModelErrorKind::NoModel,
        format!("`{model}` may not be asked: it runs elsewhere, and this app is set to never leave this machine"),
    )
    .with_hint("choose a local model, or take “never leaves this machine” off this app"))
}

/// At the end of a person's monthly cap nothing is asked that could cost.
///
/// # Errors
/// `PaymentRequired`.
pub(super) fn may_spend(choice: &ModelChoice, local: bool) -> Result<(), ModelError> {
    let Some(budget) = choice.preferences.hosted_budget.filter(|budget| !local && budget.is_used_up()) else {
        return Ok(());
    };
    let message = format!(
        "your monthly cap for hosted models is used up: {} of {} are spent since the month began (UTC)",
        budget.spent, budget.cap
    );
    Err(ModelError::new(ModelErrorKind::PaymentRequired, message)
        .with_hint("raise the cap in your settings, choose a local model, or wait for the next month"))
}

/// Who failed earlier in this generation is not asked again.
///
/// # Errors
/// `Unreachable`.
pub(super) fn may_be_asked_again(choice: &ModelChoice, provider: ProviderId, name: &str) -> Result<(), ModelError> {
    if !choice.avoid.contains(&provider) {
        return Ok(());
    }
    Err(ModelError::new(ModelErrorKind::Unreachable, format!("{name} failed earlier in this generation"))
        .with_hint("try again, or choose another model"))
}

/// Whether one of these rules is the cause, other than an earlier failure.
pub(super) fn is_rule(choice: &ModelChoice, refusal: &ModelError) -> bool {
    match refusal.kind {
        ModelErrorKind::NoModel => choice.local_only,
        ModelErrorKind::PaymentRequired => true,
        _ => false,
    }
}
