//! Files that are not text. A source tree keeps text, so that an image or a font is kept as a `data:`
//! URL (RFC 2397) with the file's bytes in base64: a third larger, and everything that shows, sends
//! or compares source goes on as before.

use base64::{Engine, engine::general_purpose::STANDARD};

/// Kinds of files that are not text, by extension.
const KINDS: [(&str, &str); 26] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("ico", "image/x-icon"),
    ("bmp", "image/bmp"),
    ("woff2", "font/woff2"),
    ("woff", "font/woff"),
    ("ttf", "font/ttf"),
    ("otf", "font/otf"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("m4a", "audio/mp4"),
    ("flac", "audio/flac"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
    ("mov", "video/quicktime"),
    ("wasm", "application/wasm"),
    ("glb", "model/gltf-binary"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("bin", "application/octet-stream"),
];

/// The media type (RFC 6838) of a file that is not text; none when its extension says that it is, or
/// says nothing that is known.
#[must_use]
pub fn media_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    KINDS.iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, kind)| *kind)
}

/// A file's bytes as a tree keeps them.
#[must_use]
pub fn to_text(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// The bytes of a file that a tree keeps; none when the file at `path` is text, or does not hold what
/// [`to_text`] makes.
#[must_use]
pub fn to_bytes(path: &str, text: &str) -> Option<Vec<u8>> {
    media_type(path)?;
    let (kind, data) = text.trim().strip_prefix("data:")?.split_once(',')?;
    if kind.ends_with(";base64") { STANDARD.decode(data).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_being_kept_as_text() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = to_text("image/png", &bytes);
        assert_eq!(to_bytes("src/logo.PNG", &text), Some(bytes));
        assert_eq!(to_bytes("src/logo.txt", &text), None);
        assert_eq!(to_bytes("src/logo.png", "a picture"), None);
        assert_eq!(to_bytes("src/logo.png", "data:image/png;base64,%%"), None);
        assert_eq!(
            (media_type("a/b.woff2"), media_type("png"), media_type("a.png/b")),
            (Some("font/woff2"), None, None)
        );
    }
}
