//! The program from outside: what it prints when it cannot start, and its exit code.

use std::{
    error::Error,
    net::TcpListener,
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
