//! Transcripts in which models show their habits, byte for byte and cut in every place.

use nimbus_core::model::{FinishReason, ProviderChoice};
use nimbus_llm::Router;

use crate::{
    Heard, ask, ollama, only_ollama,
    openai_compatible::hosted,
    server::{Answer, Server},
};

const FILE: &str = "<file path=\"src/App.tsx\">\nexport default () => <p>é</p>;\n</file>\n";

async fn local(answer: Answer) -> Heard {
    let server = ollama::ollama().await;
    server.on("POST /api/chat", answer);
    ask(&Router::new(only_ollama(&server.url())).unwrap(), ProviderChoice::Ollama, "x").await
}

async fn remote(answer: Answer) -> Heard {
    let server = Server::start().await.unwrap();
    server.on("POST /api/v1/chat/completions", answer);
    ask(&Router::new(hosted(&server)).unwrap(), ProviderChoice::Openrouter, "x").await
}

/// The reasoning, the text and the end of a transcript, the same in pieces of every size.
async fn told(transcript: &str, is_local: bool) -> (String, String, Option<FinishReason>) {
    let hear = async |answer| if is_local { local(answer).await } else { remote(answer).await };
    let whole = |answer: &str| if is_local { Answer::ndjson(answer) } else { Answer::sse(answer) };
    let heard = hear(whole(transcript)).await;
    for size in [1, 2, 3, 7, 61, 1000] {
        assert_eq!(hear(whole(transcript).in_pieces(size)).await, heard, "pieces of {size}");
    }
    assert_eq!(heard.error, None);
    (heard.thinking, heard.text, heard.done.map(|done| done.0))
}

#[tokio::test]
async fn a_small_transcript_is_the_same_at_every_split() {
    let transcript = include_str!("../fixtures/ollama-think-tags.ndjson");
    let server = ollama::ollama().await;
    let router = Router::new(only_ollama(&server.url())).unwrap();
    for at in 0..=transcript.len() {
        server.on("POST /api/chat", Answer::ndjson(transcript).split_at(at));
    }
    for at in 0..=transcript.len() {
        let heard = ask(&router, ProviderChoice::Ollama, "x").await;
        assert_eq!((heard.thinking.as_str(), heard.text.as_str()), ("Hm.", "Here."), "split at {at}");
    }
}

#[tokio::test]
async fn leaked_calls_of_tools_become_files() {
    let stop = Some(FinishReason::Stop);
    let json = told(include_str!("../fixtures/ollama-tool-call.ndjson"), true).await;
    assert_eq!(json, (String::new(), format!("Writing it.\n{FILE}"), stop));
    let tags = told(include_str!("../fixtures/ollama-tool-call-qwen3-coder.ndjson"), true).await;
    assert_eq!(tags, (String::new(), format!("I'll create the app.\n\n{FILE}\n"), stop));
    let hosted = told(include_str!("../fixtures/vllm-tool-call.sse"), false).await;
    assert_eq!(hosted, ("One file.".to_owned(), FILE.to_owned(), stop));
}

#[tokio::test]
async fn a_call_that_is_cut_off_stays_text() {
    let heard = told(include_str!("../fixtures/ollama-tool-call-cut.ndjson"), true).await;
    assert_eq!(
        heard.1,
        "<tool_call>\n{\"name\": \"write_file\", \"arguments\": {\"path\": \"src/App.tsx\", \"content\": \"impo"
    );
    assert_eq!(heard.2, Some(FinishReason::Length));
}

#[tokio::test]
async fn other_servers_have_their_own_ways() {
    // LM Studio names its events, vLLM sends the usage without choices, llama.cpp omits `[DONE]`.
    let studio = told(include_str!("../fixtures/lmstudio-chat.sse"), false).await;
    assert_eq!(studio, (String::new(), "Hi, é.".to_owned(), Some(FinishReason::Stop)));
    let vllm = told(include_str!("../fixtures/vllm-chat.sse"), false).await;
    assert_eq!(vllm, ("Hm.".to_owned(), "Hi.".to_owned(), Some(FinishReason::Length)));
    let llama = told(include_str!("../fixtures/llamacpp-length.sse"), false).await;
    assert_eq!(llama, ("Hm.".to_owned(), "One".to_owned(), Some(FinishReason::Length)));
}
