//! Going on with a reply that broke off or ran into its token limit.

use super::stitch::Joint;
use crate::model::{Message, ModelError, ModelErrorKind, Role, estimate_tokens};

/// How often one reply may be continued.
pub(super) const MAX_CONTINUATIONS: usize = 2;
/// How much of a reply is remembered and sent again, in bytes.
pub(super) const MAX_RESENT: usize = 24 * 1024;
/// So many of its last lines are sent again however small the model's window is.
const LEAST_LINES: usize = 40;
/// So many are repeated behind the request, where a model looks first.
const ANCHOR_LINES: usize = 3;
/// What the rest of a file may need, in tokens.
const ROOM: u64 = 2_048;

/// The conversation with the reply so far and the request to go on. The reply is sent again as far
/// as `window`, the model's context in tokens, has room for it.
pub(super) fn ask(conversation: &[Message], said: &str, file: Option<&str>, window: Option<u32>) -> Vec<Message> {
    let known: u64 = conversation.iter().map(|message| estimate_tokens(&message.content)).sum();
    let room = window.map_or(usize::MAX, |window| {
        usize::try_from(u64::from(window).saturating_sub(known + ROOM) * 7 / 2).unwrap_or(usize::MAX)
    });
    let least = last_lines(said, LEAST_LINES).len();
    let resent = tail(said, room.max(least).min(MAX_RESENT));
    let resent = if resent.len() < said.len() { format!("[…]\n{}", after_line(resent)) } else { resent.to_owned() };
    let place = file.map_or_else(String::new, |file| format!(" inside `{file}`"));
    let request = format!(
        "Your answer was cut off{place}. Its last lines are:\n\n{}\n\nGo on from exactly there: write only what comes \
         next, in the same form, to the end. Do not begin again, do not repeat what is there, do not explain.",
        last_lines(said, ANCHOR_LINES)
    );
    let more = [Message::new(Role::Assistant, resent), Message::new(Role::User, request)];
    conversation.iter().cloned().chain(more).collect()
}

/// Whether another model may go on after this failure.
pub(super) fn is_worth_it(error: &ModelError) -> bool {
    matches!(
        error.kind,
        ModelErrorKind::Interrupted | ModelErrorKind::Provider | ModelErrorKind::Timeout | ModelErrorKind::Unreachable
    )
}

/// Whether the same model may: what was waited for in vain is not waited for again.
pub(super) fn may_come_back(error: &ModelError) -> bool {
    matches!(error.kind, ModelErrorKind::Interrupted | ModelErrorKind::Provider)
}

/// What is said of how a continuation joins.
pub(super) fn outcome(joint: Joint, model: &str, file: Option<&str>) -> String {
    let file = file.unwrap_or("the open file");
    match joint {
        Joint::Joined => format!("`{model}` goes on where it stopped"),
        Joint::Anew => format!("what `{model}` wrote did not join, so `{file}` is begun anew"),
        Joint::Elsewhere => format!("`{model}` went on with another file and left `{file}` incomplete"),
    }
}

fn tail(text: &str, bytes: usize) -> &str {
    let from = text.len().saturating_sub(bytes);
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    &text[from..]
}

/// From the first whole line on.
fn after_line(text: &str) -> &str {
    text.split_once('\n').map_or(text, |(_, rest)| rest)
}

fn last_lines(text: &str, count: usize) -> &str {
    let from = text.rmatch_indices('\n').nth(count - 1).map_or(0, |(at, _)| at + 1);
    tail(&text[from..], MAX_RESENT / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize) -> String {
        (1..=count).map(|n| format!("line {n} of the reply\n")).collect::<String>() + "half a li"
    }

    #[test]
    fn the_reply_is_sent_again_as_far_as_there_is_room() {
        let first = [Message::new(Role::System, "rules"), Message::new(Role::User, "a list")];
        let said = lines(300);
        let whole = ask(&first, &said, Some("src/App.tsx"), None);
        assert_eq!((whole.len(), &whole[2].content), (4, &said));
        assert!(whole[3].content.contains("inside `src/App.tsx`") && whole[3].content.contains("half a li\n\nGo on"));
        assert!(!whole[3].content.contains("line 298"), "only the last lines are repeated");

        let small = ask(&first, &said, None, Some(2_048));
        assert!(small[2].content.starts_with("[…]\nline 26"), "{}", &small[2].content[..40]);
        assert!(small[2].content.ends_with("half a li"));
        let some = ask(&first, &said, None, Some(3_000));
        assert!(some[2].content.len() > small[2].content.len() && some[2].content.len() < said.len());
    }
}
