#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use super::{asset, assets};
use serde_json::Value;

fn manifest() -> Value {
    serde_json::from_str(&asset("lib/manifest.json").unwrap().text().unwrap()).unwrap()
}

#[test]
fn every_file_decodes_and_is_found_by_its_path() {
    assert!(assets().len() > 1000, "{} files", assets().len());
    for file in assets() {
        assert!(!file.decode().is_empty() || file.bytes.is_empty(), "{}", file.path);
        assert_eq!(asset(file.path).unwrap().path, file.path);
        assert!(!file.path.starts_with('/') && !file.path.contains('\\'));
    }
}

#[test]
fn what_is_not_in_the_table_is_not_found() {
    for path in ["", "/lib/react.js", "lib", "lib/", "lib/../licenses.json", "lib/react.js.br"] {
        assert!(asset(path).is_none(), "{path}");
    }
}

#[test]
fn every_script_sent_to_a_frame_begins_with_the_lock() {
    let lock = asset("runtime/lock.js").unwrap().text().unwrap();
    let lock = lock.trim();
    assert!(lock.contains("RTCPeerConnection") && lock.ends_with(';') && !lock.contains('\n'));
    let mut scripts = 0;
    for file in assets() {
        // What exported pages have instead of a frame is never sent to one.
        let exported = matches!(file.path, "runtime/sdk.js" | "runtime/standalone.js");
        let sent = (file.path.starts_with("lib/") || file.path.starts_with("runtime/")) && !exported;
        if sent && file.path.ends_with(".js") {
            scripts += 1;
            assert!(file.text().unwrap().starts_with(lock), "{}", file.path);
        }
    }
    assert!(scripts > 1000, "{scripts} scripts");
}

#[test]
fn every_library_lists_its_exports_and_files_that_exist() {
    let manifest = manifest();
    let libraries = manifest["libraries"].as_object().unwrap();
    for name in ["react", "react-dom/client", "react/jsx-runtime", "cumulonimbus"] {
        assert!(libraries.contains_key(name), "{name}");
    }
    for (name, library) in libraries {
        assert!(!library["exports"].as_array().unwrap().is_empty(), "{name}");
        let closure = library["closure"].as_array().unwrap();
        assert_eq!(closure[0], library["file"], "{name}");
        for file in closure {
            let path = format!("lib/{}", file.as_str().unwrap());
            assert!(asset(&path).is_some(), "{name}: {path}");
        }
    }
}

#[test]
fn every_icon_name_has_a_file_of_its_own() {
    let manifest = manifest();
    let icons = manifest["libraries"]["lucide-react"]["icons"].as_object().unwrap();
    for alias in ["Plus", "PlusIcon", "LucidePlus"] {
        assert_eq!(icons[alias], "lucide/plus.js");
    }
    for (name, file) in icons {
        let path = format!("lib/{}", file.as_str().unwrap());
        assert!(asset(&path).is_some(), "{name}: {path}");
    }
}

#[test]
fn content_types_and_licences_are_there() {
    assert_eq!(asset("lib/react.js").unwrap().content_type, "text/javascript; charset=utf-8");
    let licences: Value = serde_json::from_str(&asset("licenses.json").unwrap().text().unwrap()).unwrap();
    let licences = licences.as_array().unwrap();
    assert!(licences.iter().any(|entry| entry["name"] == "react"));
    for entry in licences {
        assert!(entry["text"].as_str().unwrap().len() > 200, "{entry}");
    }
}
