use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{Usage, prompt_cut, write};
use crate::{
    app::ExecutionMode,
    events::{Event, FileState},
    generate::{Draft, Failure, journal::Journal},
    generation::{GenerateRequest, Generation, GenerationState},
    ids::{AppId, GenerationId, UserId},
    model::{
        ChatEvent, ChatRequest, ChatStream, FinishReason, InstalledModel, Message, ModelChoice, ModelError,
        ModelErrorKind, ModelRef, ProviderHealth, ProviderId, PullStream, Role,
    },
    platform::fixed,
    ports::{Models, Sample},
    source::SourcePath,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

type Events = Vec<Result<ChatEvent, ModelError>>;

/// Answers in turn with what it was given; after that nobody is there.
#[derive(Default)]
struct Script {
    replies: Mutex<VecDeque<(ProviderId, Events)>>,
    asked: Mutex<Vec<(ModelChoice, ChatRequest)>>,
}

impl Script {
    /// `provider` says `text` and then ends so.
    fn then(self, provider: ProviderId, text: &str, end: Result<FinishReason, ModelErrorKind>) -> Self {
        let text = text.chars().map(|c| Ok(ChatEvent::Text(c.to_string())));
        let end = match end {
            Ok(reason) => Ok(ChatEvent::Done { reason, usage: Usage::default() }),
            Err(kind) => Err(ModelError::new(kind, format!("{provider} broke"))),
        };
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).push_back((provider, text.chain([end]).collect()));
        self
    }

    fn asked(&self) -> Vec<(ModelChoice, ChatRequest)> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl Models for Script {
    async fn open(&self, choice: &ModelChoice, request: ChatRequest) -> Result<ChatStream, ModelError> {
        let mut replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let allowed = replies.front().is_some_and(|(provider, _)| !choice.avoid.contains(provider));
        let next = if allowed { replies.pop_front() } else { None };
        let Some((provider, events)) = next else {
            return Err(ModelError::new(ModelErrorKind::NoModel, "nobody is there"));
        };
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((choice.clone(), request));
        let model = ModelRef { provider, model: format!("{provider}-model") };
        let routed = Ok(ChatEvent::Routed { model, local: true, reason: "it is next".to_owned() });
        Ok(stream::iter([routed]).chain(stream::iter(events)).boxed())
    }

    fn select(&self, _: &ModelChoice) -> Result<(ModelRef, bool), ModelError> {
        Ok((ModelRef { provider: ProviderId::Ollama, model: "ollama-model".to_owned() }, true))
    }

    fn health(&self) -> Vec<ProviderHealth> {
        Vec::new()
    }

    async fn probe(&self) -> Vec<ProviderHealth> {
        Vec::new()
    }

    async fn models(&self) -> Vec<InstalledModel> {
        Vec::new()
    }

    fn context_length(&self, _: &ModelChoice) -> Option<u32> {
        Some(32_768)
    }

    fn pull(&self, _: String) -> PullStream {
        stream::empty().boxed()
    }

    fn samples(&self) -> Vec<Sample> {
        Vec::new()
    }
}

struct Written {
    result: Result<(), Failure>,
    draft: Draft,
    events: Vec<Event>,
}

impl Written {
    fn file(&self, path: &str) -> Option<&str> {
        self.draft.files.get(&SourcePath::parse(path).ok()?)
    }

    /// What a person who follows the events has of a file, and its last state.
    fn shown(&self, path: &str) -> (String, Option<FileState>) {
        let (mut text, mut last) = (String::new(), None);
        for event in &self.events {
            match event {
                Event::File { filename, state, .. } if filename.as_str() == path => {
                    if *state == FileState::Open {
                        text.clear();
                    }
                    last = Some(*state);
                }
                Event::Chunk { filename, content, .. } if filename.as_str() == path => text.push_str(content),
                _ => {}
            }
        }
        (text, last)
    }

    fn fallbacks(&self) -> Vec<(String, bool)> {
        let told = self.events.iter().filter_map(|event| match event {
            Event::Fallback { reason, continues, .. } => Some((reason.clone(), *continues)),
            _ => None,
        });
        told.collect()
    }
}

async fn written(models: &Script) -> Written {
    let (platform, _) = fixed::platform();
    let choice = ModelChoice::default();
    let request = GenerateRequest {
        prompt: "a counter".to_owned(),
        execution_mode: ExecutionMode::Sandbox,
        app_id: None,
        choice,
        auto_fix: true,
        reuse: None,
    };
    let generation = Generation {
        id: GenerationId::new(&platform),
        app_id: AppId::new(&platform),
        owner: UserId::LOCAL_OWNER,
        request,
        state: GenerationState::Running,
        version_id: None,
        last_seq: 0,
        started_at: platform.now(),
        finished_at: None,
    };
    let (journal, mut heard) = Journal::heard();
    let mut draft = Draft::default();
    let conversation = [Message::new(Role::System, "rules"), Message::new(Role::User, "a counter")];
    let result = write(models, &generation, &conversation, &journal, &CancellationToken::new(), &mut draft).await;
    Written { result, draft, events: heard() }
}

const A: &str = "<file path=\"src/a.ts\">\nexport const first = 1;\nexport const second = 2;\n</file>\n";
const APP: &str = "import { first } from \"./a\";\n\nexport default function App() {\n  return <p>{first}</p>;\n}\n";
const STOP: Result<FinishReason, ModelErrorKind> = Ok(FinishReason::Stop);
const BROKE: Result<FinishReason, ModelErrorKind> = Err(ModelErrorKind::Interrupted);

fn whole() -> String {
    format!("Two files.\n{A}<file path=\"src/App.tsx\">\n{APP}</file>\n")
}

#[tokio::test]
async fn wherever_a_reply_breaks_off_the_next_provider_finishes_it() -> Outcome {
    let whole = whole();
    for at in 1..whole.len() {
        let (before, after) = whole.split_at(at);
        let script =
            Script::default().then(ProviderId::Ollama, before, BROKE).then(ProviderId::Openrouter, after, STOP);
        let written = written(&script).await;
        written.result.as_ref().map_err(|failure| format!("cut at {at}: {failure}"))?;
        assert_eq!(
            written.file("src/a.ts"),
            Some("export const first = 1;\nexport const second = 2;\n"),
            "cut at {at}"
        );
        assert_eq!(written.file("src/App.tsx"), Some(APP), "cut at {at}");
        assert_eq!(written.shown("src/App.tsx"), (APP.to_owned(), Some(FileState::Closed)));
        // Where only line ends were left there is nothing to go on with.
        if !after.trim().is_empty() {
            assert_eq!(written.fallbacks().len(), 1, "cut at {at}");
            assert!(written.fallbacks()[0].1, "cut at {at}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_next_provider_gets_the_words_so_far_and_the_first_is_avoided() -> Outcome {
    let whole = whole();
    let (before, after) = whole.split_at(170);
    let script = Script::default().then(ProviderId::Ollama, before, BROKE).then(ProviderId::Openrouter, after, STOP);
    let written = written(&script).await;
    written.result.as_ref().map_err(ToString::to_string)?;
    let (choice, request) = script.asked()[1].clone();
    assert_eq!(choice.avoid, [ProviderId::Ollama]);
    assert_eq!(request.messages[2].content, before);
    assert!(request.messages[3].content.starts_with("Your answer was cut off inside `src/App.tsx`."));
    assert_eq!(written.draft.avoid, [ProviderId::Ollama], "also for a repair");
    assert_eq!(written.draft.model.map(|model| model.provider), Some(ProviderId::Openrouter));
    let told = "ollama broke; `openrouter-model` goes on where it stopped";
    assert_eq!(written.events.iter().filter(|event| matches!(event, Event::Model { .. })).count(), 2);
    assert!(
        matches!(&written.events.iter().find(|e| matches!(e, Event::Fallback { .. })), Some(Event::Fallback { reason, .. }) if reason == told)
    );
    Ok(())
}

#[tokio::test]
async fn a_file_begun_anew_leaves_nothing_of_the_first_attempt() -> Outcome {
    let other = "export default function App() {\n  return <b>anew</b>;\n}\n";
    let script = Script::default()
        .then(ProviderId::Ollama, &format!("{A}<file path=\"src/App.tsx\">\nimport {{ first }} fr"), BROKE)
        .then(
            ProviderId::Openrouter,
            &format!("Sure, here it is:\n<file path=\"src/App.tsx\">\n{other}</file>\n"),
            STOP,
        );
    let written = written(&script).await;
    written.result.as_ref().map_err(ToString::to_string)?;
    assert_eq!(written.file("src/App.tsx"), Some(other));
    assert_eq!(written.shown("src/App.tsx").0, other);
    assert!(written.file("src/a.ts").is_some(), "whole files stay");
    let told = "ollama broke; what `openrouter-model` wrote did not join, so `src/App.tsx` is begun anew";
    assert_eq!(written.fallbacks(), [(told.to_owned(), false)]);
    Ok(())
}

#[tokio::test]
async fn a_reply_at_its_token_limit_is_continued_by_the_same_model() -> Outcome {
    let whole = whole();
    let (one, rest) = whole.split_at(90);
    let (two, three) = rest.split_at(60);
    let length = Ok(FinishReason::Length);
    let script = Script::default().then(ProviderId::Ollama, one, length).then(ProviderId::Ollama, two, length).then(
        ProviderId::Ollama,
        three,
        STOP,
    );
    let written = written(&script).await;
    written.result.as_ref().map_err(ToString::to_string)?;
    assert_eq!(written.file("src/App.tsx"), Some(APP));
    assert!(written.fallbacks().is_empty() && written.draft.avoid.is_empty());
    let notes = written
        .events
        .iter()
        .filter(|event| matches!(event, Event::Diagnostic { diagnostic } if diagnostic.code == "reply-continued"));
    assert_eq!(notes.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_third_limit_is_the_end() {
    let length = Ok(FinishReason::Length);
    let endless = "  const more = \"x\";\n";
    let begin = format!("<file path=\"src/App.tsx\">\n{endless}");
    let mut script = Script::default().then(ProviderId::Ollama, &begin, length);
    for n in 0..5 {
        script = script.then(ProviderId::Ollama, &format!("  const another{n} = {n};\n"), length);
    }
    let written = written(&script).await;
    assert!(matches!(&written.result, Err(Failure::CutOff(path)) if path == "src/App.tsx"));
    assert_eq!(script.asked().len(), 3, "two continuations");
    assert_eq!(written.shown("src/App.tsx").1, Some(FileState::Cut));
    assert!(written.file("src/App.tsx").is_some_and(|text| text.ends_with("another1 = 1;\n")), "what came is kept");
}

#[tokio::test]
async fn a_limit_stays_the_cause_when_nobody_can_go_on() {
    let script = Script::default()
        .then(ProviderId::Demo, "<file path=\"src/App.tsx\">\nexport default", Ok(FinishReason::Length))
        .then(ProviderId::Demo, "", Err(ModelErrorKind::NoModel));
    assert!(matches!(&written(&script).await.result, Err(Failure::CutOff(path)) if path == "src/App.tsx"));
}

#[tokio::test]
async fn an_apology_is_no_end_of_a_file() {
    let script = Script::default().then(ProviderId::Ollama, "<file path=\"src/App.tsx\">\nexport default", BROKE).then(
        ProviderId::Openrouter,
        "I'm sorry, but I can't continue.\n",
        STOP,
    );
    let written = written(&script).await;
    assert!(
        matches!(&written.result, Err(Failure::Model(error)) if error.message == "ollama broke"),
        "{:?}",
        written.result
    );
    assert_eq!(written.shown("src/App.tsx").1, Some(FileState::Cut));
}

#[tokio::test]
async fn another_file_does_not_close_the_open_one() {
    let script = Script::default().then(ProviderId::Ollama, "<file path=\"src/App.tsx\">\nexport default", BROKE).then(
        ProviderId::Openrouter,
        A,
        STOP,
    );
    let written = written(&script).await;
    assert!(matches!(&written.result, Err(Failure::CutOff(path)) if path == "src/App.tsx"), "{:?}", written.result);
    assert_eq!(written.fallbacks().len(), 1);
    assert!(written.file("src/a.ts").is_some());
}

#[tokio::test]
async fn the_same_provider_may_go_on_where_nobody_else_is() -> Outcome {
    let whole = whole();
    let (before, after) = whole.split_at(100);
    let script = Script::default().then(ProviderId::Ollama, before, BROKE).then(ProviderId::Ollama, after, STOP);
    let written = written(&script).await;
    written.result.as_ref().map_err(ToString::to_string)?;
    assert_eq!((written.file("src/App.tsx"), written.draft.avoid.len()), (Some(APP), 0));

    // What was waited for in vain is not waited for again, and a refusal is final.
    for kind in [ModelErrorKind::Timeout, ModelErrorKind::Unauthorized] {
        let script =
            Script::default().then(ProviderId::Ollama, before, Err(kind)).then(ProviderId::Ollama, after, STOP);
        let written = self::written(&script).await;
        assert!(matches!(&written.result, Err(Failure::Model(error)) if error.kind == kind));
        assert_eq!(script.asked().len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn all_failures_are_told() {
    let script = Script::default().then(ProviderId::Ollama, "<file path=\"src/App.tsx\">\nexport default", BROKE).then(
        ProviderId::Openrouter,
        " function",
        Err(ModelErrorKind::PaymentRequired),
    );
    let written = written(&script).await;
    let message = written.result.map_err(|failure| failure.to_string());
    assert_eq!(message, Err("ollama broke; after that, openrouter broke".to_owned()));
    assert_eq!(written.draft.files.iter().map(|(_, text)| text).collect::<String>(), "export default function");
}

#[test]
fn a_cut_prompt_is_told_and_a_rough_estimate_is_not() {
    let read = |prompt_tokens, estimated| {
        prompt_cut(Usage { prompt_tokens, ..Usage::default() }, estimated, None).map(|found| found.message)
    };
    let cut = "the model says that it read 4096 tokens of about 12000 that were sent";
    assert_eq!(read(4_096, 12_000).as_deref(), Some(cut));
    assert_eq!(read(6_000, 12_000), None, "a language that needs few tokens");
    assert_eq!(read(0, 12_000), None, "it does not say");
    assert_eq!(read(100, 400), None, "too little to tell");
}
