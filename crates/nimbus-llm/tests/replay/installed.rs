//! What is installed, and having more of it downloaded.

use futures::StreamExt;
use nimbus_core::{
    model::{ModelChoice, ModelErrorKind, ProviderChoice, PullProgress},
    ports::Models,
};
use nimbus_llm::{LlmConfig, Router};

use crate::{
    ollama, only_ollama,
    server::{Answer, End, Server, closed_port},
    short,
};

const PULL: &str = "POST /api/pull";
const PULLED: &str = include_str!("../fixtures/ollama-pull.ndjson");

async fn pulled(router: &Router) -> (Vec<PullProgress>, Option<ModelErrorKind>, Option<String>) {
    let mut stream = router.pull("qwen2.5-coder:1.5b".to_owned());
    let mut steps = Vec::new();
    while let Some(step) = stream.next().await {
        match step {
            Ok(step) => steps.push(step),
            Err(error) => return (steps, Some(error.kind), Some(error.message)),
        }
    }
    (steps, None, None)
}

#[tokio::test]
async fn a_download_tells_the_sum_of_its_parts_in_any_pieces() {
    for size in [1, 7, 100, PULLED.len()] {
        let server = Server::start().await.unwrap();
        server.on(PULL, Answer::ndjson(PULLED).in_pieces(size));
        let (steps, error, _) = pulled(&Router::new(only_ollama(&server.url())).unwrap()).await;
        assert_eq!(error, None);
        let told: Vec<_> = steps.iter().map(|step| (step.completed, step.total)).collect();
        let all = 986_048_768 + 1_482;
        assert_eq!(told[..3], [(None, None), (Some(0), Some(986_048_768)), (Some(241_970), Some(986_048_768))]);
        assert_eq!(told[3..5], [(Some(986_048_768), Some(986_048_768)), (Some(all), Some(all))]);
        assert_eq!(steps.last().map(|step| step.status.as_str()), Some("success"));
        assert_eq!(server.asked(PULL)[0].body["model"], "qwen2.5-coder:1.5b");
    }
}

#[tokio::test]
async fn a_download_that_cannot_be_had_says_why() {
    let missing = "{\"status\":\"pulling manifest\"}\n{\"error\":\"pull model manifest: file does not exist\"}\n";
    let full = r#"{"error":"write /root/.ollama/models/blobs/x: no space left on device"}"#;
    let cut = PULLED.lines().take(3).collect::<Vec<_>>().join("\n");
    for (answer, kind, part) in [
        (Answer::ndjson(missing), ModelErrorKind::ModelNotFound, "there is no model `qwen2.5-coder:1.5b`"),
        (Answer::json(500, full), ModelErrorKind::Provider, "no space left"),
        (Answer::ndjson(&cut).ending(End::Closed), ModelErrorKind::Interrupted, "broke before"),
        (Answer::ndjson("<html>\n"), ModelErrorKind::Provider, "is not Ollama's format"),
        (
            Answer::ndjson(PULLED.lines().next().unwrap()).ending(End::Trickle),
            ModelErrorKind::Timeout,
            "made no progress",
        ),
    ] {
        let server = Server::start().await.unwrap();
        server.on(PULL, answer);
        let router = Router::new(LlmConfig { timers: short(), ..only_ollama(&server.url()) }).unwrap();
        let (_, found, message) = pulled(&router).await;
        assert_eq!(found, Some(kind));
        assert!(message.as_deref().is_some_and(|message| message.contains(part)), "{message:?}");
    }
    let url = closed_port().await.unwrap();
    let (_, kind, _) = pulled(&Router::new(only_ollama(&url)).unwrap()).await;
    assert_eq!(kind, Some(ModelErrorKind::Unreachable));
    let off = LlmConfig { ollama_enabled: false, ..only_ollama(&url) };
    assert_eq!(pulled(&Router::new(off).unwrap()).await.1, Some(ModelErrorKind::NotConfigured));
}

#[tokio::test]
async fn leaving_a_download_stops_it() {
    let server = Server::start().await.unwrap();
    let line = format!("{}\n", PULLED.lines().nth(1).unwrap());
    server.on(PULL, Answer::ndjson(&line).ending(End::Endless));
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let mut stream = router.pull("m".to_owned());
    assert!(stream.next().await.unwrap().is_ok());
    drop(stream);
    assert!(server.until_left(1).await);
}

#[tokio::test]
async fn installed_models_tell_what_they_can_do() {
    let server = ollama::ollama().await;
    let router = Router::new(only_ollama(&server.url())).unwrap();
    let choice = ModelChoice { provider: Some(ProviderChoice::Ollama), ..ModelChoice::default() };
    assert_eq!(router.context_length(&choice), None, "nothing was asked yet");
    let models = router.models().await;
    assert_eq!(models.len(), 1, "embedding models write nothing");
    let model = &models[0];
    assert_eq!((model.name.as_str(), model.size_bytes), ("qwen2.5-coder:7b", 4_683_087_332));
    assert_eq!((model.parameter_size.as_deref(), model.quantization.as_deref()), (Some("7.6B"), Some("Q4_K_M")));
    assert_eq!((model.context_length, model.loaded, model.local), (Some(32_768), true, true));
    assert_eq!(model.capabilities, ["completion", "tools"]);
    assert_eq!(router.context_length(&choice), Some(32_768));

    let absent = Router::new(only_ollama(&closed_port().await.unwrap())).unwrap();
    assert!(absent.models().await.is_empty());
}
