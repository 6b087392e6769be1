//! Comments of Terraform's JSON: the property `//` of an object is a comment on that object.

use std::ops::Range;

use super::comments::Comment;

/// The comments that hold `mark`, in order of the objects' ends.
pub fn comments(text: &str, mark: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // For each open bracket its offset and the comment that was seen in it.
    let mut open: Vec<(usize, Option<Range<usize>>)> = Vec::new();
    let mut comment_key = false;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at);
                if comment_key {
                    if let Some(top) = open.last_mut() {
                        top.1 = Some(at..end);
                    }
                    comment_key = false;
                } else {
                    comment_key = &bytes[at..end] == b"\"//\"" && bytes[end..].trim_ascii_start().starts_with(b":");
                }
                at = end;
                continue;
            }
            b'{' | b'[' => {
                comment_key = false;
                open.push((at, None));
            }
            b'}' | b']' => {
                if let Some((start, Some(range))) = open.pop() {
                    found.push(Comment { range, scope: Some(start..at + 1) });
                }
            }
            b',' => comment_key = false,
            _ => {}
        }
        at += 1;
    }
    found.retain(|comment: &Comment| text[comment.range.clone()].contains(mark));
    found
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_property_comments_on_its_object() {
        let text = r#"{"resource": {"x": {"y": {"//": "why", "p": "//", "q": {"\"//": "no"}}}}}"#;
        let found = comments(text, "");
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].range.clone()], "\"why\"");
        assert!(text[found[0].scope.clone().expect("a scope")].starts_with("{\"//\""));
        for text in ["\"", "{\"//\":", "{\"//\": \"x\"", "]", "\"\\"] {
            comments(text, "");
        }
    }
}
