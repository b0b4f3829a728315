//! The program from outside: what it prints when it cannot start, and its exit code.

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Output},
};

type Outcome = Result<(), Box<dyn Error>>;

fn run(arguments: &[&str], variables: &[(&str, &str)]) -> std::io::Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cumulonimbus"));
    command.args(arguments).env_clear().env("OLLAMA_ENABLED", "false");
    command.envs(variables.iter().copied()).output()
}

/// It failed with one line on standard error that holds every one of `parts`.
fn check_refusal(output: &Output, parts: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "more than one line: {text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
}

#[test]
fn a_port_in_use_is_one_sentence() -> Outcome {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let address = taken.local_addr()?.to_string();
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_string_lossy().into_owned();
    let output = run(&[], &[("CUMULONIMBUS_BIND", &address), ("CUMULONIMBUS_DATA_DIR", &data)])?;
    check_refusal(&output, &["already in use", "CUMULONIMBUS_BIND="]);
    Ok(())
}

#[test]
fn a_data_directory_that_cannot_be_written_is_one_sentence() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("file");
    std::fs::write(&file, "")?;
    let data = file.join("data").to_string_lossy().into_owned();
    let output = run(&[], &[("CUMULONIMBUS_BIND", "127.0.0.1:0"), ("CUMULONIMBUS_DATA_DIR", &data)])?;
    check_refusal(&output, &[&data, "CUMULONIMBUS_DATA_DIR"]);
    Ok(())
}

#[test]
fn a_damaged_database_is_one_sentence() -> Outcome {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("cumulonimbus.db"), "this is no database, not even nearly one".repeat(200))?;
    let data = folder.path().to_string_lossy().into_owned();
    let output = run(&[], &[("CUMULONIMBUS_BIND", "127.0.0.1:0"), ("CUMULONIMBUS_DATA_DIR", &data)])?;
    check_refusal(&output, &["cumulonimbus.db"]);
    Ok(())
}

#[test]
fn a_bad_variable_is_named() -> Outcome {
    let output = run(&[], &[("LLM_PROVIDER", "oracle")])?;
    check_refusal(&output, &["LLM_PROVIDER", "`oracle`", "`demo`"]);
    Ok(())
}

/// Without accounts, whoever reaches the port is only held up by the owner's token.
#[test]
fn other_machines_are_not_served() -> Outcome {
    for address in ["0.0.0.0:0", "[::]:0", "192.168.0.2:3000", "[::ffff:127.0.0.1]:0", "169.254.1.1:3000"] {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy().into_owned();
        let output = run(&[], &[("CUMULONIMBUS_BIND", address), ("CUMULONIMBUS_DATA_DIR", &data)])?;
        check_refusal(&output, &["CUMULONIMBUS_BIND", address, "needs accounts"]);
        assert!(std::fs::read_dir(folder.path())?.next().is_none(), "it began to keep data");
    }
    Ok(())
}

#[test]
fn settings_are_printed_without_secrets() -> Outcome {
    let output = run(&["config"], &[("OPENROUTER_API_KEY", "sk-hidden"), ("OLLAMA_MODEL", "tiny:1b")])?;
    let text = String::from_utf8(output.stdout)?;
    assert!(output.status.success() && text.contains("OLLAMA_MODEL=tiny:1b"), "{text}");
    assert!(text.contains("OPENROUTER_API_KEY=(set, not shown)") && !text.contains("sk-hidden"), "{text}");
    Ok(())
}

/// An Ollama that answers each request on a connection of its own; stops with the test.
fn ollama() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(stream);
        }
    });
    Ok(format!("http://{address}"))
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut head)? > 2 {}
    // The body, too: what is left unread when a connection closes resets it.
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    reader.take(length.unwrap_or(0)).read_to_end(&mut Vec::new())?;
    let body = match head.split(' ').nth(1).unwrap_or_default() {
        "/api/version" => r#"{"version":"0.12.10"}"#,
        "/api/tags" => {
            r#"{"models":[{"name":"tiny:1b","model":"tiny:1b","size":1500000000,"details":{"parameter_size":"1.2B"}}]}"#
        }
        "/api/ps" => r#"{"models":[]}"#,
        "/api/show" => r#"{"model_info":{"general.architecture":"x","x.context_length":4096},"capabilities":[]}"#,
        "/api/pull" => concat!(
            r#"{"status":"pulling manifest"}"#,
            "\n",
            r#"{"status":"pulling 9f2c","digest":"sha256:9f2c","total":200,"completed":100}"#,
            "\n",
            r#"{"status":"success"}"#,
            "\n"
        ),
        _ => "{}",
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

#[test]
fn models_are_listed_and_downloaded_from_the_command_line() -> Outcome {
    let url = ollama()?;
    let variables = [("OLLAMA_ENABLED", "true"), ("OLLAMA_API_URL", url.as_str())];
    let output = run(&["models"], &variables)?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().nth(1).unwrap_or_default();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["tiny:1b", "1.5", "GB", "1.2B", "4096"], "{text}");

    let output = run(&["pull", "tiny:1b"], &variables)?;
    let text = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text, "pulling manifest\npulling 9f2c\nsuccess\n`tiny:1b` is installed.\n");
    Ok(())
}

#[test]
fn an_ollama_that_is_away_is_named_in_one_sentence() -> Outcome {
    let closed = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let url = format!("http://{closed}");
    for arguments in [&["models"] as &[&str], &["pull", "tiny:1b"]] {
        let output = run(arguments, &[("OLLAMA_ENABLED", "true"), ("OLLAMA_API_URL", &url)])?;
        check_refusal(&output, &[&url]);
    }
    check_refusal(&run(&["models"], &[])?, &["OLLAMA_ENABLED"]);
    check_refusal(
        &run(&["pull", " "], &[("OLLAMA_ENABLED", "true"), ("OLLAMA_API_URL", &url)])?,
        &["name of the model"],
    );
    Ok(())
}
